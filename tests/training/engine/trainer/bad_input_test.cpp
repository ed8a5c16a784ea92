// What plans, faces, bases, checkpoints, disks and drivers do wrong, through the trainer itself: an
// error that names it and says what to do, with the designed exit code.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "media/base/file.h"
#include "media/faceset/pack.h"
#include "tests/support/process.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

ProcessResult train(const fs::path& run, int steps, const Environment& environment = {}) {
    return runProcess("understudy-trainer",
                      {"--run", run.string(), "--steps", std::to_string(steps)}, environment);
}

void checkRefused(const ProcessResult& result, ErrorCode code,
                  const std::vector<std::string>& words) {
    INFO(result.err);
    CHECK(result.exitCode == static_cast<int>(code));
    for (const std::string& word : words) {
        CAPTURE(word);
        CHECK(result.err.find(word) != std::string::npos);
    }
}

void mustTrain(const fs::path& run, int steps) {
    const auto result = train(run, steps);
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
}

int64_t savedStep(const fs::path& run) {
    const auto saved = loadLatest(run);
    REQUIRE(saved.ok());
    return saved->has_value() ? (*saved)->info.step : 0;
}

// plan.json as a person may have edited it: it need not be a plan.
void editPlan(const fs::path& run, const std::string& key, const std::string& value) {
    std::string text = readFile(run / "plan.json").value();
    const size_t at = text.find("\"" + key + "\": ");
    REQUIRE(at != std::string::npos);
    const size_t begin = at + key.size() + 4;
    text.replace(begin, text.find_first_of(",\n", begin) - begin, value);
    std::ofstream(run / "plan.json") << text;
}

}  // namespace

TEST_CASE("sizes that no network can have are refused by their key") {
    const TempFolder folder;
    for (const auto& [key, value] :
         {std::pair{"encoderDims", "0"}, std::pair{"decoderDims", "-16"},
          std::pair{"maskDims", "100000"}, std::pair{"bottleneck", "1.5"},
          std::pair{"resolution", "80"}, std::pair{"batch", "0"}}) {
        CAPTURE(key);
        writeRun(folder.path(), tinyPlan());
        editPlan(folder.path(), key, value);
        checkRefused(train(folder.path(), 2), ErrorCode::usage, {key});
    }
}

TEST_CASE("packs may be larger than the network sees, and not smaller") {
    const TempFolder folder;
    DrawnFaces source = drawnSource(), destination = drawnDestination();
    source.count = destination.count = 4;
    source.size = 256;
    destination.size = 120;
    writeRun(folder / "larger", tinyPlan(), source, destination);
    mustTrain(folder / "larger", 1);
    destination.size = 72;  // 83 with the margin would do
    writeRun(folder / "smaller", tinyPlan(), source, destination);
    checkRefused(train(folder / "smaller", 1), ErrorCode::usage, {"72", "Extract the clip again"});
}

TEST_CASE("faces of two encodings, and no faces, do not train") {
    const TempFolder folder;
    DrawnFaces source = drawnSource(), destination = drawnDestination();
    source.count = destination.count = 4;
    writeRun(folder / "none", tinyPlan(), source, destination);
    auto selection = loadSelection(folder / "none" / "selection.json");
    REQUIRE(selection.ok());
    selection->identities[1].faces.clear();
    REQUIRE(saveSelection(*selection, folder / "none" / "selection.json").ok());
    checkRefused(train(folder / "none", 1), ErrorCode::usage, {" b "});
    destination.encoding = "acescct";
    writeRun(folder / "mixed", tinyPlan(), source, destination);
    checkRefused(train(folder / "mixed", 1), ErrorCode::usage, {"acescct", "srgb"});
}

TEST_CASE("a base must be one, and must fit in part") {
    const TempFolder folder;
    writeRun(folder / "base", tinyPlan());
    mustTrain(folder / "base", 1);
    Plan plan = tinyPlan();
    plan.base = (folder / "base").string();
    plan.encoderDims = plan.decoderDims = 10;
    plan.maskDims = 6;
    plan.bottleneck = 20;
    writeRun(folder / "other", plan);
    checkRefused(train(folder / "other", 1), ErrorCode::usage,
                 {"no tensor of the base fits", "16/16/8", "10/10/6"});
    fs::create_directory(folder / "empty");
    plan.base = (folder / "empty").string();
    writeRun(folder / "without", plan);
    checkRefused(train(folder / "without", 1), ErrorCode::missingInput, {"no checkpoint", "empty"});
    plan.base = (folder / "nowhere").string();
    writeRun(folder / "nobody", plan);
    checkRefused(train(folder / "nobody", 1), ErrorCode::usage, {"nowhere"});
}

