#include "training/engine/trainer/run_records.h"

#include <algorithm>

#include "media/base/file.h"
#include "media/base/log.h"
#include "training/record/loss_trend.h"

namespace understudy::training {

namespace {

constexpr uint64_t kPictureLimit = 256u << 20;

// From the header chunk of a PNG file: width and height are at bytes 16 and 20, big-endian.
std::optional<std::pair<int, int>> sizeOfPng(const std::string& png) {
    if (png.size() < 24) {
        return std::nullopt;
    }
    const auto number = [&](size_t at) {
        uint32_t value = 0;
        for (size_t i = at; i < at + 4; ++i) {
            value = value << 8 | static_cast<uint8_t>(png[i]);
        }
        return static_cast<int>(value & 0x7FFFFFFF);
    };
    return std::pair(number(16), number(20));
}

// One of the run's devices, before it is known what it trains.
CalibrationKey aloneOf(const Environment& environment) {
    const std::string device =
        environment.devices.empty() ? std::string("cpu") : environment.devices.front();
    CalibrationKey key;
    key.precision = environment.precision;
    key.device = deviceModel(environment, device);
    key.threads = device.starts_with("cuda") ? 0 : environment.threads;
    return key;
}

}  // namespace

RunRecords::RunRecords(const Start& start, std::function<void(const std::string&)> warn)
    : run_(start.run),
      untilLoss_(start.untilLoss),
      warn_(std::move(warn)),
      cost_(start.environment.devices, start.pricePerHour, start.seconds, start.numbers),
      calibrations_(start.calibrations),
      alone_(aloneOf(start.environment)),
      ranks_(std::max(1, static_cast<int>(start.environment.devices.size()))) {
    if (const Status written = recordStart(run_.environment(), start.environment); !written.ok()) {
        warn_("environment.json was not written: " + describe(written.error()));
    }
    readTrend();
    openEvents(start.environment.step);
}

void RunRecords::openEvents(int64_t step) {
    const std::lock_guard guard(eventsMutex_);
    events_.reset();
    auto opened = EventFile::open(run_.path, step);
    if (!opened.ok()) {
        warn_("there will be no TensorBoard files: " + describe(opened.error()));
        return;
    }
    events_.emplace(std::move(opened).value());
}

// The event file is given up with the first failure.
void RunRecords::keep(const Status& written) {
    if (!written.ok()) {
        events_.reset();
        warn_("TensorBoard's file goes no further: " + describe(written.error()));
    }
}

void RunRecords::readTrend() {
    trend_.clear();
    if (!untilLoss_) {
        return;
    }
    uint64_t offset = 0;
    if (auto lines = readHistory(run_.history(), offset); lines.ok()) {
        trend_ = std::move(lines).value();
    }
    for (HistoryLine& line : trend_) {
        line.terms.clear();
    }
}

void RunRecords::takeStall(HistoryLine& line) {
    if (saved_) {
        line.saveStall = stall_;
        line.saveCopy = copy_;
    }
    stall_ = copy_ = 0;
    saved_ = false;
}

CalibrationKey RunRecords::keyOf(const Plan& plan) const {
    return calibrationKey(plan, ranks_, alone_.precision, alone_.device, alone_.threads);
}

void RunRecords::measureRanks(HistoryLine& line, const Plan& plan, double communication) {
    line.communication = communication;
    if (const auto alone = calibrations_.rate(keyOf(plan))) {
        line.efficiency = line.iterationsPerSecond / *alone;
    } else if (!uncalibratedSaid_) {
        uncalibratedSaid_ = true;
        logInfo(
            "the efficiency of these devices is not known: one alone was never measured with this "
            "network and its share of the batch. understudy-cli bench scale does, or a run on one");
    }
    efficiency_ = line.efficiency;
    communication_ = line.communication;
}

void RunRecords::keepRate(const Plan& plan, double rate) {
    if (const Status kept = calibrations_.raise(keyOf(plan), rate); !kept.ok()) {
        warn_("the speed of this device was not kept: " + describe(kept.error()));
    }
}

void RunRecords::addLine(const HistoryLine& line) {
    if (untilLoss_) {
        trend_.push_back(line);
        trend_.back().terms.clear();
    }
    std::map<std::string, double> values = {{"loss/total", line.loss},
                                            {"learning_rate", line.learningRate},
                                            {"speed/steps_per_second", line.iterationsPerSecond},
                                            {"speed/data_wait", line.dataWait}};
    for (const auto& [name, value] : line.terms) {
        values["loss/" + name] = value;
    }
    if (line.validation) {
        values["validation"] = *line.validation;
    }
    for (const auto& [name, value] : {std::pair{"speed/save_stall", line.saveStall},
                                      std::pair{"speed/efficiency", line.efficiency},
                                      std::pair{"speed/communication", line.communication}}) {
        if (value) {
            values[name] = *value;
        }
    }
    const std::lock_guard guard(eventsMutex_);
    if (events_) {
        keep(events_->addScalars(line.step, values));
    }
}

void RunRecords::addPreview(int64_t step) {
    const auto png = readFile(run_.preview(step), kPictureLimit);
    const auto size = png.ok() ? sizeOfPng(*png) : std::nullopt;
    const std::lock_guard guard(eventsMutex_);
    if (events_ && size) {
        keep(events_->addPicture(step, "preview", size->first, size->second, *png));
    }
}

void RunRecords::addSave(double seconds, double copy) {
    stall_ += std::max(0.0, seconds - copy);
    copy_ += copy;
    saved_ = true;
}

void RunRecords::goBack(int64_t step) {
    openEvents(step);
    std::erase_if(trend_, [&](const HistoryLine& line) { return line.step > step; });
}

void RunRecords::fill(JobProgressed& event, double seconds) const {
    const RunCost cost = cost_.at(seconds);
    event.gpuHours = cost.gpuHours;
    event.cost = cost.cost;
    event.energyKwh = cost.energyKwh;
    if (!untilLoss_) {
        return;
    }
    if (const auto time = timeToLoss(trend_, *untilLoss_)) {
        event.secondsToLossLow = time->low;
        event.secondsToLossHigh = time->high;
    }
}

}  // namespace understudy::training
