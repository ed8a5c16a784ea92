#include <algorithm>
#include <cstdio>
#include <tuple>

#include "media/base/log.h"
#include "training/engine/model/device.h"
#include "training/engine/trainer/memory.h"
#include "training/engine/trainer/trainer_state.h"
#include "training/plan/base_path.h"
#include "training/protocol/job_state.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

// Whether totals under the two plans can be compared.
bool sameMeasure(const Plan& a, const Plan& b) {
    return std::tie(a.loss, a.gan, a.trueFace, a.augment.blurOutMask) ==
           std::tie(b.loss, b.gan, b.trueFace, b.augment.blurOutMask);
}

}  // namespace

Status Trainer::State::open() {
    if (!fs::is_directory(runFolder.path)) {
        return Error{ErrorCode::missingInput, "there is no such run folder",
                     runFolder.path.string(), "Check --run, or begin the run with train"};
    }
    US_TRY(loadPlanAndSelection());
    US_ASSIGN(FileLock held, FileLock::acquire(runFolder.lock()));
    lock.emplace(std::move(held));
    if (options.slurm) {
        lease.emplace(runFolder.path, options.slurm->lease());
        US_TRY(lease->take());
    }
    US_TRY(createPrivateFolder(runFolder.checkpoints()));
    US_TRY(createPrivateFolder(runFolder.previews()));
    openWriter();  // first: it clears away what an interrupted save left

    US_ASSIGN(const std::optional<LoadedCheckpoint> latest, loadLatest(runFolder.path));
    if (latest) {
        for (const std::string& text : latest->warnings) {
            warn(text);
        }
        step = latest->info.step;
        const auto used = latest->info.numbers.find("threads");
        if (plan.mode == "exact" && used != latest->info.numbers.end() && plan.threads == 0) {
            // Sums depend on how many threads share them.
            written.threads = static_cast<int>(used->second);
        }
    }
    US_ASSIGN([[maybe_unused]] const bool changed, applyDueChanges(step));
    US_TRY(makeEngine());
    if (latest) {
        US_TRY(goOn(*latest));
    } else {
        US_TRY(startFromBase());
    }
    shareState();
    clock = std::make_unique<StepClock>(latest ? latest->info.seconds : 0);
    US_ASSIGN(HistoryFile file, HistoryFile::open(runFolder.history(), step));
    history.emplace(std::move(file));
    openRecords(latest);
    lastSave = monotonicSeconds();
    return {};
}

Status Trainer::State::loadPlanAndSelection() {
    US_ASSIGN(written, loadPlan(runFolder.plan()));
    US_TRY(written.check());
    US_ASSIGN(selection, loadSelection(runFolder.selection()));
    if (selection.identities.size() != performersOf(written).size()) {
        return Error{ErrorCode::usage,
                     "the plan is for " + std::to_string(performersOf(written).size()) +
                         " performers and the selection has faces of " +
                         std::to_string(selection.identities.size()),
                     runFolder.selection().string(),
                     "Plan and selection of a run must stay as they are: make a new run"};
    }
    faceHashes.clear();
    for (size_t i = 0; i < selection.identities.size(); ++i) {
        faceHashes.push_back(selection.facesetHash(i));
    }
    US_ASSIGN(changes, readChanges(runFolder.changes()));
    if (options.minutes && !(*options.minutes > 0)) {
        return Error{ErrorCode::usage, "the time to train is not positive", "--minutes",
                     "Give minutes above 0"};
    }
    if (options.steps && *options.steps < 1) {
        return Error{ErrorCode::usage, "the number of steps is not positive", "--steps",
                     "Give 1 step or more"};
    }
    if (options.stopAfter && *options.stopAfter < 1) {
        return Error{ErrorCode::usage, "the step to stop after is not positive", "--stop-after",
                     "Give 1 step or more"};
    }
    if (options.pricePerHour && !(*options.pricePerHour >= 0)) {
        return Error{ErrorCode::usage, "the price is no amount of money", "--price",
                     "Give the price of one GPU for an hour, 0 or more"};
    }
    plan = written;
    return {};
}