TEST_CASE("faces that changed since the last save are refused, in packs and in the selection") {
    const TempFolder folder;
    const DrawnFaces source = drawnSource(), destination = drawnDestination();
    writeRun(folder.path(), tinyPlan(), source, destination);
    mustTrain(folder.path(), 2);
    SECTION("a pack that was made again") {
        DrawnFaces other = source;
        other.skin[0] = 0.3;
        const fs::path index =
            folder / "faces" /
            media::packIndexName(source.clip, media::FaceType::wholeFace, source.size);
        fs::remove(index);
        fs::remove(media::packPixelsPath(index));
        REQUIRE(writePack(folder / "faces", other) == index);
        checkRefused(train(folder.path(), 4), ErrorCode::corruptData, {"new run"});
    }
    SECTION("another selection") {
        auto selection = loadSelection(folder / "selection.json");
        REQUIRE(selection.ok());
        selection->identities[1].faces.pop_back();
        REQUIRE(saveSelection(*selection, folder / "selection.json").ok());
        checkRefused(train(folder.path(), 4), ErrorCode::corruptData, {"faces"});
    }
    CHECK(savedStep(folder.path()) == 2);
}

TEST_CASE("checkpoints that cannot be read are named, and what is newer is left alone") {
    const TempFolder folder;
    writeRun(folder.path(), tinyPlan());
    mustTrain(folder.path(), 2);
    const fs::path checkpoint = RunFolder{folder.path()}.checkpoint(2);
    const auto overwrite = [&](const char* name, const std::string& text) {
        std::ofstream(checkpoint / name) << text;
        checkRefused(train(folder.path(), 4), ErrorCode::corruptData, {"step-00000002"});
    };
    SECTION("no manifest") {
        fs::remove(checkpoint / "manifest.json");
        checkRefused(train(folder.path(), 4), ErrorCode::corruptData, {"step-00000002"});
    }
    SECTION("a manifest that is none") {
        overwrite("manifest.json", "{\"files\":");
    }
    SECTION("a manifest of nothing") {
        overwrite("manifest.json", "{\"files\":{}}");
    }
    SECTION("another state") {
        overwrite("state.json", "{\"step\": 2}");
    }
    SECTION("an empty file") {
        overwrite("optimizer.safetensors", "");
    }
    CHECK(fs::exists(checkpoint));
}

TEST_CASE("a disk that fills during a save ends with 73, and the save before stands") {
    const auto fails = [](const fs::path& run, const std::function<ProcessResult()>& save) {
        checkRefused(save(), ErrorCode::cannotWrite, {run.string()});
        CHECK(savedStep(run) == 2);
        for (const auto& entry : fs::directory_iterator(run / "checkpoints")) {
            const std::string name = entry.path().filename().string();
            CHECK((name == "latest" || name == "best" || name == "step-00000002"));
        }
    };
    SECTION("a file that may not grow") {
        const TempFolder folder;
        writeRun(folder.path(), tinyPlan());
        mustTrain(folder.path(), 2);
        const char* programs = std::getenv("UNDERSTUDY_BIN");
        const std::string trainer =
            (programs != nullptr ? programs + std::string("/") : "") + "understudy-trainer";
        fails(folder.path(), [&] {
            // In blocks of 512 bytes: less than the weights take.
            return runProcess("sh", {"-c",
                                     "trap '' XFSZ; ulimit -f 400; exec \"$0\" --run \"$1\" "
                                     "--steps 4",
                                     trainer, folder.path().string()});
        });
        mustTrain(folder.path(), 4);
    }
    SECTION("a small disk") {
        SmallDisk disk(160u << 20);  // two checkpoints, and the faces
        if (!disk.available()) {
            return;
        }
        const fs::path run = disk.path() / "run";
        writeRun(run, tinyPlan());
        mustTrain(run, 2);
        disk.fill(300u << 10);
        fails(run, [&] { return train(run, 4); });
        fs::remove(disk.path() / "filler");
        mustTrain(run, 4);
        CHECK(savedStep(run) == 4);
    }
}

TEST_CASE("GPUs that are not there, and drivers that do not do, are told apart") {
    const TempFolder folder;
    // A driver of the test's own, found before any other.
    fs::create_directory(folder / "driver");
    const fs::path beside = fs::read_symlink("/proc/self/exe").parent_path();
    fs::create_symlink(beside / US_FAKE_DRIVER, folder / "driver" / "libcuda.so.1");
    Plan plan = tinyPlan();
    plan.devices = "cuda:0";
    writeRun(folder / "run", plan);
    const auto with = [&](const std::string& name, const std::string& value) {
        return train(folder / "run", 1,
                     {{"LD_LIBRARY_PATH", (folder / "driver").string()}, {name, value}});
    };
    checkRefused(with("FAKE_CUDA_VERSION", "11080"), ErrorCode::environment,
                 {"driver is too old", "CUDA 11.8", "newer NVIDIA driver"});
    checkRefused(with("FAKE_CUDA_START", "803"), ErrorCode::environment, {"different versions"});
    checkRefused(with("FAKE_CUDA_START", "100"), ErrorCode::deviceUnavailable, {"no NVIDIA GPU"});
    checkRefused(with("FAKE_CUDA_START", "999"), ErrorCode::deviceUnavailable, {"999"});
    // With whatever this machine has.
    plan.devices = "cuda:76";
    writeRun(folder / "run", plan);
    checkRefused(train(folder / "run", 1), ErrorCode::deviceUnavailable, {"GPU"});
}
