// What users, disks and crashes do wrong, through the real programs: a clear error with a remedy,
// the designed exit code, and nothing earlier lost.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/footage.h"
#include "tests/support/small_disk.h"
#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy::tests;
using nlohmann::json;

namespace {

// The error has the code, says something, and says what to do.
void checkRefused(const json& line, int code) {
    INFO(line.dump(2));
    CHECK(line["ok"] == false);
    CHECK(line["exit"] == code);
    REQUIRE(line.contains("error"));
    CHECK(line["error"]["code"] == code);
    CHECK_FALSE(line["error"]["message"].get<std::string>().empty());
    CHECK_FALSE(line["error"]["remedy"].get<std::string>().empty());
}

void flipByte(const fs::path& path, int64_t offsetFromEnd) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(-offsetFromEnd, std::ios::end);
    const char byte = static_cast<char>(file.get());
    file.seekp(-offsetFromEnd, std::ios::end);
    file.put(static_cast<char>(byte ^ 0x10));
}

fs::path onlyFile(const fs::path& folder, const std::string& start, const std::string& extension) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == extension &&
            entry.path().filename().string().rfind(start, 0) == 0) {
            return entry.path();
        }
    }
    throw std::runtime_error("no " + start + "*" + extension + " in " + folder.string());
}

}  // namespace

TEST_CASE("clips that cannot be imported are refused with the reason") {
    const Studio studio;
    const std::string project = studio.project().string();
    checkRefused(studio.cli({"import", project, "--performer", "A", studio.path("x.mov")}),
                 66);  // no project yet
    studio.mustDo({"new", project});
    checkRefused(studio.cli({"new", project}), 64);

    std::ofstream(studio.path("empty.mov"));
    std::ofstream(studio.path("text.mp4")) << "this is no movie\n";
    fs::create_directory(studio.path("folder"));
    for (const char* name : {"missing.mov", "empty.mov", "text.mp4", "folder"}) {
        INFO(name);
        const json line = studio.cli({"import", project, "--performer", "A", studio.path(name)});
        CHECK((line["exit"] == 66 || line["exit"] == 65));
        checkRefused(line, line["exit"].get<int>());
        CHECK(line["error"]["where"].get<std::string>().find(name) != std::string::npos);
    }
    CHECK(studio.mustDo({"faces", project})["clips"].empty());
}

TEST_CASE("a truncated movie gives what can be read, or says that nothing can") {
    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    makeFacelessClip(studio.path("whole.mkv"), 40);
    const auto size = fs::file_size(studio.path("whole.mkv"));
    for (const auto& [name, keep] :
         {std::pair{"half.mkv", size / 2}, std::pair{"head.mkv", uintmax_t{600}}}) {
        fs::copy_file(studio.path("whole.mkv"), studio.path(name));
        fs::resize_file(studio.path(name), keep);
        const json line = studio.cli({"import", project, "--performer", "A", studio.path(name)});
        INFO(name << line.dump());
        if (line["ok"] == true) {
            CHECK(line["clips"][0]["frames"].get<int>() < 40);
        } else {
            CHECK((line["exit"] == 65 || line["exit"] == 66));
        }
    }
}

TEST_CASE("clips without faces, unknown names and bad plans are refused") {
    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    makeFacelessClip(studio.path("bars.mp4"), 12);
    studio.mustDo({"import", project, "--performer", "A", studio.path("bars.mp4")});
    studio.mustDo({"import", project, "--performer", "B", studio.path("bars.mp4")});
    const json extracted = studio.mustDo({"extract", project});
    CHECK(extracted["clips"][0]["found"] == 0);
    CHECK(extracted["clips"][0]["missed"].size() == 12);

    const auto train = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments = {"train",         project, "--source", "A",
                                              "--destination", "A",     "--steps",  "2"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return studio.cli(arguments);
    };
    checkRefused(train({}), 64);  // no faces
    checkRefused(train({"--source", "Nobody"}), 64);
    checkRefused(train({"--preset", "nonsense"}), 64);
    for (const char* setting :
         {"resolution=65", "resolution=0", "batch=-1", "model=xyz", "switches=uuq",
          "learningRate=nan", "noSuchKey=1", "resolution=abc", "devices=cuda:99999999999"}) {
        INFO(setting);
        checkRefused(train({"--set", setting}), 64);
    }
    checkRefused(studio.cli({"swap", project, "--run", "none", "--clip", "bars", "--out",
                             studio.path("o.mp4")}),
                 64);
    checkRefused(studio.cli({"extract", project, "--clip", "none"}), 64);
    checkRefused(studio.cli({"extract", project, "--size", "7"}), 64);
    checkRefused(studio.cli({"extract", project, "--type", "none"}), 64);
    checkRefused(studio.cli({"nonsense", project}), 64);
}

