// kill -9 of the real service at random moments while it has two trainings and a search for faces:
// nothing is lost or done twice, nothing is left behind, and exact mode ends with the weights of a
// run that nobody disturbed.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <list>
#include <random>
#include <sstream>

#include "media/base/file.h"
#include "tests/support/footage.h"
#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy;
using namespace understudy::tests;
using nlohmann::json;

namespace {

constexpr int kKills = 30;
constexpr int kSteps = 60;
constexpr unsigned kSeed = 11;
const char* const kClips[] = {"bird", "please", "sorry"};  // that are searched

// What the service was about when it was killed.
struct Phases {
    int training = 0, searching = 0, saving = 0, neither = 0;
};

class Disturbed {
  public:
    explicit Disturbed(const Studio& studio) : studio_(studio) {}

    // Through the service, unlike the studio's own.
    json cli(std::vector<std::string> arguments) const {
        arguments.emplace_back("--json");
        const auto result = runProcess("understudy-cli", arguments, studio_.environment());
        const std::string text = result.out.substr(0, result.out.find_last_not_of('\n') + 1);
        json line = json::parse(text.substr(text.rfind('\n') + 1), nullptr, false);
        INFO(result.out << result.err);
        REQUIRE(line.is_object());
        return line;
    }
    json mustDo(const std::vector<std::string>& arguments) const {
        json line = cli(arguments);
        INFO(line.dump(2));
        REQUIRE(line["ok"] == true);
        return line;
    }

    // kill -9, as soon as it is about that (within the limit) and a moment later; false where there
    // is none to kill.
    bool kill(const std::function<bool()>& about, double later) {
        const json status = mustDo({"service", "status"});
        if (!status["running"].get<bool>()) {
            return false;
        }
        const auto pid = status["pid"].get<pid_t>();
        std::error_code gone;
        const auto program = fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone);
        REQUIRE(program.filename().string().starts_with("understudyd"));
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!about() && std::chrono::steady_clock::now() < limit) {
        }
        if (later > 0) {
            waitUntil([] { return false; }, later);
        }
        note();
        return ::kill(pid, SIGKILL) == 0;
    }
    bool isSearching() const {
        return std::any_of(std::begin(kClips), std::end(kClips), [this](const std::string& clip) {
            return isHeld(studio_.project() / "facesets" / (clip + ".lock"));
        });
    }
    bool isTraining() const {
        return std::any_of(runs.begin(), runs.end(), [this](const auto& run) {
            return isHeld(studio_.project() / "runs" / run / "lock");
        });
    }
    bool isSaving() const {
        return std::any_of(runs.begin(), runs.end(), [this](const auto& run) {
            std::error_code gone;
            const fs::path folder = studio_.project() / "runs" / run / "checkpoints";
            const fs::directory_iterator entries(folder, gone);
            return std::any_of(begin(entries), end(entries), [](const auto& entry) {
                return entry.path().filename().string().find(".tmp-") != std::string::npos;
            });
        });
    }
    bool allFinished() const {
        const json status = mustDo({"status"});
        return std::all_of(status["jobs"].begin(), status["jobs"].end(),
                           [](const json& job) { return job["state"] == "finished"; });
    }
    // Processes whose command line names the studio's folder, but ours.
    std::vector<std::string> left() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator("/proc")) {
            const auto line = readFile(entry.path() / "cmdline", 1 << 16);
            if (line.ok() && line->find(studio_.folder().path().string()) != std::string::npos) {
                found.push_back(*line);
            }
        }
        return found;
    }
    const Phases& phases() const { return phases_; }

    std::vector<std::string> runs;  // those that are to be disturbed

  private:
    static bool isHeld(const fs::path& lock) {
        return fs::exists(lock) && !FileLock::acquire(lock).ok();
    }
    void note() {
        const bool saving = isSaving(), searching = isSearching(), training = isTraining();
        phases_.searching += searching ? 1 : 0;
        phases_.training += training ? 1 : 0;
        phases_.saving += training && saving ? 1 : 0;
        phases_.neither += !searching && !training ? 1 : 0;
    }

    const Studio& studio_;
    Phases phases_;
};

std::vector<int> stepsOf(const fs::path& run) {
    std::ifstream history(run / "history.jsonl");
    std::vector<int> steps;
    for (std::string line; std::getline(history, line);) {
        steps.push_back(json::parse(line)["step"]);
    }
    return steps;
}

std::string weightsOf(const fs::path& run) {
    char name[32];
    std::snprintf(name, sizeof name, "step-%08d", kSteps);
    return runProcess("sha256sum", {(run / "checkpoints" / name / "model.safetensors").string()})
        .out.substr(0, 64);
}

}  // namespace

