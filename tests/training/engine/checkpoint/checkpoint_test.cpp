#include "training/engine/checkpoint/checkpoint.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <fstream>

#include "media/base/file.h"
#include "media/base/philox.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/single_thread.h"
#include "training/engine/optimizer/ema.h"
#include "training/engine/optimizer/optimizer.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

ModelSpec smallSpec() {
    ModelSpec spec;
    spec.resolution = 64;
    spec.encoderDims = 4;
    spec.decoderDims = 3;
    spec.maskDims = 2;
    spec.bottleneck = 6;
    return spec;
}

// A network that has taken some steps, with all its state.
struct Training {
    std::shared_ptr<FaceModel> model = makeModel(smallSpec()).value();
    std::shared_ptr<FlatParameters> parameters;
    std::unique_ptr<Optimizer> optimizer;
    std::unique_ptr<Ema> ema;
    int64_t steps = 0;

    explicit Training(uint64_t seed) {
        initialise(*model, seed);
        useChannelsLast(*model);
        parameters = std::make_shared<FlatParameters>(*model);
        optimizer = makeOptimizer("adam", parameters).value();
        ema = std::make_unique<Ema>(parameters, 0.9);
    }
    void step() {
        ++steps;
        const auto input = torch::full({1, 3, 64, 64}, 0.1 + 0.05 * static_cast<double>(steps));
        parameters->zeroGradients();
        const auto [a, b] = model->forwardPair(input, input.flip(2));
        (a.image.mean() + a.mask.mean() + b.image.square().mean() - b.mask.mean()).backward();
        optimizer->step(1e-3, 1);
        ema->update(steps);
    }
    CheckpointTensors tensors() const {
        return {parameters->views(parameters->values()), ema->state(), optimizer->state()};
    }
};

CheckpointInfo infoAt(int64_t step) {
    CheckpointInfo info;
    info.step = step;
    info.seconds = 12.5;
    info.planJson = R"({"model":"df","seed":18446744073709551615})";
    info.sourceFaces = "aa";
    info.destinationFaces = "bb";
    info.numbers = {{"smoothed_loss", 0.25}, {"validation", NAN}};
    return info;
}

bool equal(const NamedTensors& a, const NamedTensors& b) {
    if (a.size() != b.size()) {
        return false;
    }
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i].name != b[i].name || !torch::equal(a[i].tensor, b[i].tensor)) {
            return false;
        }
    }
    return true;
}

bool equal(const Training& a, const Training& b) {
    const auto left = a.tensors(), right = b.tensors();
    return equal(left.model, right.model) && equal(left.ema, right.ema) &&
           equal(left.optimizer, right.optimizer);
}

void saveAt(const fs::path& run, Training& training, std::initializer_list<int64_t> steps,
            int keep = 10) {
    CheckpointWriter writer(run, {.newest = keep});
    for (const int64_t step : steps) {
        training.step();
        writer.save(training.tensors(), infoAt(step));
        REQUIRE(writer.wait().ok());
    }
}

