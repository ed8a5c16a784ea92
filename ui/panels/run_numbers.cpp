// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/run_numbers.h"

#include <QGridLayout>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>

#include "training/prepare/price.h"
#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

RunNumbers::RunNumbers(RunModel* run, JobsModel* jobs, DevicesModel* devices, QWidget* parent)
    : QWidget(parent), run_(run), jobs_(jobs), devices_(devices) {
    setObjectName("runNumbers");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    stateIcon_ = new QLabel;
    stateIcon_->setFixedSize(16, 16);
    head->addWidget(stateIcon_);
    state_ = label({}, theme::FontUse::body, theme::kSecond);
    state_->setObjectName("runState");
    head->addWidget(state_, 1);
    column->addLayout(head);
    step_ = label({}, theme::FontUse::number);
    step_->setObjectName("runStep");
    QFont large = theme::font(theme::FontUse::number);
    large.setPixelSize(16);
    step_->setFont(large);
    column->addWidget(step_);
    bar_ = new QProgressBar;
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setFixedHeight(6);
    column->addWidget(bar_);
    left_ = label({}, theme::FontUse::body);
    left_->setObjectName("runLeft");
    column->addWidget(left_);
    column->addSpacing(4);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    loss_ = addRow(grid, tr("Loss"), "runLoss");
    source_ = addRow(grid, tr("Source"), "runSourceLoss");
    destination_ = addRow(grid, tr("Destination"), "runDestinationLoss");
    validation_ = addRow(grid, tr("Validation"), "runValidation");
    rate_ = addRow(grid, tr("Speed"), "runRate");
    samples_ = addRow(grid, tr("Faces"), "runSamples");
    wait_ = addRow(grid, tr("Data wait"), "runWait");
    elapsed_ = addRow(grid, tr("Trained"), "runElapsed");
    target_ = addRow(grid, tr("To the loss aimed at"), "runTarget");
    efficiency_ = addRow(grid, tr("Efficiency"), "runEfficiency");
    efficiency_->setToolTip(
        tr("What the devices give together of what they would give each alone"));
    gpuTime_ = addRow(grid, tr("Device time"), "runGpuTime");
    cost_ = addRow(grid, tr("Cost"), "runCost");
    energy_ = addRow(grid, tr("Energy"), "runEnergy");
    column->addLayout(grid);
    meterBox_ = new QWidget;
    meterRows_ = new QVBoxLayout(meterBox_);
    meterRows_->setContentsMargins(0, 4, 0, 0);
    meterRows_->setSpacing(0);
    column->addWidget(meterBox_);
    column->addSpacing(4);
    health_ = label({}, theme::FontUse::body);
    health_->setObjectName("runHealth");
    health_->setWordWrap(true);
    column->addWidget(health_);
    column->addStretch(1);
    checkpoints_ = new QListWidget;
    checkpoints_->setObjectName("checkpointList");
    checkpoints_->setFont(theme::font(theme::FontUse::numberCaption));
    checkpoints_->setIconSize({12, 12});
    checkpoints_->setMinimumHeight(72);
    checkpoints_->setToolTip(
        tr("Shows the preview of its step; arrow keys go from one to another"));
    const auto choose = [this](const QListWidgetItem* item) {
        if (item != nullptr && item->flags().testFlag(Qt::ItemIsEnabled)) {
            Q_EMIT checkpointChosen(item->data(Qt::UserRole).toLongLong());
        }
    };
    connect(checkpoints_, &QListWidget::currentItemChanged, this, choose);
    connect(checkpoints_, &QListWidget::itemClicked, this, choose);  // the current one once more
    connect(checkpoints_, &QListWidget::itemActivated, this, choose);
    connect(run_, &RunModel::historyChanged, this, &RunNumbers::refresh);
    connect(run_, &RunModel::runChanged, this, &RunNumbers::refresh);
    connect(run_, &RunModel::checkpointsChanged, this, &RunNumbers::refreshCheckpoints);
    connect(run_, &RunModel::historyChanged, this, &RunNumbers::refreshCheckpoints);
    connect(jobs_, &JobsModel::changed, this, &RunNumbers::refresh);
    connect(devices_, &DevicesModel::changed, this, &RunNumbers::refreshDevices);
    refresh();
    refreshCheckpoints();
}