TEST_CASE("kill -9 of the service at random moments", "[soak]") {
    const auto milk = footage("performer_b/milk.mkv");
    if (!milk) {
        return;
    }
    std::vector<std::string> clips;
    for (const std::string clip : kClips) {
        clips.push_back(footage("performer_b/" + clip + ".mkv")->string());
    }
    const Studio studio;
    studio.prepare({*milk}, {*milk});
    const auto training = [&](const std::string& run) {
        auto arguments = studio.smallTraining(run, kSteps);
        arguments.insert(arguments.end(), {"--set", "mode=exact"});
        return arguments;
    };
    const auto begun = std::chrono::steady_clock::now();
    const double stepping = studio.mustDo(training("whole"))["seconds"];
    const double loading =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() - stepping;
    const std::string other = studio.path("other");
    studio.mustDo({"new", other});
    const auto import = [&](const std::string& project) {
        // Of somebody else, so that the trainings keep their faces.
        std::vector<std::string> arguments = {"import", project, "--performer", "C"};
        arguments.insert(arguments.end(), clips.begin(), clips.end());
        studio.mustDo(arguments);
    };
    import(other);
    studio.mustDo({"extract", other, "--size", "128"});
    import(studio.project().string());

    Disturbed disturbed(studio);
    const auto addRun = [&] {
        disturbed.runs.push_back("run" + std::to_string(disturbed.runs.size() + 1));
        auto arguments = training(disturbed.runs.back());
        arguments.emplace_back("--detach");
        disturbed.mustDo(arguments);
    };
    addRun();
    addRun();
    std::list<BackgroundProcess> searches;
    for (const std::string clip : kClips) {
        searches.emplace_back("understudy-cli",
                              std::vector<std::string>{"extract", studio.project().string(),
                                                       "--clip", clip, "--size", "128", "--json"},
                              studio.environment(), studio.path("search-" + clip));
    }

    // The first two while faces are searched, which is soon done; then, one while programs load,
    // one later, one at a save, in turn.
    std::mt19937 random(kSeed);
    int landed = 0;
    const auto kill = [&] {
        const double share = std::uniform_real_distribution<double>(0, 1)(random);
        const auto always = [] { return true; };
        // Not more: a job that goes down with the service three times is given up.
        if (landed < 2) {
            return disturbed.kill([&] { return disturbed.isSearching(); }, 0.1 * share);
        }
        switch (landed % 3) {
            case 0:
                return disturbed.kill(always, share * loading);
            case 1:
                return disturbed.kill(always, loading + share * 0.1 * stepping);
            default:
                return disturbed.kill([&] { return disturbed.isSaving(); }, 0);
        }
    };
    while (landed < kKills) {
        if (disturbed.allFinished()) {
            addRun();
        }
        landed += kill() ? 1 : 0;
        disturbed.mustDo({"service", "start"});
    }
    const Phases& phases = disturbed.phases();
    std::cout << "seed " << kSeed << ": " << landed << " kills landed; " << phases.training
              << " while training, " << phases.saving << " of them while saving, "
              << phases.searching << " while searching for faces, " << phases.neither
              << " with neither\n";
    CHECK(phases.training >= 10);
    CHECK(phases.saving >= 3);
    CHECK(phases.searching >= 1);

    REQUIRE(waitUntil([&] { return disturbed.allFinished(); }, 900));
    CHECK(disturbed.mustDo({"status"})["jobs"].size() == disturbed.runs.size() + searches.size());
    for (auto& search : searches) {
        CHECK(search.wait(60) == 0);
    }
    const std::string whole = weightsOf(studio.project() / "runs/whole");
    CHECK(whole.size() == 64);
    for (const auto& name : disturbed.runs) {
        INFO(name);
        const fs::path run = studio.project() / "runs" / name;
        CHECK(weightsOf(run) == whole);
        const auto steps = stepsOf(run);
        CHECK(steps.size() == kSteps);
        CHECK(std::is_sorted(steps.begin(), steps.end()));
    }
    const auto facesOf = [&](const std::string& project, const std::string& name) {
        const json all = studio.mustDo({"faces", project})["clips"];
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const json& clip) { return clip["clip"] == name; });
        REQUIRE(found != all.end());
        return *found;
    };
    for (const std::string clip : kClips) {
        const json expected = facesOf(other, clip);
        const json found = facesOf(studio.project().string(), clip);
        for (const char* field :
             {"frames", "found", "detected", "tracked", "missed", "mean_jitter_px"}) {
            INFO(clip << ' ' << field);
            CHECK(found[field] == expected[field]);
        }
    }
    disturbed.mustDo({"service", "stop"});
    CHECK(disturbed.left().empty());
}
