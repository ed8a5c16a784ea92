// What a run leaves beside its history: environment.json, TensorBoard's event files, what it cost
// and how long its saves kept it waiting. None of them may end a training: what fails is said once.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "training/plan/plan.h"
#include "training/plan/run_folder.h"
#include "training/protocol/messages.h"
#include "training/record/calibration.h"
#include "training/record/environment.h"
#include "training/record/event_file.h"
#include "training/record/run_cost.h"

namespace understudy::training {

class RunRecords {
  public:
    struct Start {
        RunFolder run;
        Environment environment;  // its step is the one that the run goes on from
        std::optional<double> pricePerHour, untilLoss;
        double seconds = 0;                     // of stepping before
        std::map<std::string, double> numbers;  // of the checkpoint
        std::filesystem::path calibrations;     // empty: none
    };
    // Writes environment.json and begins an event file. `warn` may be called from any thread.
    RunRecords(const Start& start, std::function<void(const std::string&)> warn);

    // Puts the waiting of saves since the last line into `line`, before it is written.
    void takeStall(HistoryLine& line);
    // What several ranks give together, into `line`, whose rate is known. Without a calibration of
    // one device that is said once.
    void measureRanks(HistoryLine& line, const Plan& plan, double communication);
    // Of one rank, for runs of several to come.
    void keepRate(const Plan& plan, double rate);
    void addLine(const HistoryLine& line);
    void addPreview(int64_t step);  // once its picture is in the run folder; any thread
    // seconds: that a save kept training waiting; copy: of these, copying out of memory.
    void addSave(double seconds, double copy);
    // The run went back to a checkpoint.
    void goBack(int64_t step);

    // As they were last measured; nothing of one rank.
    std::optional<double> efficiency() const { return efficiency_; }
    std::optional<double> communication() const { return communication_; }
    RunCost cost(double seconds) const { return cost_.at(seconds); }
    // For the checkpoint.
    void save(double seconds, std::map<std::string, double>& numbers) const {
        cost_.save(seconds, numbers);
    }
    // Cost, and the time to the loss that the run is to reach.
    void fill(JobProgressed& event, double seconds) const;

  private:
    CalibrationKey keyOf(const Plan& plan) const;
    void openEvents(int64_t step);
    void keep(const Status& written);
    void readTrend();

    RunFolder run_;
    std::optional<double> untilLoss_;
    std::function<void(const std::string&)> warn_;
    CostMeter cost_;
    Calibrations calibrations_;
    CalibrationKey alone_;  // but for the network and the batch
    int ranks_;
    bool uncalibratedSaid_ = false;
    std::optional<double> efficiency_, communication_;
    std::vector<HistoryLine> trend_;  // without terms; only for a run that trains to a loss
    double stall_ = 0, copy_ = 0;
    bool saved_ = false;

    std::mutex eventsMutex_;
    std::optional<EventFile> events_;  // nothing once it could not be written
};

}  // namespace understudy::training