Result<bool> Trainer::State::applyDueChanges(int64_t stepsDone) {
    const bool due = changesApplied < 0 ||
                     std::any_of(changes.begin(), changes.end(), [&](const PlanChange& change) {
                         return change.step > changesApplied && change.step <= stepsDone;
                     });
    changesApplied = stepsDone;
    if (!due) {
        return false;
    }
    Plan next = written;
    US_TRY(applyChanges(next, changes, stepsDone));
    plan = next;
    // The command line wins over what was planned before.
    if (options.steps) {
        plan.steps = *options.steps;
    }
    length.steps = plan.steps;
    length.seconds = options.minutes ? *options.minutes * 60 : 0;
    return true;
}

Status Trainer::State::adoptDueChanges(int64_t stepsDone) {
    const Plan before = plan;
    US_ASSIGN(const bool changed, applyDueChanges(stepsDone));
    if (changed) {
        US_TRY(checkParts(plan, own.team ? own.team->size() : 1));
        sayFresh(engine->adopt(plan));
        if (!sameMeasure(before, plan)) {
            meter = LossMeter();  // the totals are of another measure now
        }
    }
    return {};
}

void Trainer::State::takeWishes() {
    std::vector<Wish> asked;
    {
        const std::lock_guard guard(wishMutex);
        asked.swap(wishes);
    }
    for (const Wish& wish : asked) {
        SettingsChanged event{"", wish.settings, step, std::nullopt};
        if (const Status taken = take(wish.settings, wish.reason); !taken.ok()) {
            event.error = jobError(taken.error());
        }
        hooks.say(event);
    }
}

Status Trainer::State::take(const std::vector<std::string>& settings, const std::string& reason) {
    US_ASSIGN(const std::vector<PlanChange> fresh,
              changesAsked(plan, settings, step, reason, false));
    Plan next = plan;
    US_TRY(applyChanges(next, fresh, step));
    US_TRY(checkParts(next, own.team ? own.team->size() : 1));
    if (next.loss.eyesMouth > 0 && !hasEyesMouth) {
        return Error{ErrorCode::usage, "the outlines of eyes and mouth were not loaded",
                     "loss.eyesMouth", "Pause the run, set it, and resume"};
    }
    if (fresh.empty()) {
        return {};
    }
    US_TRY(appendChanges(runFolder.changes(), fresh));
    for (const PlanChange& change : fresh) {
        logInfo("from step " + std::to_string(step + 1) + ": " + change.key + " is " +
                change.value);
        if (change.key == "steps") {
            options.steps.reset();  // the wish is younger than the command line
        }
    }
    changes.insert(changes.end(), fresh.begin(), fresh.end());
    changesApplied = -1;
    tellRanks({.kind = RankOrder::Kind::reread, .step = step});
    return {};
}

Status Trainer::State::makeEngine() {
    RankOptions rank;
    rank.identity = options.rank;
    rank.threads = options.rankThreads;
    rank.slurm = options.slurm;
    rank.arguments = {"--run", fs::absolute(runFolder.path).string()};
    rank.logFolder = runFolder.path;
    US_ASSIGN(own, takeRank(plan, rank));
    const torch::Device device = own.device;
    memoryBefore = device.is_cuda() ? freeDeviceBytes(device) : freeHostBytes();
    StoreOptions store;
    store.resolution = plan.resolution;
    store.validationFaces = plan.validationFaces;
    store.maskGrow = plan.maskGrow;
    store.eyesMouth = plan.loss.eyesMouth > 0;
    for (const PlanChange& change : changes) {
        store.eyesMouth |= change.key == "loss.eyesMouth";
    }
    hasEyesMouth = store.eyesMouth;
    store.device = device;
    store.deviceBudget = freeDeviceBytes(device) / 2;
    store.hostBudget = freeHostBytes() / 2;
    store.overflow = runFolder.path;
    std::optional<StagedPacks> staged;
    if (options.slurm && !options.stageIn.empty()) {
        staged.emplace(selection, runFolder.path,
                       options.stageIn / ("understudy-" + options.slurm->lease()));
        US_TRY(stage(*staged));
    }
    US_ASSIGN(FaceStore faces,
              FaceStore::load(staged ? staged->selection() : selection, runFolder.path, store));
    if (staged) {  // the faces are in memory: nothing stays behind on the node
        US_TRY(waitForAll());
        staged->remove();
    }
    if (faces.encoding() != plan.encoding) {
        return Error{ErrorCode::usage,
                     "the plan's colour encoding is " + plan.encoding + " and that of the faces " +
                         faces.encoding(),
                     runFolder.plan().string(), "Make a new run from faces of one encoding"};
    }
    logInfo(faces.residency());
    sayMemory(device, device.is_cuda() && !faces.resident() ? 0 : faces.bytes());
    US_ASSIGN(auto comm, own.join());
    if (plan.cudaGraphs) {
        const std::string why =
            device.is_cuda() ? StepGraph::refusal(plan, comm ? comm->size() : 1) : "this is no GPU";
        if (!why.empty()) {
            warn("cudaGraphs is left out: " + why);
        }
    }
    US_ASSIGN(engine, StepEngine::make(plan, device, std::move(faces), std::move(comm)));
    return {};
}

