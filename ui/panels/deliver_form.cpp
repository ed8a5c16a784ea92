// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/deliver_form.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <algorithm>

#include "media/source/frame_list.h"
#include "ui/models/formatting.h"
#include "ui/panels/choices.h"
#include "ui/panels/icons.h"
#include "ui/panels/version_list.h"

namespace understudy::ui {
namespace {

constexpr int kClipRole = Qt::UserRole;

QVariant versionData(int64_t version) {
    return QStringLiteral("v:%1").arg(version);
}

QVariant runData(const std::string& run) {
    return QStringLiteral("r:%1").arg(text(run));
}

}  // namespace

DeliverForm::DeliverForm(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
    setObjectName("deliverForm");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(buildClips());
    buildWhat(column);
    buildHow(column);
    name_ = new NameField;
    column->addWidget(name_);
    column->addStretch(1);
    connect(name_, &NameField::folderRequested, this, &DeliverForm::folderRequested);
    connect(name_, &NameField::nameEdited, this, [this](const QString& name) {
        const auto order = shownOrder();
        studio_.names.setNameText(order && order->isDelivery() ? DeliveryNames::Kind::delivery
                                                               : DeliveryNames::Kind::version,
                                  name);
    });
    connect(&studio_.names, &DeliveryNames::changed, this, &DeliverForm::settle);
}

QWidget* DeliverForm::buildClips() {
    clips_ = new QListWidget;
    clips_->setObjectName("deliverClips");
    clips_->setAccessibleName(tr("Clips"));
    clips_->setToolTip(tr("What is ticked is written (Space); what is chosen is looked at"));
    clips_->setMinimumHeight(76);
    clips_->setMaximumHeight(148);
    clips_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    connect(clips_, &QListWidget::currentItemChanged, this, [this] {
        if (!filling_) {
            showRow();
            Q_EMIT clipChosen();
            settle();
        }
    });
    connect(clips_, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
        if (!filling_) {
            rows_[item->data(kClipRole).toString()].ticked = item->checkState() == Qt::Checked;
            settle();
        }
    });
    return clips_;
}

void DeliverForm::buildWhat(QVBoxLayout* column) {
    const auto addRow = [column](const QString& title, QWidget* field) {
        auto* row = new QHBoxLayout;
        QLabel* words = label(title, theme::FontUse::body, theme::kSecond);
        words->setMinimumWidth(64);
        row->addWidget(words);
        row->addWidget(field, 1);
        column->addLayout(row);
    };
    source_ = new QComboBox;
    source_->setObjectName("deliverSource");
    source_->setAccessibleName(tr("Version"));
    source_->setIconSize({12, 12});
    source_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    addRow(tr("Version"), source_);
    connect(source_, &QComboBox::activated, this, &DeliverForm::takeSource);
    frames_ = new FramesField;
    addRow(tr("Frames"), frames_);
    connect(frames_, &FramesField::framesEdited, this, [this](const QString& words) {
        rows_[clip()].frames = words;
        rows_[clip()].own = true;
        settle();
    });
    connect(frames_, &FramesField::handlesEdited, &studio_.names, &DeliveryNames::setHandles);
    format_ = new QComboBox;
    format_->setObjectName("deliverFormat");
    format_->setAccessibleName(tr("Write"));
    format_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const auto& format : training::deliveryFormats()) {
        format_->addItem(tr(format.says.c_str()), text(format.name));
    }
    addRow(tr("Write"), format_);
    connect(format_, &QComboBox::activated, this, &DeliverForm::settle);
    matte_ = new QCheckBox(tr("The mask beside it"));
    matte_->setObjectName("deliverMatte");
    matte_->setToolTip(tr("A movie or PNG sequence of what of each pixel is the new face"));
    matte_->setChecked(true);
    addRow({}, matte_);
    connect(matte_, &QCheckBox::toggled, this, &DeliverForm::settle);
}

void DeliverForm::buildHow(QVBoxLayout* column) {
    look_ = new LookForm;
    column->addWidget(look_);
    connect(look_, &LookForm::changed, this, [this] {
        rows_[clip()].look = look_->look();
        rows_[clip()].own = true;
        settle();
    });
    auto* row = new QHBoxLayout;
    difference_ = label({}, theme::FontUse::caption, theme::kSecond);
    difference_->setObjectName("deliverDifference");
    difference_->setWordWrap(true);
    row->addWidget(difference_, 1);
    back_ = new QPushButton(icon("retake"), tr("As it was"));
    back_->setObjectName("deliverAsItWas");
    row->addWidget(back_);
    column->addLayout(row);
    connect(back_, &QPushButton::clicked, this, &DeliverForm::takeSource);
}

