#include "training/prepare/prepare.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "media/base/file.h"
#include "media/base/log.h"
#include "media/base/paths.h"
#include "training/plan/base_path.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"
#include "training/plan/selection.h"
#include "training/prepare/consent_gate.h"
#include "training/prepare/facepacks.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr int kMostRuns = 10000;

Error usage(const std::string& message, const std::string& where, const std::string& remedy) {
    return {ErrorCode::usage, message, where, remedy};
}

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// All performers are in the project.
Status checkPerformers(const media::Project& project, const Plan& plan) {
    US_ASSIGN(const auto performers, project.performers());
    std::string names;
    for (const std::string& name : performers) {
        names += (names.empty() ? "" : ", ") + name;
    }
    const std::vector<std::string> wanted = performersOf(plan);
    for (size_t i = 0; i < wanted.size(); ++i) {
        const std::string key = i == 0 ? "source" : i == 1 ? "destination" : "others";
        const std::string& name = wanted[i];
        if (std::find(performers.begin(), performers.end(), name) == performers.end()) {
            return usage(name.empty() ? "no " + key + " performer is named"
                                      : "there is no performer '" + name + "' in this project",
                         key, names.empty() ? "Import clips first" : "The performers are " + names);
        }
    }
    return {};
}

// The base as it is written into the plan: what the trainer finds from wherever it is started.
Result<std::string> baseFor(const media::Project& project, const std::string& base) {
    if (base.empty()) {
        return base;
    }
    const fs::path runs = project.folder() / "runs";
    US_ASSIGN(const fs::path found, findBase(base, runs));
    std::error_code failed;
    const bool asPath = found == fs::path(base) && fs::path(base).is_relative();
    return asPath ? fs::absolute(found, failed).lexically_normal().string() : base;
}

// What a performer's side of a run has of one clip, of his own or another's.
struct ClipPart {
    std::string clip;
    std::vector<int64_t> frames;
    std::vector<ClipPack> packs;
};

Result<std::vector<ClipPart>> partsOf(const media::Project& project, const std::string& performer) {
    US_ASSIGN(const auto clips, project.clips());
    std::vector<ClipPart> parts;
    std::string without;
    std::string first;
    for (const media::ClipRecord& clip : clips) {
        const bool own = clip.performer == performer;
        US_ASSIGN(auto frames, wantedFrames(project, clip.name, performer));
        if (frames.empty() && !own) {
            continue;
        }
        if (frames.empty()) {
            without += (without.empty() ? "" : ", ") + clip.name;
            first = first.empty() ? clip.name : first;
            continue;
        }
        parts.push_back({clip.name, std::move(frames), packsOf(project, clip.name)});
    }
    if (parts.empty()) {
        return usage("there is no face of " + performer +
                         " to train on: none was found and kept "
                         "in " +
                         without,
                     first,
                     "Run understudy-cli extract --clip " + first +
                         ", and check that not all its faces are rejected");
    }
    return parts;
}

// The plan's face type. One that asks for nothing special (whole face, the default) also takes what
// the project extracts where no clip has that.
media::FaceType faceTypeFor(const media::Project& project, const Plan& plan,
                            const std::vector<ClipPart>& parts) {
    const auto planned =
        media::faceTypeFromName(plan.faceType).value_or(media::FaceType::wholeFace);
    const auto used = [&](media::FaceType type) {
        return std::any_of(parts.begin(), parts.end(), [&](const ClipPart& part) {
            return std::any_of(part.packs.begin(), part.packs.end(),
                               [&](const ClipPack& pack) { return pack.header.type == type; });
        });
    };
    const auto setting = project.setting("extract.type");
    if (planned == media::FaceType::wholeFace && !used(planned) && setting.ok() && *setting) {
        if (const auto type = media::faceTypeFromName(**setting); type && used(*type)) {
            return *type;
        }
    }
    return planned;
}

int preferredSize(const media::Project& project) {
    const auto setting = project.setting("extract.size");
    return setting.ok() && *setting ? std::atoi((*setting)->c_str()) : 0;
}

// Source, destination and others of a plan that was checked.
Result<std::vector<std::vector<ClipPart>>> sidesOf(const media::Project& project,
                                                   const Plan& plan) {
    US_TRY(plan.check());
    US_TRY(checkPerformers(project, plan));
    std::vector<std::vector<ClipPart>> sides;
    for (const std::string& performer : performersOf(plan)) {
        US_ASSIGN(auto parts, partsOf(project, performer));
        sides.push_back(std::move(parts));
    }
    return sides;
}

WantedPack wantedPack(const media::Project& project, const Plan& plan,
                      const std::vector<std::vector<ClipPart>>& sides) {
    std::vector<ClipPart> all;
    for (const std::vector<ClipPart>& side : sides) {
        all.insert(all.end(), side.begin(), side.end());
    }
    return {faceTypeFor(project, plan, all), plan.resolution, preferredSize(project)};
}

