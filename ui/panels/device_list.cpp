// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/device_list.h"

#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

QString shareText(double used, double total) {
    const QString all = bytesText(total);
    const QString part = bytesText(used);
    // "31.2 of 140 GB" where both are counted alike.
    const auto unit = [](const QString& words) { return words.mid(words.lastIndexOf(' ') + 1); };
    return unit(all) == unit(part)
               ? DeviceList::tr("%1 of %2").arg(part.left(part.lastIndexOf(' ')), all)
               : DeviceList::tr("%1 of %2").arg(part, all);
}

QString percentText(double part) {
    return DeviceList::tr("%1 %").arg(std::lround(part * 100));
}

}  // namespace

DeviceRow::DeviceRow(DevicesModel* model, const DeviceState& state, QWidget* parent)
    : QWidget(parent), model_(model), planName_(state.planName()) {
    setObjectName("row." + planName_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 4);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    const QString name = text(state.info.name);
    box_ = new QCheckBox(state.isGpu() ? QStringLiteral("%1   %2").arg(state.title(), name)
                         : name.startsWith(state.title())
                             ? name
                             : QStringLiteral("%1   %2").arg(state.title(), name));
    box_->setObjectName("device." + planName_);
    head->addWidget(box_, 1);
    if (state.isGpu()) {
        keep_ = new QToolButton;
        keep_->setObjectName("keep." + planName_);
        keep_->setText(tr("keep for viewport"));
        keep_->setFont(theme::font(theme::FontUse::caption));
        keep_->setCheckable(true);
        keep_->setAutoRaise(true);
        keep_->setMinimumHeight(theme::kControlHeight);
        keep_->setToolTip(tr("Trainings leave this GPU alone unless it is ticked for one"));
        head->addWidget(keep_);
        connect(keep_, &QToolButton::clicked, this, &DeviceRow::keepChosen);
    }
    column->addLayout(head);
    memory_ = new MeterBar(tr("Memory"));
    memory_->setObjectName("memory." + planName_);
    load_ = new MeterBar(tr("Load"));
    load_->setObjectName("load." + planName_);
    column->addWidget(memory_);
    column->addWidget(load_);
    words_ = label({}, theme::FontUse::caption, theme::kSecond);
    words_->setObjectName("words." + planName_);
    words_->setWordWrap(true);
    column->addWidget(words_);
}

void DeviceRow::show(const DeviceState& state, bool stale, double planned) {
    state.isGpu() ? showGpu(state, planned) : showCpu(planned);
    memory_->setStale(stale);
    load_->setStale(stale);
    if (keep_ != nullptr) {
        keep_->setChecked(state.info.reserved);
        keep_->setText(state.info.reserved ? tr("kept for viewport") : tr("keep for viewport"));
        keep_->setEnabled(!state.vanished && state.info.id.starts_with("GPU-"));
    }
    QString words;
    if (state.vanished) {
        words = tr("%1 no longer answers. A training that used it goes on from its last checkpoint "
                   "when it is resumed on other devices. Look at its power and at the driver's "
                   "log.")
                    .arg(state.title());
    } else {
        words = usersText(state);
    }
    words_->setText(words);
    setColor(words_, state.vanished ? theme::kError : stale ? theme::kDisabled : theme::kSecond);
    words_->setVisible(!words.isEmpty());
    memory_->setVisible(!state.vanished);
    load_->setVisible(!state.vanished);
}

void DeviceRow::showGpu(const DeviceState& state, double planned) {
    const auto total = static_cast<double>(state.info.memoryTotal);
    const auto& load = state.load;
    if (load && load->memoryUsed && total > 0) {
        const auto used = static_cast<double>(*load->memoryUsed);
        memory_->setValue(used / total, shareText(used, total));
        memory_->setPlanned(planned / total);
    } else {
        memory_->setValue(std::nullopt, total > 0 ? bytesText(total) : QString());
    }
    load_->setValue(load ? load->load : std::nullopt,
                    load && load->load ? percentText(*load->load) : QString());
    load_->setWarning(load && !load->throttling.empty());
}