QLabel* RunNumbers::addRow(QGridLayout* grid, const QString& title, const char* objectName) {
    const int row = grid->rowCount();
    QLabel* name = label(title, theme::FontUse::body, theme::kSecond);
    grid->addWidget(name, row, 0);
    QLabel* value = label({}, theme::FontUse::number);
    value->setObjectName(objectName);
    titles_[value] = name;
    value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    grid->addWidget(value, row, 1);
    return value;
}

void RunNumbers::setKnown(QLabel* value, const QString& text) {
    value->setText(text);
    value->setVisible(!text.isEmpty());
    titles_[value]->setVisible(!text.isEmpty());
}

void RunNumbers::setCurrency(const std::string& currency) {
    if (currency != currency_) {
        currency_ = currency;
        refresh();
    }
}

void RunNumbers::refreshCost(const JobState* job) {
    const auto number = [](const std::optional<double>& value, int decimals, const QString& unit) {
        return value ? unit.arg(*value, 0, 'f', decimals) : QString();
    };
    const training::JobInfo info = job != nullptr ? job->info : training::JobInfo();
    const bool running = job != nullptr && job->running();
    setKnown(target_, running && info.secondsToLossLow && info.secondsToLossHigh
                          ? timeLeftText(*info.secondsToLossLow, *info.secondsToLossHigh)
                          : QString());
    setKnown(gpuTime_, info.gpuHours ? durationText(*info.gpuHours * 3600) : QString());
    setKnown(cost_, info.cost ? text(training::costText(*info.cost, currency_)) : QString());
    setKnown(energy_, number(info.energyKwh, 2, tr("%1 kWh")));
    const auto& last = run_->last();
    setKnown(efficiency_, last && last->efficiency
                              ? tr("%1 %").arg(std::lround(*last->efficiency * 100))
                              : QString());
}

void RunNumbers::refresh() {
    const auto& last = run_->last();
    const auto& plan = run_->plan();
    const JobState* job = run_->hasRun() ? jobs_->newest("train", utf8(run_->name())) : nullptr;
    const QString name = job != nullptr ? job->iconName() : QStringLiteral("queued");
    stateIcon_->setPixmap(iconPixmap(name, 16, theme::stateColor(name), devicePixelRatioF()));
    state_->setText(!run_->hasRun()  ? tr("No run yet")
                    : job != nullptr ? tr("%1, %2").arg(run_->name(), job->stateText())
                                     : tr("%1, not running").arg(run_->name()));
    const int64_t step = last ? last->step : 0;
    const int64_t total = plan ? plan->steps : 0;
    step_->setText(!last ? QStringLiteral("–")
                   : total >= step && total > 0
                       ? tr("%1 of %2").arg(countText(step), countText(total))
                       : countText(step));
    const double share = total > 0 ? static_cast<double>(step) / static_cast<double>(total) : 0;
    bar_->setValue(static_cast<int>(1000 * std::min(1.0, share)));
    if (job != nullptr && job->info.state == "running") {
        double low = job->info.secondsLeftLow;
        double high = job->info.secondsLeftHigh;
        if (const auto own = run_->secondsLeft(); low < 0 && own) {
            low = own->first;
            high = own->second;
        }
        left_->setText(timeLeftText(low, high));
    } else {
        left_->setText(job != nullptr && job->info.error ? errorText(*job->info.error) : QString());
    }
    left_->setWordWrap(true);
    left_->setVisible(!left_->text().isEmpty());
    setColor(left_, job != nullptr && job->failed() ? theme::kError : theme::kText);
    const auto valueOf = [this](const char* series) {
        const auto found = run_->series().find(series);
        return lossText(found == run_->series().end() ? std::nan("") : found->second.lastValue());
    };
    loss_->setText(valueOf("loss"));
    source_->setText(valueOf("source"));
    destination_->setText(valueOf("destination"));
    validation_->setText(valueOf("validation"));
    rate_->setText(last ? tr("%1 it/s").arg(rateText(last->iterationsPerSecond))
                        : QStringLiteral("–"));
    samples_->setText(last && plan
                          ? tr("%1 /s").arg(rateText(last->iterationsPerSecond * 2 * plan->batch))
                          : QStringLiteral("–"));
    wait_->setText(last ? tr("%1 %").arg(std::lround(last->dataWait * 100)) : QStringLiteral("–"));
    elapsed_->setText(last ? durationText(last->time) : QStringLiteral("–"));
    refreshCost(job);
    refreshDevices();
    const bool over =
        (total > 0 && step >= total) || (job != nullptr && job->info.state == "finished");
    health_->setText(run_->health(over && (job == nullptr || !job->active())));
    health_->setVisible(!health_->text().isEmpty());
}