void damage(const fs::path& file, uint64_t seed) {
    std::string content = readFile(file, UINT64_MAX).value();
    RandomSequence random({.seed = seed});
    const auto at = random.below(static_cast<uint32_t>(content.size()));
    content[at] = static_cast<char>(content[at] ^ (1 << random.below(8)));
    std::ofstream(file, std::ios::binary) << content;
}

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& item : fs::directory_iterator(folder)) {
        names.push_back(item.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

TEST_CASE("a run goes on from its checkpoint bit for bit") {
    const tests::TempFolder folder;
    Training straight(1);
    saveAt(folder.path(), straight, {1, 2, 3});
    Training resumed(99);
    CHECK_FALSE(equal(straight, resumed));
    const auto loaded = loadLatest(folder.path()).value();
    REQUIRE(loaded.has_value());
    CHECK(loaded->warnings.empty());
    CHECK(loaded->info.step == 3);
    CHECK(loaded->info.seconds == 12.5);
    CHECK(loaded->info.sourceFaces == "aa");
    CHECK(loaded->info.destinationFaces == "bb");
    CHECK(loaded->info.program == US_VERSION);
    CHECK(loaded->info.planJson.find("18446744073709551615") != std::string::npos);
    CHECK(loaded->info.numbers.at("smoothed_loss") == 0.25);
    CHECK(std::isnan(loaded->info.numbers.at("validation")));
    REQUIRE(restore(loaded->folder, resumed.tensors()).ok());
    resumed.steps = 3;
    CHECK(equal(straight, resumed));
    straight.step();
    resumed.step();
    CHECK(equal(straight, resumed));
}

TEST_CASE("equal states give equal tensor files, private to the user") {
    const tests::TempFolder one, two;
    Training a(4), b(4);
    saveAt(one.path(), a, {1});
    saveAt(two.path(), b, {1});
    const fs::path left = RunFolder{one.path()}.checkpoint(1);
    const fs::path right = RunFolder{two.path()}.checkpoint(1);
    CHECK(namesIn(left) == std::vector<std::string>{"ema.safetensors", "manifest.json",
                                                    "model.safetensors", "optimizer.safetensors",
                                                    "state.json"});
    for (const auto& name : namesIn(left)) {
        CHECK(readFile(left / name, UINT64_MAX).value() ==
              readFile(right / name, UINT64_MAX).value());
        CHECK((fs::status(left / name).permissions() & fs::perms::mask) ==
              (fs::perms::owner_read | fs::perms::owner_write));
    }
    CHECK(readFile(RunFolder{one.path()}.latest()).value() == "step-00000001\n");
}

TEST_CASE("a flipped bit in any file is found and the checkpoint before it taken") {
    for (const char* name : {"model.safetensors", "ema.safetensors", "optimizer.safetensors",
                             "state.json", "manifest.json"}) {
        for (const uint64_t seed : {1, 2, 3}) {
            CAPTURE(name, seed);
            const tests::TempFolder folder;
            Training training(1);
            saveAt(folder.path(), training, {5, 6});
            const fs::path newest = RunFolder{folder.path()}.checkpoint(6);
            damage(newest / name, seed);
            CHECK_FALSE(verifyCheckpoint(newest).ok());
            const auto loaded = loadLatest(folder.path()).value();
            REQUIRE(loaded.has_value());
            CHECK(loaded->info.step == 5);
            REQUIRE(loaded->warnings.size() == 1);
            CHECK(loaded->warnings[0].find("step-00000006") != std::string::npos);
        }
    }
}

TEST_CASE("truncated, missing and foreign files are errors with a remedy") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    CHECK_FALSE(loadLatest(folder.path()).value().has_value());
    Training training(1);
    saveAt(folder.path(), training, {7});
    const fs::path newest = run.checkpoint(7);
    const auto expectCorrupt = [&](const std::string& where) {
        const auto loaded = loadLatest(folder.path());
        REQUIRE_FALSE(loaded.ok());
        CHECK(loaded.error().code == ErrorCode::corruptData);
        CHECK(loaded.error().where.find(where) != std::string::npos);
        CHECK_FALSE(loaded.error().remedy.empty());
    };
    SECTION("truncated") {
        fs::resize_file(newest / "model.safetensors", 100);
        expectCorrupt("model.safetensors");
        CHECK_FALSE(loadInfo(newest).ok());
    }
    SECTION("missing file") {
        fs::remove(newest / "optimizer.safetensors");
        expectCorrupt("optimizer.safetensors");
    }
    SECTION("newer format") {
        std::string text = readFile(newest / "manifest.json").value();
        text.replace(text.find("\"format\": 1"), 11, "\"format\": 2");
        std::ofstream(newest / "manifest.json") << text;
        expectCorrupt("manifest.json");
        CHECK(loadInfo(newest).error().message.find("format 2") != std::string::npos);
    }
    SECTION("paths in the manifest") {
        std::string text = readFile(newest / "manifest.json").value();
        text.replace(text.find("ema.safetensors"), 15, "../../../../etc");
        std::ofstream(newest / "manifest.json") << text;
        expectCorrupt("manifest.json");
    }
    SECTION("latest names nothing") {
        std::ofstream(run.latest()) << "step-00000099\n";
        const auto loaded = loadLatest(folder.path()).value();
        REQUIRE(loaded.has_value());
        CHECK(loaded->info.step == 7);
        CHECK(loaded->warnings.size() == 1);
    }
    SECTION("no such folder") {
        CHECK(loadInfo(folder / "nowhere").error().code == ErrorCode::missingInput);
    }
}

TEST_CASE("weights load by name into a network that fits, and change nothing in another") {
    const tests::TempFolder folder;
    Training training(1);
    training.step();
    saveAt(folder.path(), training, {2});
    const fs::path checkpoint = RunFolder{folder.path()}.checkpoint(2);
    const auto image = torch::rand({1, 3, 64, 64});
    const torch::NoGradGuard noGrad;
    const auto trained = training.model->swap(image).image;
    const auto averaged = [&] {
        const Ema::Scope scope(*training.ema);
        return training.model->swap(image).image;
    }();
    CHECK_FALSE(torch::equal(trained, averaged));
    CHECK(torch::equal(training.model->swap(image).image, trained));
    auto fresh = makeModel(smallSpec()).value();
    useChannelsLast(*fresh);
    REQUIRE(loadWeights(checkpoint, *fresh, false).ok());
    CHECK(torch::equal(fresh->swap(image).image, trained));
    REQUIRE(loadWeights(checkpoint, *fresh, true).ok());
    CHECK(torch::equal(fresh->swap(image).image, averaged));

    ModelSpec wider = smallSpec();
    wider.decoderDims = 4;
    auto other = makeModel(wider).value();
    initialise(*other, 3);
    const auto before = other->swap(image).image;
    const auto status = loadWeights(checkpoint, *other, false);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::corruptData);
    CHECK(status.error().message.find("decoder_source.body.up1.conv.weight") != std::string::npos);
    CHECK(torch::equal(other->swap(image).image, before));
}

