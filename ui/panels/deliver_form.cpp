// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/deliver_form.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <algorithm>
#include <utility>

#include "ui/models/described.h"
#include "ui/models/formatting.h"
#include "ui/panels/choices.h"
#include "ui/panels/icons.h"
#include "ui/panels/version_list.h"

namespace understudy::ui {
namespace {

constexpr int kTitleWidth = 72;
constexpr int kKeepAfter = 1000;  // ms
constexpr const char* kSetting = "window.deliver";

QVariant versionData(int64_t version) {
    return QStringLiteral("v:%1").arg(version);
}

QVariant runData(const std::string& run) {
    return QStringLiteral("r:%1").arg(text(run));
}

// The row, for it to be hidden.
QWidget* addRow(QVBoxLayout* column, const QString& title, QWidget* field) {
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    QLabel* words = label(title, theme::FontUse::body, theme::kSecond);
    words->setMinimumWidth(kTitleWidth);
    row->addWidget(words);
    row->addWidget(field, 1);
    column->addWidget(line);
    return line;
}

}  // namespace

DeliverForm::DeliverForm(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
    setObjectName("deliverForm");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(buildClips());
    buildWhat(column);
    buildForm(column);
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
    connect(&studio_.shelf, &RunShelf::changed, this, [this] {
        showRow();
        settle();
    });
    keep_.setSingleShot(true);
    keep_.setInterval(kKeepAfter);
    connect(&keep_, &QTimer::timeout, this, &DeliverForm::keep);
    connect(&studio_.session, &ProjectSession::opened, this, &DeliverForm::load);
}

void DeliverForm::load() {
    studio_.session.look(
        this, [](media::Project& project) { return project.setting(kSetting); },
        [this](const Result<std::optional<std::string>>& kept) {
            if (!kept.ok() || !kept->has_value() || unkept_) {
                return;  // somebody was quicker
            }
            chosen_ = deliveryChoices(**kept);
            const QSignalBlocker quietMatte(matte_), quietQuality(quality_);
            format_->setCurrentIndex(format_->findData(text(chosen_.format)));
            matte_->setChecked(chosen_.matte);
            quality_->setValue(chosen_.quality);
            refresh();
        });
}

void DeliverForm::keep() {
    keep_.stop();
    if (std::exchange(unkept_, false) && studio_.session.isOpen() && !studio_.session.readOnly()) {
        studio_.session.write([json = toJson(chosen_)](media::Project& project) {
            return project.putSetting(kSetting, json);
        });
    }
}

// Of the clip that is looked at, for somebody has chosen something of it.
DeliverForm::Row& DeliverForm::edit() {
    Row& row = chosen_.rows[clip()];
    row.own = true;
    return row;
}

void DeliverForm::edited() {
    chosen_.format = utf8(format_->currentData().toString());
    chosen_.matte = matte_->isChecked();
    chosen_.quality = quality_->value();
    unkept_ = true;
    keep_.start();
    settle();
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
            chosen_.rows[item->data(kClipRole).toString()].ticked =
                item->checkState() == Qt::Checked;
            edited();
        }
    });
    return clips_;
}

void DeliverForm::buildWhat(QVBoxLayout* column) {
    source_ = new QComboBox;
    source_->setObjectName("deliverSource");
    source_->setAccessibleName(tr("Version"));
    source_->setIconSize({12, 12});
    source_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    addRow(column, tr("Version"), source_);
    connect(source_, &QComboBox::activated, this, &DeliverForm::takeSource);
    model_ = new ModelField;
    column->addWidget(model_);
    connect(model_, &ModelField::edited, this, [this] {
        Row& row = edit();
        row.checkpoint = model_->checkpoint();
        row.face = model_->face();
        edited();
    });
    frames_ = new FramesField;
    addRow(column, tr("Frames"), frames_);
    connect(frames_, &FramesField::framesEdited, this, [this](const QString& words) {
        edit().frames = words;
        edited();
    });
    connect(frames_, &FramesField::handlesEdited, &studio_.names, &DeliveryNames::setHandles);
    rejected_ = new QCheckBox(tr("Rejected frames too"));
    rejected_->setObjectName("deliverRejected");
    rejected_->setToolTip(said(training::kRejectedHelp));
    addRow(column, {}, rejected_);
    connect(rejected_, &QCheckBox::toggled, this, [this](bool on) {
        edit().rejected = on;
        edited();
    });
}