void RunNumbers::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    devices_->setWatching(this, true);
}

void RunNumbers::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    devices_->setWatching(this, false);
}

// How busy each device is that trains the run, and what of its memory is taken.
void RunNumbers::refreshDevices() {
    const JobState* job = run_->hasRun() ? jobs_->newest("train", utf8(run_->name())) : nullptr;
    const bool running = job != nullptr && job->running();
    const std::vector<std::string> ids = running ? job->info.devices : std::vector<std::string>();
    if (ids != metered_) {
        metered_ = ids;
        qDeleteAll(meters_);
        meters_.clear();
        for (const std::string& id : ids) {
            const auto& known = devices_->devices();
            const auto found = std::find_if(known.begin(), known.end(), [&](const auto& device) {
                return device.info.id == id;
            });
            meters_.push_back(new MeterBar(found == known.end() ? text(id) : found->title()));
            meters_.back()->setObjectName("runDevice." + text(id));
            meterRows_->addWidget(meters_.back());
        }
    }
    meterBox_->setVisible(!meters_.empty());
    for (size_t i = 0; i < meters_.size(); ++i) {
        meters_[i]->setValue(std::nullopt, {});
        meters_[i]->setStale(devices_->age().has_value());
        for (const DeviceState& device : devices_->devices()) {
            if (device.info.id != metered_[i]) {
                continue;
            }
            const auto& machine = devices_->telemetry();
            const auto load = device.isGpu() ? device.load ? device.load->load : std::nullopt
                              : machine      ? machine->cpu
                                             : std::nullopt;
            if (load) {
                const QString busy = tr("%1 %").arg(std::lround(*load * 100));
                meters_[i]->setValue(
                    *load, device.load && device.load->memoryUsed
                               ? tr("%1  %2").arg(
                                     busy, bytesText(static_cast<double>(*device.load->memoryUsed)))
                               : busy);
            }
        }
    }
}

// Newest first, each with the validation loss that it had.
void RunNumbers::refreshCheckpoints() {
    const auto& steps = run_->checkpoints();
    const auto validation = run_->series().find("validation");
    const bool known = validation != run_->series().end() && !validation->second.empty();
    const auto widest = steps.empty() ? 0 : countText(steps.back()).size();
    QStringList lines;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        lines << tr("step %1").arg(countText(*step), static_cast<int>(widest)) +
                     (known ? tr("   validation %1")
                                  .arg(lossText(
                                      validation->second.valueAt(static_cast<double>(*step))))
                            : QString());
    }
    if (lines == listed_ && checkpoints_->count() > 0) {
        return;
    }
    listed_ = lines;
    const QSignalBlocker quiet(checkpoints_);
    const QListWidgetItem* current = checkpoints_->currentItem();
    const auto chosen = current != nullptr ? current->data(Qt::UserRole) : QVariant();
    checkpoints_->clear();
    auto step = steps.rbegin();
    for (const QString& line : lines) {
        auto* item = new QListWidgetItem(icon("checkpoint", theme::kSecond), line);
        item->setData(Qt::UserRole, static_cast<qlonglong>(*step++));
        checkpoints_->addItem(item);
        if (item->data(Qt::UserRole) == chosen) {
            checkpoints_->setCurrentItem(item);
        }
    }
    if (steps.empty()) {
        auto* item = new QListWidgetItem(tr("none yet"));
        item->setFlags(Qt::NoItemFlags);
        checkpoints_->addItem(item);
    }
}

}  // namespace understudy::ui