void DeviceRow::showCpu(double planned) {
    const auto& telemetry = model_->telemetry();
    if (telemetry && telemetry->memoryTotal > 0) {
        const auto total = static_cast<double>(telemetry->memoryTotal);
        const double used = total - static_cast<double>(telemetry->memoryAvailable);
        memory_->setValue(used / total, shareText(used, total));
        memory_->setPlanned(planned / total);
    } else {
        memory_->setValue(std::nullopt, {});
    }
    load_->setValue(telemetry ? telemetry->cpu : std::nullopt,
                    telemetry && telemetry->cpu ? percentText(*telemetry->cpu) : QString());
}

// "62 °C, 412 of 700 W, slowed by heat, used by Train r02".
QString DeviceRow::usersText(const DeviceState& state) const {
    QStringList parts;
    if (state.load) {
        const training::GpuLoad& load = *state.load;
        if (load.celsius) {
            parts << tr("%1 °C").arg(std::lround(*load.celsius));
        }
        if (load.watts) {
            parts << (load.wattLimit ? tr("%1 of %2 W")
                                           .arg(std::lround(*load.watts))
                                           .arg(std::lround(*load.wattLimit))
                                     : tr("%1 W").arg(std::lround(*load.watts)));
        }
        QStringList why;
        for (const std::string& reason : load.throttling) {
            why << text(reason);
        }
        if (!why.isEmpty()) {
            parts << tr("slowed by %1").arg(why.join(", "));
        }
    }
    QStringList users;
    for (const std::string& job : state.info.jobs) {
        users << model_->userText(job);
    }
    if (!users.isEmpty()) {
        parts << tr("used by %1").arg(users.join(", "));
    }
    return parts.join(QStringLiteral("   "));
}

DeviceList::DeviceList(DevicesModel* model, QUndoStack* undo, QWidget* parent)
    : QWidget(parent),
      model_(model),
      edits_(undo, [this](const Keeping& keeping) { model_->reserve(keeping.id, keeping.on); }) {
    setObjectName("deviceList");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* head = new QHBoxLayout;
    head->addWidget(label(tr("Devices"), theme::FontUse::title));
    age_ = label({}, theme::FontUse::caption, theme::kHint);
    age_->setObjectName("devicesAge");
    age_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    head->addWidget(age_, 1);
    column->addLayout(head);
    automatic_ = new QCheckBox(tr("Choose the best automatically"));
    automatic_->setObjectName("deviceAutomatic");
    automatic_->setChecked(true);
    column->addWidget(automatic_);
    connect(automatic_, &QCheckBox::clicked, this, [this] { take(automatic_); });
    other_ = label({}, theme::FontUse::body, theme::kSecond);
    other_->setObjectName("devicesOther");
    other_->setVisible(false);
    column->addWidget(other_);
    rows_ = new QVBoxLayout;
    rows_->setSpacing(4);
    column->addLayout(rows_);
    disk_ = new MeterBar(tr("Disk"));
    disk_->setObjectName("deviceDisk");
    column->addWidget(disk_);
    connect(model_, &DevicesModel::listChanged, this, &DeviceList::rebuild);
    connect(model_, &DevicesModel::changed, this, &DeviceList::refresh);
    connect(model_, &DevicesModel::reserveFailed, this, [this](const Error& error) {
        Q_EMIT reserveFailed(errorText(error));
        refresh();
    });
    given_ = "auto";
    rebuild();
}

// What was ticked stays ticked where it is still there.
void DeviceList::rebuild() {
    const std::string before = devices_.empty() ? given_ : chosen();
    for (DeviceRow* row : devices_) {
        rows_->removeWidget(row);
        row->hide();
        row->deleteLater();
    }
    devices_.clear();
    for (const DeviceState& state : model_->devices()) {
        auto* row = new DeviceRow(model_, state);
        rows_->addWidget(row);
        devices_.push_back(row);
        connect(row->box(), &QCheckBox::clicked, this, [this, row] { take(row->box()); });
        connect(row, &DeviceRow::keepChosen, this, [this, state](bool on) { keep(state, on); });
    }
    setChosen(before);
    refresh();
}