// What the network sees must mean the same on both sides.
Status takeEncoding(std::string& encoding, const ClipPack& pack, const std::string& clip) {
    const std::string& own = pack.header.encoding;
    if (encoding.empty()) {
        encoding = own;
    }
    if (own == encoding) {
        return {};
    }
    return usage(
        "the faces of clip '" + clip + "' are in " + own + ", those of other clips in " + encoding,
        clip, "Train clips of one colour encoding together: convert or remove the others");
}

struct Chosen {
    Selection selection;
    std::string encoding;  // of all the faces
};

Result<Chosen> chooseFaces(const std::vector<std::vector<ClipPart>>& sides, const Plan& plan,
                           const WantedPack& wanted, const fs::path& runFolder) {
    Chosen chosen;
    Selection& selection = chosen.selection;
    const std::vector<std::string> performers = performersOf(plan);
    for (size_t side = 0; side < sides.size(); ++side) {
        Identity identity{performers[side], {}};
        for (const ClipPart& part : sides[side]) {
            US_ASSIGN(const ClipPack pack, choosePack(part.packs, part.clip, wanted));
            US_TRY(takeEncoding(chosen.encoding, pack, part.clip));
            US_ASSIGN(const auto faces, facesIn(pack, part.frames));
            if (faces.size() < part.frames.size()) {
                logWarning(std::to_string(part.frames.size() - faces.size()) + " faces of clip " +
                           part.clip + " are not in " + pack.index.filename().string() +
                           "; extract it again to train on them too");
            }
            const auto number = static_cast<uint32_t>(selection.packs.size());
            selection.packs.push_back(pack.index.lexically_relative(runFolder).string());
            for (const ClipFace& face : faces) {
                identity.faces.push_back({number, face.record, face.hash, face.frame});
            }
        }
        if (identity.faces.empty()) {
            return usage("there is no face of " + identity.performer + " in its face packs",
                         sides[side].front().clip,
                         "Run understudy-cli extract --clip " + sides[side].front().clip);
        }
        selection.identities.push_back(std::move(identity));
    }
    return chosen;
}

// Names the run and makes its folder, so that two who prepare at once get different ones.
Result<std::string> claimName(const media::Project& project, const std::string& wish) {
    US_TRY(createPrivateFolder(project.folder() / "runs"));
    if (!wish.empty()) {
        US_TRY(createPrivateFolder(project.runFolder(wish)));
        return wish;
    }
    US_ASSIGN(const auto runs, project.runs());
    for (int i = 1; i < kMostRuns; ++i) {
        const std::string name = (i < 10 ? "r0" : "r") + std::to_string(i);
        const bool taken = std::any_of(runs.begin(), runs.end(),
                                       [&](const auto& run) { return run.name == name; });
        const fs::path folder = project.runFolder(name);
        if (taken || isThere(folder)) {
            continue;
        }
        if (::mkdir(folder.c_str(), 0700) == 0) {
            return name;
        }
        if (errno != EEXIST) {
            return writeError(errno, folder);
        }
    }
    return usage("the project has too many runs", project.folder().string(),
                 "Name the run yourself");
}

std::string facesText(const Selection& selection) {
    std::string text;
    for (size_t i = 0; i < selection.identities.size(); ++i) {
        text += (i == 0                                ? ""
                 : i + 1 < selection.identities.size() ? ", "
                                                       : " and ") +
                std::to_string(selection.identities[i].faces.size());
    }
    return text + " faces";
}

Result<PreparedRun> startRun(media::Project& project, const RunRequest& request,
                             const std::string& wish, bool recorded) {
    Plan plan = request.plan;
    US_TRY(checkConsent(project, performersOf(plan), siteSettingsFiles()));
    US_ASSIGN(const auto sides, sidesOf(project, plan));
    const WantedPack wanted = wantedPack(project, plan, sides);
    // Chosen before the folder is made: a request that cannot be met leaves nothing behind. Every
    // run's folder is as deep, so any name gives the same relative paths.
    US_ASSIGN(const Chosen chosen, chooseFaces(sides, plan, wanted, project.runFolder("r")));
    plan.faceType = media::faceTypeName(wanted.type);
    plan.encoding = chosen.encoding;
    US_ASSIGN(plan.base, baseFor(project, plan.base));

    PreparedRun prepared;
    US_ASSIGN(prepared.name, claimName(project, wish));
    prepared.folder = project.runFolder(prepared.name);
    const RunFolder run{prepared.folder};
    US_TRY(createPrivateFolder(run.previews()));
    US_TRY(createPrivateFolder(run.checkpoints()));
    US_TRY(saveSelection(chosen.selection, run.selection()));
    US_TRY(savePlan(plan, run.plan()));  // last: a folder with a plan is a whole run
    if (!recorded) {
        US_TRY(project.addRun({prepared.name, plan.source, plan.destination, ""}));
    }
    US_TRY(project.audit("train", prepared.name + ": " + plan.source + " on " + plan.destination +
                                      (plan.others.empty() ? "" : ", with " + plan.others) + ", " +
                                      facesText(chosen.selection)));
    return prepared;
}

