#include <algorithm>
#include <cmath>
#include <cstdio>
#include <tuple>
#include <utility>

#include "training/engine/trainer/trainer_state.h"

namespace understudy::training {

namespace {

constexpr int kMostRollbacks = 3;
constexpr double kProgressEvery = 1;        // seconds
constexpr int64_t kFirstPreview = 50;       // steps: a first look, before previewEvery
constexpr double kSmallestRate = 1.0 / 64;  // of the planned learning rate, after divergence

}  // namespace

Trainer::State::~State() {
    if (pictureInFlight.valid()) {
        pictureInFlight.wait();
    }
    writer.reset();  // finishes a save; its report still needs this object
}

Status Trainer::State::run() {
    sayProgress(true);
    while (!finished()) {
        if (hooks.stop.stop_requested()) {
            return stopNow();
        }
        takeWishes();
        US_TRY(adoptDueChanges(step));
        trainOneStep();
        US_TRY(afterStep());
    }
    tellRanks({});
    sayProgress(true);
    return saveAndWait();
}

void Trainer::State::tellRanks(const RankOrder& order) const {
    if (own.team) {
        own.team->give(order);
    }
}

void Trainer::State::shareState() const {
    tellRanks({.kind = RankOrder::Kind::share, .step = step});
    engine->share();
}

bool Trainer::State::finished() const {
    if (options.stopAfter && step >= *options.stopAfter) {
        return true;
    }
    if (options.untilLoss && meter.smoothed() <= *options.untilLoss) {
        return true;
    }
    if (options.minutes) {
        const bool timeUp = secondsSoFar() >= length.seconds;
        return timeUp || (options.steps && step >= length.steps);
    }
    return step >= length.steps;
}

double Trainer::State::secondsSoFar() const {
    // On a GPU the steps that were not settled yet have only been launched; their time still runs.
    return clock->seconds() + (pendingSteps > 0 ? monotonicSeconds() - pendingSince : 0);
}

double Trainer::State::progress() const {
    return progressOf(length, step, secondsSoFar());
}

void Trainer::State::trainOneStep() {
    const double started = monotonicSeconds();
    const double done = progress();
    const double rate = rateFactor * learningRateAt(plan, step, done);
    const double warp = warpStrengthAt(plan, done);
    const double nextWarp = warpStrengthAt(plan, progressOf(length, step + 1, secondsSoFar()));
    tellRanks({RankOrder::Kind::step, step, rate, warp, nextWarp});
    StepPhases phases;
    engine->expect(step + 1, nextWarp);
    meter.add(engine->step(step, rate, warp, &phases));
    ++step;
    if (engine->device().is_cuda()) {
        if (pendingSteps == 0) {
            pendingSince = started;
        }
        ++pendingSteps;
        pendingData += phases.data;
        return;
    }
    clock->add(monotonicSeconds() - started, phases.data, engine->exposedSeconds());
}

void Trainer::State::settleClock() {
    if (pendingSteps > 0) {
        const auto count = static_cast<double>(pendingSteps);
        const double each = (monotonicSeconds() - pendingSince) / count;
        const double communication = engine->exposedSeconds();  // of the last of them
        for (int64_t i = 0; i < pendingSteps; ++i) {
            clock->add(each, pendingData / count, communication);
        }
    }
    pendingSteps = 0;
    pendingData = 0;
}

Status Trainer::State::afterStep() {
    const bool firstLook = step == std::min<int64_t>(kFirstPreview, plan.previewEvery);
    const bool previewDue =
        step % plan.previewEvery == 0 || firstLook || wantPreview.exchange(false);
    if (previewDue || step % plan.historyEvery == 0 || finished()) {
        US_TRY(record(previewDue));
    }
    sayProgress(false);
    const bool late = monotonicSeconds() - lastSave >= options.saveEverySeconds;
    if (step % plan.checkpointEvery == 0 || late || wantCheckpoint.exchange(false)) {
        const int64_t at = step;
        if (recordedStep != step) {
            US_TRY(record(false));  // looks whether the weights are still good
        }
        if (step == at) {
            US_TRY(save());
        }
    }
    return failedSave();
}

// One line of history, with a preview and a validation before it where they are due.
Status Trainer::State::record(bool withPreview) {
    tellRanks({.kind = RankOrder::Kind::losses});
    const LossReading reading = meter.read(engine->comm());
    settleClock();
    if (reading.diverged) {
        return rollBack(reading.total);
    }
    std::optional<double> measured;
    if (withPreview || finished()) {  // the last step of all is always looked at
        tellRanks({.kind = RankOrder::Kind::validate});
        if (const double value = engine->validate(); std::isfinite(value)) {
            validation = measured = value;
            validationStep = step;
        }
        makePreview();
    }
    HistoryLine line;
    line.step = step;
    line.time = clock->seconds();
    line.loss = reading.total;
    line.terms = reading.terms;
    line.validation = measured;
    line.learningRate =
        rateFactor * learningRateAt(plan, std::max<int64_t>(0, step - 1), progress());
    line.iterationsPerSecond = clock->rate();
    line.dataWait = clock->dataWait();
    records->takeStall(line);
    if (own.team) {
        records->measureRanks(line, plan, clock->communication());
    } else if (finished() && clock->settled() && changes.empty()) {
        records->keepRate(plan, clock->rate());
    }
    US_TRY(history->append(line));
    records->addLine(line);
    recordedStep = step;
    hooks.say(StepFinished{"", line.step, line.time, line.loss, line.terms, line.validation,
                           line.learningRate, line.iterationsPerSecond, line.dataWait});
    if (const int64_t skipped = engine->skippedSteps(); skipped > skippedSaid) {
        warn(std::to_string(skipped - skippedSaid) +
             " steps were left out because their gradient was not finite");
        skippedSaid = skipped;
    }
    return {};
}

std::vector<std::string> Trainer::State::previewFaces() {
    auto chosen = readPreviewFaces(runFolder.previewFaces());
    if (!chosen.ok()) {
        warn(describe(chosen.error()));
        return {};
    }
    const std::vector<std::string> unknown = unknownFaces(engine->store(), *chosen);
    if (std::exchange(unknownSaid, unknown) != unknown) {
        for (const std::string& face : unknown) {
            warn("previews cannot show " + face + ": it is no face of this run");
        }
    }
    return std::move(*chosen);
}

// The network renders now; the picture is packed and written while training goes on.
void Trainer::State::makePreview() {
    auto preview = std::make_shared<Preview>(renderPreview(*engine, previewFaces()));
    if (pictureInFlight.valid()) {
        pictureInFlight.wait();
    }
    pictureInFlight = std::async(std::launch::async, [this, preview, at = step] {
        if (const Status status = writePreview(*preview, runFolder, at); !status.ok()) {
            warn("the preview was not written: " + describe(status.error()));
            return;
        }
        records->addPreview(at);
        hooks.say(PreviewWritten{"", at, runFolder.preview(at).string()});
    });
}

Status Trainer::State::save() {
    if (savedStep == step) {
        return {};
    }
    settleClock();
    const double started = monotonicSeconds();
    CheckpointInfo info;
    info.step = step;
    info.seconds = clock->seconds();
    info.planJson = planToJson(plan);
    info.sourceFaces = faceHashes[0];
    info.destinationFaces = faceHashes[1];
    info.otherFaces = otherFaces();
    meter.save(info.numbers);
    info.numbers["progress"] = progress();
    info.numbers["rate_factor"] = rateFactor;
    info.numbers["threads"] = own.threads;
    if (validation) {
        info.numbers["validation"] = *validation;
        info.numbers["validation_step"] = static_cast<double>(validationStep);
    }
    records->save(info.seconds, info.numbers);
    writer->keep(keepPolicyOf(plan));
    const SaveTiming timing = writer->save(engine->tensors(), info);
    records->addSave(monotonicSeconds() - started, timing.copySeconds);
    savedStep = step;
    lastSave = monotonicSeconds();
    return {};
}

Status Trainer::State::saveAndWait() {
    US_TRY(save());
    const Status status = writer->wait();
    if (pictureInFlight.valid()) {
        pictureInFlight.wait();
    }
    US_TRY(failedSave());
    return status;
}

Status Trainer::State::failedSave() {
    const std::lock_guard guard(saveMutex);
    if (saveError) {
        return *saveError;
    }
    return {};
}

Status Trainer::State::stopNow() {
    tellRanks({});
    US_TRY(saveAndWait());
    return Error{ErrorCode::saved, "stopped on request after step " + std::to_string(step),
                 runFolder.checkpoint(step).string(), "Go on with the same command or --resume"};
}

// Back to the newest good checkpoint, or to the beginning, with half the learning rate.
Status Trainer::State::rollBack(double loss) {
    char number[32];
    std::snprintf(number, sizeof number, "%.4g", loss);
    const std::string what = std::isfinite(loss) ? "the loss has risen to " + std::string(number)
                                                 : "the loss is no longer a finite number";
    if (++rollbacks > kMostRollbacks) {
        return Error{ErrorCode::diverged,
                     what + " at step " + std::to_string(step) + " again, after " +
                         std::to_string(kMostRollbacks) + " attempts with lower learning rates",
                     runFolder.path.string(),
                     "Begin a new run with a lower learningRate, or with precision=fp32"};
    }
    rateFactor = std::max(kSmallestRate, rateFactor / 2);
    const double keptFactor = rateFactor;
    const int64_t at = step;
    [[maybe_unused]] const Status flushed = writer->wait();
    US_ASSIGN(const std::optional<LoadedCheckpoint> latest, loadLatest(runFolder.path));
    // First the plan of that step, so that its discriminators are there to be restored.
    changesApplied = -1;
    US_TRY(adoptDueChanges(latest ? latest->info.step : 0));
    if (latest) {
        US_TRY(goOn(*latest));
    } else {
        engine->restart();
        US_TRY(startFromBase());
        step = 0;
        meter = LossMeter();
    }
    rateFactor = keptFactor;
    meter.forget();
    shareState();
    US_ASSIGN(HistoryFile file, HistoryFile::open(runFolder.history(), step));
    history.emplace(std::move(file));
    records->goBack(step);
    recordedStep = -1;
    const double rate = rateFactor * learningRateAt(plan, step, progress());
    if (const Status told = appendRollback(runFolder.rollbacks(), {at, step, rate, loss, what});
        !told.ok()) {
        warn("the way back was not written down: " + describe(told.error()));
    }
    warn(what + " at step " + std::to_string(at) + ": going on from step " + std::to_string(step) +
         " with half the learning rate");
    return {};
}

void Trainer::State::sayProgress(bool always) {
    const double now = monotonicSeconds();
    if (!always && now - lastProgress < kProgressEvery) {
        return;
    }
    lastProgress = now;
    JobProgressed event;
    event.text = "Training " + runFolder.path.filename().string();
    event.rate = clock->rate();
    if (options.minutes) {
        event.unit = "seconds";
        event.done = std::min(secondsSoFar(), length.seconds);
        event.total = length.seconds;
        event.rate = 1;
        event.secondsLeftLow = event.secondsLeftHigh = event.total - event.done;
    } else {
        event.unit = "steps";
        event.done = static_cast<double>(step);
        const int64_t end = std::min(length.steps, options.stopAfter.value_or(length.steps));
        event.total = static_cast<double>(end);
        std::tie(event.secondsLeftLow, event.secondsLeftHigh) = clock->remaining(end - step);
    }
    records->fill(event, secondsSoFar());
    hooks.say(event);
}

void Trainer::State::sayFresh(const std::vector<std::string>& discriminators) const {
    if (engine->comm() && engine->comm()->rank() != 0) {
        return;  // rank 0 says it for all
    }
    for (const std::string& name : discriminators) {
        warn(std::string("the discriminator of ") + (name == "gan." ? "the GAN" : "trueFace") +
             " starts fresh at step " + std::to_string(step));
    }
}

void Trainer::State::warn(const std::string& text) const {
    hooks.say(WarningRaised{"", text});
}

TrainResult Trainer::State::result() const {
    TrainResult result;
    result.run = runFolder.path.filename().string();
    result.step = step;
    result.seconds = clock ? clock->seconds() : 0;
    result.loss = meter.smoothed();
    result.validation = validation;
    result.base = base;
    if (savedStep >= 0) {
        result.checkpoint = runFolder.checkpoint(savedStep).string();
    }
    if (records) {
        result.cost = records->cost(result.seconds);
        result.efficiency = records->efficiency();
        result.communication = records->communication();
    }
    return result;
}

}  // namespace understudy::training