const media::ClipRecord* DeliverForm::clipRecord(const QString& name) const {
    const auto& clips = studio_.session.snapshot().clips;
    const auto found = std::find_if(clips.begin(), clips.end(),
                                    [&](const auto& clip) { return text(clip.name) == name; });
    return found == clips.end() ? nullptr : &*found;
}

QString DeliverForm::clip() const {
    const QListWidgetItem* item = clips_->currentItem();
    return item == nullptr ? QString() : item->data(kClipRole).toString();
}

// The newest approved version, else the newest there is, else a new one with the newest run.
DeliverForm::Row DeliverForm::freshRow(const media::ClipRecord& clip) const {
    Row row;
    const media::VersionRecord* best = nullptr;
    for (const auto& version : studio_.versions.versions()) {  // by number
        const bool better = best == nullptr || version.status == media::VersionStatus::approved ||
                            best->status != media::VersionStatus::approved;
        best = version.clip == clip.name && better ? &version : best;
    }
    row.look = best == nullptr ? usualLook() : lookOf(*best);
    if (best != nullptr) {
        row.version = best->id;
    } else if (!studio_.session.snapshot().runs.empty()) {
        row.run = studio_.session.snapshot().runs.back().name;
    }
    return row;
}

bool DeliverForm::stillThere(const Row& row) const {
    const auto& runs = studio_.session.snapshot().runs;
    return row.version != 0 ? studio_.versions.find(row.version) != nullptr
                            : std::any_of(runs.begin(), runs.end(),
                                          [&](const auto& run) { return run.name == row.run; });
}

void DeliverForm::refresh() {
    if (!studio_.session.isOpen()) {
        rows_.clear();
    }
    fillClips();
    showRow();
    settle();
}

// The destination's clips first: they are the plates.
void DeliverForm::fillClips() {
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    filling_ = true;
    const QString shown = clip();
    QStringList wanted;
    for (const bool first : {true, false}) {
        for (const auto& record : snapshot.clips) {
            if ((record.performer == snapshot.destination) == first) {
                wanted << text(record.name);
            }
        }
    }
    QStringList listed;
    for (int i = 0; i < clips_->count(); ++i) {
        listed << clips_->item(i)->data(kClipRole).toString();
    }
    if (listed != wanted) {
        clips_->clear();
        for (const QString& name : wanted) {
            auto* item = new QListWidgetItem(name, clips_);
            item->setData(kClipRole, name);
            item->setSizeHint({100, theme::kRowHeight});
            item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        }
        clips_->setCurrentRow(std::max(0, static_cast<int>(wanted.indexOf(shown))));
        std::erase_if(rows_, [&](const auto& row) { return !wanted.contains(row.first); });
    }
    const bool none = rows_.empty();
    for (const QString& name : wanted) {
        const auto known = rows_.find(name);
        if (known == rows_.end() || !known->second.own || !stillThere(known->second)) {
            const bool ticked =
                known != rows_.end() ? known->second.ticked : none && name == wanted.front();
            rows_[name] = freshRow(*clipRecord(name));
            rows_[name].ticked = ticked;
        }
    }
    filling_ = false;
}

void DeliverForm::fillSources() {
    const std::string name = utf8(clip());
    std::vector<Choice> choices;
    const auto& versions = studio_.versions.versions();
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
        if (version->clip == name) {
            QString says = tr("%1   %2   %3")
                               .arg(text(media::versionName(version->number)),
                                    statusText(version->status), text(version->run));
            says += version->step < 0 ? QString() : tr(" step %1").arg(countText(version->step));
            choices.push_back({says, versionData(version->id)});
        }
    }
    const auto& runs = studio_.session.snapshot().runs;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        choices.push_back({tr("new, with %1   %2 on %3")
                               .arg(text(run->name), text(run->source), text(run->destination)),
                           runData(run->name)});
    }
    setChoices(source_, choices);
}

void DeliverForm::showRow() {
    fillSources();
    const auto row = rows_.find(clip());
    for (QWidget* field : {static_cast<QWidget*>(source_), static_cast<QWidget*>(frames_),
                           static_cast<QWidget*>(look_)}) {
        field->setEnabled(row != rows_.end());
    }
    if (row == rows_.end()) {
        source_->setCurrentIndex(-1);
        return;
    }
    const Row& shown = row->second;
    source_->setCurrentIndex(
        source_->findData(shown.version != 0 ? versionData(shown.version) : runData(shown.run)));
    source_->setToolTip(source_->currentText());  // longer than its place at times
    frames_->setFrames(shown.frames);
    if (look_->look() != shown.look) {
        look_->setLook(shown.look);
    }
}