// What the request may change of a run that exists.
Result<Plan> changedPlan(const Plan& current, const Plan& wanted) {
    Plan plan = current;
    for (const OptionInfo& option : planOptions()) {
        const std::string& key = option.key;
        if (mayChange(option, true)) {
            US_TRY(setOption(plan, key, optionValue(wanted, key)));
        }
    }
    US_TRY(plan.check());
    return plan;
}

Result<PreparedRun> resumeRun(media::Project& project, const RunRequest& request,
                              const std::string& name, bool recorded) {
    const PreparedRun prepared{name, project.runFolder(name), true};
    const RunFolder run{prepared.folder};
    US_ASSIGN(const Plan current, currentPlan(run));
    US_TRY(checkConsent(project, performersOf(current), siteSettingsFiles()));
    US_TRY(loadSelection(run.selection()));
    Plan asked = request.plan;
    if (asked.base != current.base) {
        US_ASSIGN(asked.base, baseFor(project, asked.base));
    }
    for (const auto& [key, was, is] :
         {std::tuple{"source", &current.source, &asked.source},
          std::tuple{"destination", &current.destination, &asked.destination},
          std::tuple{"others", &current.others, &asked.others},
          std::tuple{"base", &current.base, &asked.base}}) {
        if (!is->empty() && *is != *was) {
            return usage("run '" + name + "' has the " + key + " '" + *was + "', not '" + *is + "'",
                         key, "Use another name for a run with that");
        }
    }
    US_ASSIGN(const Plan wanted, changedPlan(current, request.plan));
    const auto steps = checkpointSteps(run);
    const auto changes =
        changesBetween(current, wanted, steps.empty() ? 0 : steps.back(), "resumed");
    if (!changes.empty()) {
        US_TRY(appendChanges(run.changes(), changes));
    }
    US_TRY(createPrivateFolder(run.previews()));
    US_TRY(createPrivateFolder(run.checkpoints()));
    if (!recorded) {
        US_TRY(project.addRun({name, current.source, current.destination, ""}));
    }
    US_TRY(project.audit("train", name + ": resumed"));
    return prepared;
}

// To resume without a name means the latest run of the two performers.
std::string latestRun(const media::Project& project, const std::vector<media::RunRecord>& runs,
                      const Plan& plan) {
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->source == plan.source && run->destination == plan.destination &&
            isThere(RunFolder{project.runFolder(run->name)}.plan())) {
            return run->name;
        }
    }
    return "";
}

// The run that a request is about.
struct Target {
    std::string name;
    bool recorded = false;  // the project knows it
    bool whole = false;     // its folder has a plan: it is resumed, not made
};

Result<Target> targetOf(const media::Project& project, const RunRequest& request) {
    if (!request.name.empty()) {
        US_TRY(media::checkRunName(request.name));
    }
    US_ASSIGN(const auto runs, project.runs());
    Target target;
    target.name = request.name.empty() && request.resume ? latestRun(project, runs, request.plan)
                                                         : request.name;
    target.recorded = std::any_of(runs.begin(), runs.end(),
                                  [&](const auto& run) { return run.name == target.name; });
    target.whole =
        !target.name.empty() && isThere(RunFolder{project.runFolder(target.name)}.plan());
    if ((target.recorded || target.whole) && !request.resume) {
        return usage("there is a run '" + target.name + "' already",
                     project.runFolder(target.name).string(),
                     "Go on with it by --resume, or use another name");
    }
    return target;
}

}  // namespace

Result<std::vector<WantedCut>> wantedCuts(const media::Project& project,
                                          const RunRequest& request) {
    US_ASSIGN(const Target target, targetOf(project, request));
    std::vector<WantedCut> cuts;
    if (target.whole) {
        return cuts;  // goes on with the faces it has
    }
    US_TRY(checkConsent(project, performersOf(request.plan), siteSettingsFiles()));
    US_ASSIGN(const auto sides, sidesOf(project, request.plan));
    const WantedPack wanted = wantedPack(project, request.plan, sides);
    for (const auto& side : sides) {
        for (const ClipPart& part : side) {
            const auto pack = choosePack(part.packs, part.clip, wanted);
            if (!pack.ok()) {
                cuts.push_back({part.clip, wanted.type,
                                std::max(cropSizeFor(wanted.resolution), wanted.preferredSize)});
                continue;
            }
            US_ASSIGN(const bool stale, isStale(project, *pack, part.clip));
            if (stale) {
                cuts.push_back({part.clip, pack->header.type, pack->header.size});
            }
        }
    }
    return cuts;
}

Result<PreparedRun> prepareRun(media::Project& project, const RunRequest& request) {
    US_ASSIGN(const Target target, targetOf(project, request));
    return target.whole ? resumeRun(project, request, target.name, target.recorded)
                        : startRun(project, request, target.name, target.recorded);
}

}  // namespace understudy::training
