// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_model.h"

#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {

struct RunModel::Update {
    int generation = 0;
    std::vector<training::HistoryLine> lines;
    uint64_t offset = 0;
    bool more = false;       // of the history is there than was read
    bool startOver = false;  // the file became shorter: history was cut back to a checkpoint
    std::vector<int64_t> previews;
    std::filesystem::file_time_type previewsWritten{};  // of their folder
    std::vector<int64_t> checkpoints;
    std::optional<training::Plan> plan;
    std::vector<training::PlanChange> changes;
    std::vector<training::Rollback> rollbacks;
    std::vector<FileStamp> planFiles;
};

namespace {

constexpr double kRateWindow = 300;          // seconds
constexpr int kTellEvery = 250;              // milliseconds, while a long history is read
constexpr size_t kLinesAtOnce = 2000;        // taking them must not hold up a frame
constexpr size_t kSmoothedAtOnce = 200'000;  // likewise

std::optional<double> sumOfTerms(const std::map<std::string, double>& terms,
                                 const std::string& prefix) {
    std::optional<double> sum;
    for (const auto& [name, value] : terms) {
        if (name.starts_with(prefix)) {
            sum = sum.value_or(0) + value;
        }
    }
    return sum;
}

FileStamp stampOf(const std::filesystem::path& file) {
    std::error_code none;
    const uint64_t bytes = std::filesystem::file_size(file, none);
    if (none) {
        return {};
    }
    return {bytes, std::filesystem::last_write_time(file, none)};
}

}  // namespace

RunModel::RunModel(QObject* parent) : QObject(parent) {
    timer_.setInterval(250);  // curves live at 4 Hz
    connect(&timer_, &QTimer::timeout, this, &RunModel::poll);
    smoothingTimer_.setInterval(0);
    connect(&smoothingTimer_, &QTimer::timeout, this, &RunModel::smooth);
}

void RunModel::setRun(const QString& name, const std::filesystem::path& folder) {
    if (name == name_ && folder == folder_.path) {
        return;
    }
    ++generation_;
    name_ = name;
    folder_.path = folder;
    plan_.reset();
    changes_.clear();
    rollbacks_.clear();
    planFiles_.clear();
    series_.clear();
    clock_.clear();
    last_.reset();
    times_.clear();
    previews_.clear();
    previewsWritten_ = {};
    checkpoints_.clear();
    offset_ = 0;
    reading_ = false;
    untold_ = false;
    name_.isEmpty() ? timer_.stop() : timer_.start();
    Q_EMIT runChanged();
    Q_EMIT historyChanged();
    Q_EMIT previewsChanged();
    Q_EMIT checkpointsChanged();
    poll();
}

void RunModel::setSmoothing(double weight) {
    smoothing_ = weight;
    bool later = false;
    for (auto& [name, series] : series_) {
        series.setSmoothing(weight);
        later |= series.proceeding();
    }
    if (later) {
        smoothingTimer_.start();
    } else {
        Q_EMIT smoothed();
    }
}

// A part of what is to be smoothed anew, so that no frame waits for it.
void RunModel::smooth() {
    size_t most = kSmoothedAtOnce;
    bool more = false, done = false;
    for (auto& [name, series] : series_) {
        done |= series.proceed(most);
        more |= series.proceeding();
    }
    if (!more) {
        smoothingTimer_.stop();
    }
    if (done) {
        Q_EMIT smoothed();
    }
}

void RunModel::poll() {
    if (name_.isEmpty()) {
        return;
    }
    if (reading_) {
        readAgain_ = true;
        return;
    }
    reading_ = true;
    runInBackground(
        this,
        [folder = folder_, offset = offset_, generation = generation_, known = planFiles_] {
            Update update;
            update.generation = generation;
            update.offset = offset;
            std::error_code none;
            const auto size = std::filesystem::file_size(folder.history(), none);
            if (!none && size < offset) {
                update.startOver = true;
                update.offset = 0;
            }
            if (!none && size > update.offset) {
                if (auto lines =
                        training::readHistory(folder.history(), update.offset, kLinesAtOnce);
                    lines.ok()) {
                    update.more = lines->size() >= kLinesAtOnce;
                    update.lines = std::move(*lines);
                }
            }
            // Before they are listed: one that falls between is seen the next time.
            const auto written = std::filesystem::last_write_time(folder.previews(), none);
            update.previewsWritten = none ? std::filesystem::file_time_type() : written;
            update.previews = training::previewSteps(folder);
            update.checkpoints = training::checkpointSteps(folder);
            // Before the plan is read: a change that falls between is seen the next time.
            update.planFiles = {stampOf(folder.plan()), stampOf(folder.changes()),
                                stampOf(folder.rollbacks())};
            if (update.planFiles != known) {
                if (auto plan = training::currentPlan(folder); plan.ok()) {
                    update.plan = std::move(*plan);
                    if (auto changes = training::readChanges(folder.changes()); changes.ok()) {
                        update.changes = std::move(*changes);
                    }
                    if (auto told = training::readRollbacks(folder.rollbacks()); told.ok()) {
                        update.rollbacks = std::move(*told);
                    }
                }
            }
            return update;
        },
        [this](Update update) {
            if (update.generation != generation_) {
                return;
            }
            reading_ = false;
            const bool more = update.more;
            take(std::move(update));
            if (std::exchange(readAgain_, false) || more) {
                poll();
            }
        });
}