// What a version was made with is shown; a new one keeps what is there.
void DeliverForm::takeSource() {
    const QString chosen = source_->currentData().toString();
    Row& row = rows_[clip()];
    row.own = true;
    if (chosen.startsWith(QStringLiteral("v:"))) {
        row.version = chosen.mid(2).toLongLong();
        const media::VersionRecord* version = studio_.versions.find(row.version);
        row.look = version == nullptr ? row.look : lookOf(*version);
    } else {
        row.version = 0;
        row.run = utf8(chosen.mid(2));
    }
    showRow();
    settle();
}

void DeliverForm::chooseClip(const QString& clip) {
    for (int i = 0; i < clips_->count(); ++i) {
        const QString name = clips_->item(i)->data(kClipRole).toString();
        rows_[name].ticked = name == clip;
        if (name == clip) {
            clips_->setCurrentRow(i);
        }
    }
    settle();
}

void DeliverForm::chooseRun(const QString& run, const QString& clip) {
    const auto& runs = studio_.session.snapshot().runs;
    const auto record = std::find_if(runs.begin(), runs.end(),
                                     [&](const auto& each) { return text(each.name) == run; });
    if (record == runs.end()) {
        return;
    }
    const media::ClipRecord* shown = clip.isEmpty() ? clipRecord(this->clip()) : nullptr;
    QString wanted = clipRecord(clip) != nullptr ? clip : this->clip();
    for (const auto& each : studio_.session.snapshot().clips) {
        if (shown != nullptr && shown->performer != record->destination &&
            each.performer == record->destination) {
            wanted = text(each.name);
            break;
        }
    }
    rows_[wanted].version = 0;
    rows_[wanted].own = true;
    rows_[wanted].run = record->name;
    chooseClip(wanted);
    showRow();
    settle();
}

void DeliverForm::chooseVersion(int64_t version) {
    if (const media::VersionRecord* record = studio_.versions.find(version)) {
        chooseClip(text(record->clip));
        showRow();
        source_->setCurrentIndex(source_->findData(versionData(version)));
        takeSource();
    }
}

void DeliverForm::changeLook(int64_t version) {
    const media::VersionRecord* record = studio_.versions.find(version);
    if (record != nullptr && rows_[text(record->clip)].version == version) {
        chooseClip(text(record->clip));
    } else {
        chooseVersion(version);
    }
    look_->setFocus();
}

void DeliverForm::setRange(int64_t first, int64_t last) {
    const media::ClipRecord* record = clipRecord(clip());
    if (record == nullptr) {
        return;
    }
    const bool whole = first <= record->first && last >= record->last;
    rows_[clip()].own = true;
    rows_[clip()].frames = whole ? QString() : QStringLiteral("%1-%2").arg(first).arg(last);
    showRow();
    settle();
}

training::DeliveryFormat DeliverForm::format() const {
    const auto format = training::deliveryFormat(utf8(format_->currentData().toString()));
    US_CHECK(format.ok());
    return *format;
}

std::optional<RenderOrder> DeliverForm::orderOf(const media::ClipRecord& clip,
                                                const Row& row) const {
    RenderOrder order;
    order.clip = clip;
    order.look = row.look;
    order.frames = utf8(row.frames);
    order.handles = studio_.names.handles();
    order.run = row.run;
    if (const auto* version = row.version != 0 ? studio_.versions.find(row.version) : nullptr) {
        order.version = *version;
        order.run = version->run;
    }
    return order.run.empty() ? std::nullopt : std::optional(order);
}

std::optional<RenderOrder> DeliverForm::shownOrder() const {
    const media::ClipRecord* record = clipRecord(clip());
    const auto row = rows_.find(clip());
    return record == nullptr || row == rows_.end() ? std::nullopt : orderOf(*record, row->second);
}

QString DeliverForm::wordsOf(const media::ClipRecord& clip, const Row& row) const {
    const auto order = orderOf(clip, row);
    const QString what = !order                ? tr("nothing to make it with")
                         : order->isDelivery() ? text(media::versionName(order->version->number))
                                               : tr("new, %1").arg(text(order->run));
    const QString chosen = order ? text(order->frameList()) : row.frames;
    const QString frames = chosen.isEmpty() ? tr("%1-%2").arg(clip.first).arg(clip.last) : chosen;
    return QStringLiteral("%1   %2   %3").arg(text(clip.name), what, frames);
}

