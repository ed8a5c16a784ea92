// Training and swapping from what is not a plain movie whose faces we found: faces that another
// program brought, and scene-linear plates.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "tests/support/footage.h"
#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy::tests;
using nlohmann::json;

TEST_CASE("a network is trained on faces that another program brought") {
    const auto source = footage("performer_a/no.mkv");
    const auto destination = footage("performer_b/milk.mkv");
    if (!source || !destination) {
        return;
    }
    const Studio studio;
    studio.prepare({*source}, {*destination});
    const std::string first = studio.project().string();
    for (const char* clip : {"no", "milk"}) {
        studio.mustDo({"export-faces", first, "--clip", clip, "--out",
                       studio.path(std::string(clip) + ".json")});
    }
    fs::rename(studio.project(), studio.path("first.understudy"));
    studio.mustDo({"new", first});
    studio.mustDo({"import", first, "--performer", "A", source->string()});
    studio.mustDo({"import", first, "--performer", "B", destination->string()});
    for (const char* clip : {"no", "milk"}) {
        studio.mustDo(
            {"import-faces", first, studio.path(std::string(clip) + ".json"), "--clip", clip});
    }
    const json trained = studio.mustDo(studio.smallTraining("r01", 6));
    CHECK(trained["step"] == 6);
    CHECK(trained["loss"].is_number());
    const json swapped = studio.mustDo({"swap", first, "--run", "r01", "--clip", "milk", "--out",
                                        studio.path("swap.mp4"), "--frames", "1-5"});
    CHECK(swapped["swapped"] == 5);
}

TEST_CASE("scene-linear plates train as ACEScct and come back as scene-linear EXR") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const Studio studio;
    fs::create_directory(studio.path("plate"));
    REQUIRE(runProcess("ffmpeg",
                       {"-v", "error", "-i", clip->string(), "-frames:v", "12", "-pix_fmt",
                        "gbrpf32le", "-start_number", "1001", studio.path("plate/p.%04d.exr")})
                .exitCode == 0);
    const fs::path plate = studio.path("plate/p.####.exr");
    studio.prepare({plate}, {plate});
    const json faces = studio.mustDo({"faces", studio.project().string()});
    REQUIRE(faces["clips"][0]["found"].get<int>() >= 11);
    const json trained = studio.mustDo(studio.smallTraining("r01", 6));
    CHECK(trained["step"] == 6);
    REQUIRE(trained["loss"].is_number());
    CHECK(std::isfinite(trained["loss"].get<double>()));
    const std::string clipName = faces["clips"][1]["clip"];
    const json swapped = studio.mustDo({"swap", studio.project().string(), "--run", "r01", "--clip",
                                        clipName, "--out", studio.path("out/s.####.exr")});
    CHECK(swapped["frames"] == 12);
    const json picture = probeVideo(studio.path("out/s.1005.exr"));
    CHECK(picture["width"] == 640);
    CHECK(picture["height"] == 480);
    CHECK(picture["pix_fmt"].get<std::string>().find("f32") != std::string::npos);
}