void RunModel::take(Update update) {
    if (update.startOver) {
        series_.clear();
        clock_.clear();
        times_.clear();
        last_.reset();
    }
    offset_ = update.offset;
    for (const auto& line : update.lines) {
        takeLine(line);
    }
    if (update.plan) {
        plan_ = std::move(update.plan);
        changes_ = std::move(update.changes);
        rollbacks_ = std::move(update.rollbacks);
        planFiles_ = std::move(update.planFiles);
        Q_EMIT runChanged();
    }
    untold_ = untold_ || !update.lines.empty() || update.startOver;
    if (untold_ && (!update.more || !told_.isValid() || told_.hasExpired(kTellEvery))) {
        untold_ = false;
        told_.start();
        Q_EMIT historyChanged();
    }
    if (update.previews != previews_ || update.previewsWritten != previewsWritten_) {
        previews_ = std::move(update.previews);
        previewsWritten_ = update.previewsWritten;
        Q_EMIT previewsChanged();
    }
    if (update.checkpoints != checkpoints_) {
        checkpoints_ = std::move(update.checkpoints);
        Q_EMIT checkpointsChanged();
    }
}

void RunModel::takeLine(const training::HistoryLine& line) {
    const auto step = static_cast<double>(line.step);
    if (last_ && line.step <= last_->step) {  // went back to a checkpoint and goes on from there
        for (auto& [name, series] : series_) {
            series.cutAfter(step - 1);
        }
        clock_.cutAfter(step - 1);
        times_.clear();
    }
    const auto add = [this, step](const std::string& name, double value) {
        const auto [place, fresh] = series_.try_emplace(name);
        if (fresh) {
            place->second.setSmoothing(smoothing_);
        }
        place->second.append(step, value);
    };
    add("loss", line.loss);
    clock_.append(step, line.time, line.loss);
    if (const auto source = sumOfTerms(line.terms, "source_")) {
        add("source", *source);
    }
    if (const auto destination = sumOfTerms(line.terms, "destination_")) {
        add("destination", *destination);
    }
    for (const auto& [name, value] : line.terms) {
        add(name, value);
    }
    add("lr", line.learningRate);
    if (line.validation) {
        add("validation", *line.validation);
    }
    last_ = line;
    times_.push_back({line.step, line.time, line.dataWait});
    while (times_.size() > 2 && line.time - times_.front().time > kRateWindow) {
        times_.pop_front();
    }
}

std::optional<std::pair<double, double>> RunModel::secondsLeft() const {
    if (!plan_ || !last_ || times_.size() < 5 || times_.back().time - times_.front().time < 10) {
        return std::nullopt;
    }
    std::vector<double> perStep;
    for (size_t i = 1; i < times_.size(); ++i) {
        const auto steps = static_cast<double>(times_[i].step - times_[i - 1].step);
        const double seconds = times_[i].time - times_[i - 1].time;
        if (steps > 0 && seconds >= 0) {
            perStep.push_back(seconds / steps);
        }
    }
    if (perStep.empty()) {
        return std::nullopt;
    }
    std::sort(perStep.begin(), perStep.end());
    const auto at = [&perStep](double p) {
        return perStep[static_cast<size_t>(p * static_cast<double>(perStep.size() - 1))];
    };
    const auto left = static_cast<double>(std::max<int64_t>(0, plan_->steps - last_->step));
    return std::pair{left * at(0.2), left * at(0.8)};
}

}  // namespace understudy::ui