void DeviceList::refresh() {
    const auto age = model_->age();
    age_->setText(age ? tr("as of %1 ago").arg(durationText(*age)) : QString());
    const auto& states = model_->devices();
    const QStringList wanted = meant();
    for (size_t i = 0; i < devices_.size() && i < states.size(); ++i) {
        const auto ranks = wanted.count(devices_[i]->planName());
        devices_[i]->show(states[i], age.has_value(), planned_ * static_cast<double>(ranks));
    }
    const auto& disk = model_->disk();
    disk_->setVisible(disk.has_value());
    if (disk) {
        disk_->setValue(1 - disk->free / disk->total,
                        disk->low ? tr("%1 free: nearly full").arg(bytesText(disk->free))
                                  : tr("%1 free").arg(bytesText(disk->free)));
        disk_->setWarning(disk->low);
    }
}

QStringList DeviceList::ticked() const {
    QStringList names;
    for (const DeviceRow* row : devices_) {
        if (row->box()->isChecked()) {
            names << row->planName();
        }
    }
    return names;
}

void DeviceList::take(QCheckBox* box) {
    if (!automatic_->isChecked() && ticked().isEmpty()) {
        devices_.front()->box()->setChecked(true);  // a choice of nothing would be automatic again
    }
    // GPUs train together, and the CPU alone.
    const auto cpu = std::find_if(devices_.begin(), devices_.end(), [](const DeviceRow* row) {
        return row->planName() == QStringLiteral("cpu");
    });
    if (cpu != devices_.end() && ticked().size() > 1 && (*cpu)->box()->isChecked()) {
        for (DeviceRow* row : devices_) {
            const bool isCpu = row == *cpu;
            row->box()->setChecked(row->box()->isChecked() && isCpu == (box == (*cpu)->box()));
        }
    }
    given_ = automatic_->isChecked() ? "auto" : utf8(ticked().join(','));
    enable();
    refresh();
    Q_EMIT chosenChanged();
}

// A command once it is written: the site may say otherwise.
void DeviceList::keep(const DeviceState& state, bool on) {
    const Keeping after{state.info.id, on};
    const QString words =
        (on ? tr("Keep %1 for the viewport") : tr("Give %1 to trainings")).arg(state.title());
    model_->reserve(after.id, on, [this, after, words] {
        edits_.record(words, {}, {after.id, !after.on}, after);
    });
}

std::string DeviceList::chosen() const {
    return given_;
}

void DeviceList::setChosen(const std::string& devices) {
    given_ = devices;
    automatic_->setChecked(devices == "auto");
    QStringList names = text(devices).split(',');
    if (devices == "all") {
        names.clear();
        for (const DeviceState& state : model_->devices()) {
            if (state.isGpu() && !state.info.reserved) {
                names << state.planName();
            }
        }
    }
    for (const DeviceState& state : model_->devices()) {
        names.replaceInStrings(text(state.info.id), state.planName());  // named by its UUID
    }
    for (DeviceRow* row : devices_) {
        row->box()->setChecked(names.contains(row->planName()));
    }
    const bool shown = devices == "auto" || ticked().size() == names.size();
    other_->setText(tr("Trains on %1").arg(text(devices)));
    other_->setVisible(!shown);
    enable();
    refresh();
}

void DeviceList::setEditable(bool on) {
    editable_ = on;
    enable();
}

void DeviceList::enable() {
    automatic_->setEnabled(editable_);
    for (DeviceRow* row : devices_) {
        row->box()->setEnabled(editable_ && !automatic_->isChecked());
    }
}

QStringList DeviceList::meant() const {
    if (given_ != "auto" && given_ != "all") {
        return text(given_).split(',');
    }
    const DeviceState* best = nullptr;
    const auto freeOf = [](const DeviceState& state) {
        return state.info.memoryTotal -
               (state.load ? state.load->memoryUsed.value_or(0) : int64_t{0});
    };
    QStringList all;
    for (const DeviceState& state : model_->devices()) {
        if (!state.isGpu() || state.info.reserved || state.vanished) {
            continue;
        }
        all << state.planName();
        if (best == nullptr || freeOf(state) > freeOf(*best)) {
            best = &state;
        }
    }
    if (best == nullptr) {
        return {QStringLiteral("cpu")};
    }
    return given_ == "all" ? all : QStringList{best->planName()};
}

void DeviceList::setPlanned(double bytes) {
    planned_ = bytes;
    refresh();
}

void DeviceList::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    model_->setWatching(this, true);
}

void DeviceList::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    model_->setWatching(this, false);
}

}  // namespace understudy::ui