TEST_CASE("old checkpoints go, but never the one that latest names") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    Training training(1);
    saveAt(folder.path(), training, {1, 2, 3, 4}, 2);
    CHECK(checkpointSteps(run) == std::vector<int64_t>{3, 4});
    // A run that went back to 3 leaves the course it took before.
    saveAt(folder.path(), training, {3}, 1);
    CHECK(checkpointSteps(run) == std::vector<int64_t>{3});
    CHECK(namesIn(run.checkpoints()) == std::vector<std::string>{"latest", "step-00000003"});
    CHECK(loadLatest(folder.path()).value()->warnings.empty());
}

TEST_CASE("saving again replaces a damaged checkpoint") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    Training training(1);
    saveAt(folder.path(), training, {3});
    fs::resize_file(run.checkpoint(3) / "model.safetensors", 9);
    saveAt(folder.path(), training, {3});
    CHECK(verifyCheckpoint(run.checkpoint(3)).ok());
    CHECK(namesIn(run.checkpoints()) == std::vector<std::string>{"latest", "step-00000003"});
}

TEST_CASE("what an interrupted save left is cleaned away") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    Training training(1);
    saveAt(folder.path(), training, {1});
    fs::create_directories(run.checkpoints() / "step-00000002.tmp-123");
    std::ofstream(run.checkpoints() / "step-00000002.tmp-123" / "model.safetensors") << "half";
    CHECK(loadLatest(folder.path()).value()->info.step == 1);
    const CheckpointWriter writer(folder.path(), {.newest = 3});
    CHECK(namesIn(run.checkpoints()) == std::vector<std::string>{"latest", "step-00000001"});
}