void DeliverForm::buildForm(QVBoxLayout* column) {
    format_ = new QComboBox;
    format_->setObjectName("deliverFormat");
    format_->setAccessibleName(tr("Write"));
    format_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const auto& format : training::deliveryFormats()) {
        format_->addItem(said(format.says), text(format.name));
    }
    addRow(column, tr("Write"), format_);
    connect(format_, &QComboBox::activated, this, &DeliverForm::edited);
    quality_ = new QSpinBox;
    quality_->setObjectName("deliverQuality");
    quality_->setAccessibleName(tr("Quality"));
    quality_->setToolTip(said(training::kQualityHelp));
    quality_->setRange(training::kBestQuality, training::kWorstQuality);
    quality_->setPrefix(tr("CRF "));
    quality_->setValue(training::kUsualQuality);
    qualityRow_ = addRow(column, tr("Quality"), quality_);
    connect(quality_, &QSpinBox::valueChanged, this, &DeliverForm::edited);
    matte_ = new QCheckBox(tr("The mask beside it"));
    matte_->setObjectName("deliverMatte");
    matte_->setToolTip(tr("A movie or PNG sequence of what of each pixel is the new face"));
    matte_->setChecked(true);
    addRow(column, {}, matte_);
    connect(matte_, &QCheckBox::toggled, this, &DeliverForm::edited);
}

void DeliverForm::buildHow(QVBoxLayout* column) {
    look_ = new LookForm;
    column->addWidget(look_);
    connect(look_, &LookForm::changed, this, [this] {
        edit().look = look_->look();
        edited();
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
    return row.version != 0 ? !studio_.versions.known() || studio_.versions.find(row.version)
                            : std::any_of(runs.begin(), runs.end(),
                                          [&](const auto& run) { return run.name == row.run; });
}

void DeliverForm::refresh() {
    if (!studio_.session.isOpen()) {
        chosen_.rows.clear();
        unkept_ = false;
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
        std::erase_if(chosen_.rows, [&](const auto& row) { return !wanted.contains(row.first); });
    }
    const bool none = chosen_.rows.empty();
    for (const QString& name : wanted) {
        const auto known = chosen_.rows.find(name);
        if (known == chosen_.rows.end() || !known->second.own || !stillThere(known->second)) {
            const bool ticked =
                known != chosen_.rows.end() ? known->second.ticked : none && name == wanted.front();
            chosen_.rows[name] = freshRow(*clipRecord(name));
            chosen_.rows[name].ticked = ticked;
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
    const auto row = chosen_.rows.find(clip());
    for (QWidget* field : {static_cast<QWidget*>(source_), static_cast<QWidget*>(frames_),
                           static_cast<QWidget*>(model_), static_cast<QWidget*>(rejected_),
                           static_cast<QWidget*>(look_)}) {
        field->setEnabled(row != chosen_.rows.end());
    }
    if (row == chosen_.rows.end()) {
        source_->setCurrentIndex(-1);
        return;
    }
    const Row& shown = row->second;
    source_->setCurrentIndex(
        source_->findData(shown.version != 0 ? versionData(shown.version) : runData(shown.run)));
    source_->setToolTip(source_->currentText());  // longer than its place at times
    if (const auto* version = studio_.versions.find(shown.version)) {
        model_->showVersion(version->step, version->face);
    } else {
        model_->show(studio_.shelf.of(shown.run), shown.checkpoint, shown.face);
    }
    const QSignalBlocker quiet(rejected_);
    rejected_->setChecked(shown.rejected);
    rejected_->setVisible(shown.version == 0);
    frames_->setFrames(shown.frames);
    if (look_->look() != shown.look) {
        look_->setLook(shown.look);
    }
}

// What a version was made with is shown; a new one keeps what is there.
void DeliverForm::takeSource() {
    const QString chosen = source_->currentData().toString();
    Row& row = edit();
    if (chosen.startsWith(QStringLiteral("v:"))) {
        row.version = chosen.mid(2).toLongLong();
        const media::VersionRecord* version = studio_.versions.find(row.version);
        row.look = version == nullptr ? row.look : lookOf(*version);
    } else {
        row.version = 0;
        row.run = utf8(chosen.mid(2));
    }
    showRow();
    edited();
}

void DeliverForm::chooseClip(const QString& clip) {
    for (int i = 0; i < clips_->count(); ++i) {
        const QString name = clips_->item(i)->data(kClipRole).toString();
        chosen_.rows[name].ticked = name == clip;
        if (name == clip) {
            clips_->setCurrentRow(i);
        }
    }
    edited();
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
    chosen_.rows[wanted].version = 0;
    chosen_.rows[wanted].own = true;
    chosen_.rows[wanted].run = record->name;
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
    if (record != nullptr && chosen_.rows[text(record->clip)].version == version) {
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
    edit().frames = whole ? QString() : QStringLiteral("%1-%2").arg(first).arg(last);
    showRow();
    edited();
}

training::DeliveryFormat DeliverForm::format() const {
    const auto format = training::deliveryFormat(utf8(format_->currentData().toString()));
    US_CHECK(format.ok());
    return *format;
}

}  // namespace understudy::ui