TEST_CASE("flipped bits in packs and checkpoints are found, and only what is hurt is lost") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const Studio studio;
    const std::string project = studio.project().string();
    studio.prepare({*clip}, {*clip});
    studio.mustDo(studio.smallTraining("r01", 10));

    // The latest checkpoint is damaged: the previous good one is used, and that is said.
    const auto checkpoints = studio.project() / "runs" / "r01" / "checkpoints";
    flipByte(checkpoints / "step-00000010" / "ema.safetensors", 1000);
    flipByte(checkpoints / "step-00000010" / "model.safetensors", 1000);
    auto resume = studio.smallTraining("r01", 12);
    resume.push_back("--resume");
    const json resumed = studio.mustDo(resume);
    CHECK(resumed["step"] == 12);
    CHECK(resumed["stderr"].get<std::string>().find("step-00000010") != std::string::npos);

    // All are damaged: refused as corrupt.
    for (const auto& entry : fs::directory_iterator(checkpoints)) {
        if (entry.is_directory()) {
            flipByte(entry.path() / "ema.safetensors", 1000);
            flipByte(entry.path() / "model.safetensors", 1000);
        }
    }
    checkRefused(studio.cli({"swap", project, "--run", "r01", "--clip", "milk", "--out",
                             studio.path("o.mp4")}),
                 65);

    // A damaged face: the run that needs it is refused, extracting again mends it.
    const auto pixels = onlyFile(studio.project() / "facesets", "milk.", ".pix");
    flipByte(pixels, 5000);
    checkRefused(studio.cli(studio.smallTraining("r02", 5)), 65);
    studio.mustDo({"extract", project, "--size", "128"});
    studio.mustDo(studio.smallTraining("r03", 5));
}

TEST_CASE("a full disk and a read-only project say so, and nothing finished is lost") {
    const auto clip = footage("performer_b/milk.mkv");
    SmallDisk disk(48u << 20);
    if (!clip || !disk.available()) {
        return;
    }
    const Studio studio;
    const std::string project = (disk.path() / "show.understudy").string();
    studio.mustDo({"new", project});
    studio.mustDo({"import", project, "--performer", "A", clip->string()});
    studio.mustDo({"import", project, "--performer", "B", clip->string()});
    disk.fill(600u << 10);
    checkRefused(studio.cli({"extract", project}), 73);
    CHECK(studio.mustDo({"faces", project})["clips"][0]["frames"] == 51);
    fs::remove(disk.path() / "filler");
    CHECK(studio.mustDo({"extract", project})["clips"][0]["found"].get<int>() >= 50);

    disk.fill(40u << 10);
    const json trained = studio.cli({"train", project, "--source", "A", "--destination", "B",
                                     "--preset", "quick", "--steps", "3", "--run", "r01"});
    checkRefused(trained, 73);
    const json swapped = studio.cli({"faces", project});
    CHECK(swapped["ok"] == true);
    fs::remove(disk.path() / "filler");

    disk.makeReadOnly();
    CHECK(studio.mustDo({"faces", project})["clips"][0]["found"].get<int>() >= 50);
    checkRefused(studio.cli({"import", project, "--performer", "C", clip->string()}), 73);
    checkRefused(studio.cli({"extract", project}), 73);
    checkRefused(
        studio.cli({"train", project, "--source", "A", "--destination", "B", "--steps", "2"}), 73);
}
