// The main job through the real programs: two real clips in, a swapped clip out.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/footage.h"
#include "tests/system/studio.h"

using namespace understudy::tests;
using nlohmann::json;

TEST_CASE("two real clips become a swapped clip by command") {
    const auto source = footage("performer_a/again.mkv");
    const auto destination = footage("performer_b/bird.mkv");
    if (!source || !destination) {
        return;
    }
    const Studio studio;
    const std::string project = studio.project().string();
    studio.prepare({*source}, {*destination});

    const json faces = studio.mustDo({"faces", project});
    REQUIRE(faces["clips"].size() == 2);
    for (const json& clip : faces["clips"]) {
        INFO(clip.dump());
        CHECK(clip["frames"] == (clip["clip"] == "bird" ? 63 : 77));
        CHECK(clip["found"].get<int>() >= clip["frames"].get<int>() - 1);
        CHECK(clip["detected"].get<int>() + clip["tracked"].get<int>() == clip["found"].get<int>());
        CHECK(clip["missed"].size() == clip["frames"].get<size_t>() - clip["found"].get<size_t>());
        CHECK(clip["kept"] == clip["found"]);
        CHECK(clip["rejected"] == 0);
    }

    const json trained = studio.mustDo(studio.smallTraining("r01", 20));
    CHECK(trained["run"] == "r01");
    CHECK(trained["step"] == 20);
    CHECK(trained["loss"].get<double>() > 0);
    const auto run = studio.project() / "runs" / "r01";
    for (const char* file :
         {"plan.json", "selection.json", "history.jsonl", "previews/step-00000010.png",
          "previews/step-00000010.json", "checkpoints/latest"}) {
        INFO(file);
        CHECK(std::filesystem::exists(run / file));
    }
    std::ifstream latest(run / "checkpoints" / "latest");
    std::string name;
    std::getline(latest, name);
    CHECK(name == "step-00000020");
    for (const char* file :
         {"model.safetensors", "ema.safetensors", "optimizer.safetensors", "state.json"}) {
        CHECK(std::filesystem::exists(run / "checkpoints" / name / file));
    }

    // An existing run is not overwritten by mistake; with --resume it goes on.
    const json again = studio.cli(studio.smallTraining("r01", 30));
    CHECK(again["exit"] == 64);
    CHECK(again["error"]["code"] == 64);
    auto resume = studio.smallTraining("r01", 30);
    resume.push_back("--resume");
    CHECK(studio.mustDo(resume)["step"] == 30);

    // A plan that wants the faces cut otherwise has them cut before it starts.
    auto tighter = studio.smallTraining("r02", 2);
    tighter.insert(tighter.end(), {"--set", "faceType=full_face"});
    CHECK(studio.mustDo(tighter)["step"] == 2);
    CHECK(std::filesystem::exists(studio.project() / "facesets" / "bird.full_face.128.idx"));

    const json swapped = studio.mustDo({"swap", project, "--run", "r01", "--clip", "bird", "--out",
                                        studio.path("bird-swapped.mp4")});
    CHECK(swapped["frames"] == 63);
    CHECK(swapped["swapped"].get<int>() + static_cast<int>(swapped["passed_through"].size()) == 63);
    const json video = probeVideo(studio.path("bird-swapped.mp4"));
    CHECK(video["nb_read_frames"] == "63");
    CHECK(video["r_frame_rate"] == "30/1");
    CHECK(video["width"] == 640);
    CHECK(video["height"] == 480);
    CHECK(video["codec_name"] == "h264");

    // The plate's own numbers in a sequence, of a part of the clip.
    const json sequence =
        studio.mustDo({"swap", project, "--run", "r01", "--clip", "bird", "--frames", "10-12",
                       "--out", studio.path("out/bird.####.png")});
    CHECK(sequence["frames"] == 3);
    CHECK(std::filesystem::exists(studio.path("out/bird.0010.png")));
    CHECK(std::filesystem::exists(studio.path("out/bird.0012.png")));
    CHECK_FALSE(std::filesystem::exists(studio.path("out/bird.0013.png")));
}