TEST_CASE("saving copies first and reports from its own thread") {
    const tests::TempFolder folder;
    Training training(1), copy(2);
    training.step();
    std::vector<CheckpointReport> reports;
    {
        CheckpointWriter writer(folder.path(), {.newest = 3},
                                [&](const auto& report) { reports.push_back(report); });
        writer.save(training.tensors(), infoAt(1));
        const auto saved = training.parameters->values().clone();
        training.step();  // while the writer may still be busy
        REQUIRE(writer.wait().ok());
        CHECK_FALSE(writer.busy());
        REQUIRE(restore(RunFolder{folder.path()}.checkpoint(1), copy.tensors()).ok());
        CHECK(torch::equal(copy.parameters->values(), saved));
    }
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].step == 1);
    CHECK(reports[0].status.ok());
    CHECK(reports[0].bytes > 4 * 4 * 100000);
    CHECK(reports[0].seconds >= reports[0].stallSeconds);
}

TEST_CASE("a full disk fails the save and harms nothing") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    Training training(1);
    saveAt(folder.path(), training, {1});
    const auto before = namesIn(run.checkpoints());
    training.step();
    const CheckpointTensors tensors = training.tensors();
    // In a child process, whose files may not grow past the middle of the model.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100000, 100000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        int result = 1;
        {
            CheckpointWriter writer(folder.path(), {.newest = 3});
            writer.save(tensors, infoAt(2));
            const Status status = writer.wait();
            if (!status.ok() && status.error().code == ErrorCode::cannotWrite) {
                result = 0;
            }
        }
        ::_exit(result);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    CHECK(namesIn(run.checkpoints()) == before);
    const auto loaded = loadLatest(folder.path()).value();
    CHECK(loaded->info.step == 1);
    CHECK(loaded->warnings.empty());
}

TEST_CASE("a checkpoint that may not be published any more leaves nothing behind") {
    const tests::TempFolder folder;
    Training training(1);
    bool taken = false;
    CheckpointWriter writer(folder.path(), {.newest = 2}, {}, [&taken] {
        return taken ? Status(Error{ErrorCode::transient, "somebody else writes here", "", ""})
                     : Status();
    });
    writer.save(training.tensors(), infoAt(1));
    REQUIRE(writer.wait().ok());
    const auto before = namesIn(RunFolder{folder.path()}.checkpoints());
    taken = true;
    writer.save(training.tensors(), infoAt(2));
    const Status refused = writer.wait();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::transient);
    CHECK(namesIn(RunFolder{folder.path()}.checkpoints()) == before);
    CHECK(loadLatest(folder.path()).value()->info.step == 1);
}

TEST_CASE("kill -9 at any moment of a save leaves a good checkpoint", "[soak]") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    Training training(1);
    // Kills land anywhere in the first saves of a process, however long one takes here.
    const auto begin = std::chrono::steady_clock::now();
    saveAt(folder.path(), training, {1});
    const auto saved = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    const auto longest =
        static_cast<uint32_t>(std::clamp<int64_t>(4 * saved.count(), 60'000, 900'000));
    const CheckpointTensors tensors = training.tensors();
    int64_t step = 1;
    for (uint32_t round = 0; round < 40; ++round) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            CheckpointWriter writer(folder.path(), {.newest = 2});
            for (int64_t next = step + 1;; ++next) {
                writer.save(tensors, infoAt(next));
            }
        }
        RandomSequence random({.seed = 5, .step = round});
        ::usleep(2000 + random.below(longest));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        const auto loaded = loadLatest(folder.path());
        REQUIRE(loaded.ok());
        REQUIRE(loaded->has_value());
        CHECK((*loaded)->warnings.empty());
        CHECK((*loaded)->info.step >= step);
        step = (*loaded)->info.step;
    }
    CHECK(step > 1);
}