// The clips' words, the orders, their names.
void DeliverForm::settle() {
    filling_ = true;
    orders_.clear();
    problem_.reset();
    for (int i = 0; i < clips_->count(); ++i) {
        QListWidgetItem* item = clips_->item(i);
        const QString name = item->data(kClipRole).toString();
        const media::ClipRecord* record = clipRecord(name);
        if (record == nullptr) {
            continue;
        }
        const Row& row = rows_[name];
        item->setText(wordsOf(*record, row));
        item->setCheckState(row.ticked ? Qt::Checked : Qt::Unchecked);
        const auto order = row.ticked ? orderOf(*record, row) : std::nullopt;
        if (!order) {
            continue;
        }
        if (const auto list = media::FrameList::parse(order->frames);
            !order->frames.empty() && !list.ok()) {
            problem_ = list.error();
        } else if (order->plateFrames().empty()) {
            problem_ =
                Error{ErrorCode::usage, record->name + " has none of these frames", order->frames,
                      "Its frames are " + std::to_string(record->first) + " to " +
                          std::to_string(record->last)};
        }
        orders_.push_back(*order);
    }
    filling_ = false;
    showNames();
    showDifference();
    Q_EMIT changed();
}

void DeliverForm::showNames() {
    auto shown = shownOrder();
    const auto kind =
        shown && shown->isDelivery() ? DeliveryNames::Kind::delivery : DeliveryNames::Kind::version;
    name_->setName(studio_.names.nameText(kind));
    name_->setFolder(studio_.session.isOpen() ? studio_.names.folder() : QString());
    showFrames(shown);
    if (const Status named = studio_.names.name(orders_, format(), matte_->isChecked());
        !named.ok() && !problem_) {
        problem_ = named.error();
    }
    std::vector<RenderOrder> alone;
    if (shown) {
        alone.push_back(*shown);
        const Status named = studio_.names.name(alone, format(), false);
        problem_ = !named.ok() && !problem_ ? std::optional(named.error()) : problem_;
    }
    for (const RenderOrder& order : orders_) {
        const NameStanding standing = studio_.names.standing(order);
        if (!problem_ && !standing.ofVersion.isEmpty()) {
            problem_ = Error{ErrorCode::usage,
                             utf8(tr("these are the pictures of %1").arg(standing.ofVersion)),
                             utf8(QFileInfo(order.out).fileName()),
                             "Choose another name; a version never changes"};
        }
    }
    const auto below = [this](const QString& file) {
        return QDir(studio_.names.folder()).relativeFilePath(file);
    };
    const auto frames = shown ? shown->plateFrames() : std::vector<int64_t>();
    const bool movie = format().movie;
    if (alone.empty() || alone.front().out.isEmpty() || frames.empty()) {
        name_->setResult({}, {}, problem_ ? errorText(*problem_) : QString());
        return;
    }
    const QString& out = alone.front().out;
    name_->setResult(below(fileOf(out, frames.front())),
                     movie || frames.size() == 1 ? QString() : below(fileOf(out, frames.back())),
                     problem_ ? errorText(*problem_) : QString());
}

void DeliverForm::showFrames(const std::optional<RenderOrder>& shown) {
    frames_->setUsual(shown && shown->version && !shown->version->frames.empty()
                          ? text(shown->version->frames)
                          : tr("all"));
    frames_->setHandles(studio_.names.handles());
    const auto frames = shown ? shown->plateFrames() : std::vector<int64_t>();
    if (frames.empty() || shown->handles == 0) {
        frames_->setResult({});
        return;
    }
    RenderOrder without = *shown;
    without.handles = 0;
    const auto more = frames.size() - without.plateFrames().size();
    frames_->setResult(more == 0 ? tr("The clip has no more frames than these.")
                                 : tr("Writes %1-%2: %3 frames, %4 of them handles")
                                       .arg(frames.front())
                                       .arg(frames.back())
                                       .arg(countText(static_cast<int64_t>(frames.size())),
                                            countText(static_cast<int64_t>(more))));
}

void DeliverForm::showDifference() {
    const auto order = shownOrder();
    const bool changed = order && order->version && !order->isDelivery();
    back_->setVisible(changed);
    difference_->setVisible(changed);
    if (changed) {
        difference_->setText(
            tr("Not as %1 was made: %2. It becomes a new version.")
                .arg(text(media::versionName(order->version->number)),
                     LookForm::namesOf(differences(lookOf(*order->version), order->look))));
    }
}

}  // namespace understudy::ui