// The first task of a node copies for all of it.
Status Trainer::State::stage(const StagedPacks& staged) const {
    if (options.slurm->local == 0) {
        US_ASSIGN(const StageReport report, staged.copy());
        char text[160];
        std::snprintf(text, sizeof text, "staged %.1f MB of faces to this node in %.2f s",
                      static_cast<double>(report.bytes) / 1e6, report.seconds);
        logInfo(text);
    }
    return waitForAll();
}

Status Trainer::State::waitForAll() const {
    US_ASSIGN(const auto comm, own.join());
    if (comm) {
        comm->barrier();
    }
    return {};
}

Status Trainer::State::startFromBase() {
    if (plan.base.empty()) {
        return {};
    }
    US_ASSIGN(const fs::path path, findBase(plan.base, runFolder.path.parent_path()));
    US_ASSIGN(base, loadBase(path, engine->model()));
    engine->restartAverage();
    logInfo(base->text());
    if (base->copied > 0 || base->resizedTensors > 0 || base->freshTensors > 0 ||
        base->unusedTensors > 0) {
        warn(base->text());
    }
    return {};
}

std::vector<std::string> Trainer::State::otherFaces() const {
    return {faceHashes.begin() + 2, faceHashes.end()};
}

Status Trainer::State::goOn(const LoadedCheckpoint& checkpoint) {
    const CheckpointInfo& info = checkpoint.info;
    if (info.sourceFaces != faceHashes[0] || info.destinationFaces != faceHashes[1] ||
        info.otherFaces != otherFaces()) {
        return Error{ErrorCode::corruptData, "the checkpoint was trained on other faces",
                     checkpoint.folder.string(),
                     "selection.json of a run must stay as it is: make a new run"};
    }
    CheckpointTensors tensors = engine->tensors();
    US_TRY(restore(checkpoint.folder, tensors));
    step = savedStep = info.step;
    US_ASSIGN(const std::vector<std::string> fresh,
              restoreDiscriminators(checkpoint.folder, tensors.discriminators));
    for (const std::string& name : fresh) {
        engine->restartDiscriminator(name);
    }
    sayFresh(fresh);
    meter.restore(info.numbers);
    const auto number = [&](const char* name, double otherwise) {
        const auto found = info.numbers.find(name);
        return found != info.numbers.end() ? found->second : otherwise;
    };
    rateFactor = number("rate_factor", 1);
    if (info.numbers.count("validation") > 0) {
        validation = number("validation", 0);
        validationStep = static_cast<int64_t>(number("validation_step", -1));
    }
    return {};
}

void Trainer::State::openWriter() {
    writer = std::make_unique<CheckpointWriter>(
        runFolder.path, keepPolicyOf(plan),
        [this](const CheckpointReport& report) {
            if (!report.status.ok()) {
                const std::lock_guard guard(saveMutex);
                saveError = report.status.error();
                return;
            }
            hooks.say(CheckpointWritten{"", report.step, report.folder.string(),
                                        report.stallSeconds, report.seconds, report.copySeconds});
        },
        [this] { return lease ? lease->check() : Status(); });
}

}  // namespace understudy::training
