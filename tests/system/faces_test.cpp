// Faces through the real programs: those of other programs, a studio's own models, what is known
// of each, and several people in one clip.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/media/align/sample_face.h"
#include "tests/media/face/onnx_writer.h"
#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy::tests;
using nlohmann::json;

namespace {

constexpr int kFrames = 30;

// Clips of two made-up people.
std::vector<std::string> performers(const Studio& studio, const std::string& size = "320x240") {
    const json made = studio.mustDo({"performers", "--out", studio.path("cast"), "--seed", "4",
                                     "--frames", std::to_string(kFrames), "--size", size});
    REQUIRE(made["clips"].size() == 2);
    return {studio.path("cast/performer_0.mp4"), studio.path("cast/performer_1.mp4")};
}

std::string projectWith(const Studio& studio, const std::string& name, const std::string& clip) {
    const std::string project = studio.path(name + ".understudy");
    studio.mustDo({"new", project});
    studio.mustDo({"import", project, "--performer", "A", clip});
    return project;
}

json extracted(const Studio& studio, const std::string& project,
               const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"extract", project, "--size", "64"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return studio.mustDo(arguments);
}

// A network that sees the same face in whatever it is shown.
void writeLandmarker(const fs::path& path, double size) {
    constexpr int kSide = 8;
    std::vector<float> points;
    for (const auto& p : placed(sampleFace(1, 0), 0, size, {0.5, 0.5})) {
        points.push_back(static_cast<float>(p.x));
        points.push_back(static_cast<float>(p.y));
    }
    OnnxWriter(1, kSide, kSide)
        .linear("points", std::vector<float>(points.size() * kSide * kSide, 0.0f), points)
        .write(path);
    std::ofstream(fs::path(path).replace_extension(".json"))
        << R"({"kind":"landmarker","input":{"width":8,"height":8,"channels":1,"mean":0,)"
        << R"("scale":0.0039},"output":"points","form":"unit"})";
}

}  // namespace

TEST_CASE("faces go to another project by an interchange file and stay until they are replaced") {
    const Studio studio;
    const std::string clip = performers(studio).front();
    const std::string one = projectWith(studio, "one", clip);
    const json found = extracted(studio, one)["clips"][0];
    REQUIRE(found["found"].get<int>() >= kFrames - 1);
    const json exported = studio.mustDo(
        {"export-faces", one, "--clip", "performer_0", "--out", studio.path("faces.json")});
    CHECK(exported["faces"] == found["found"]);

    const std::string other = projectWith(studio, "other", clip);
    const json imported =
        studio.mustDo({"import-faces", other, studio.path("faces.json"), "--clip", "performer_0"});
    CHECK(imported["imported"] == found["found"]);
    const json cut = extracted(studio, other);
    CHECK(cut["clips"][0]["found"] == found["found"]);
    CHECK(cut["clips"][0]["imported_from"].is_string());
    CHECK(cut["clips"][0]["people"].empty());
    CHECK(cut["frames_per_s"] == 0);  // nothing was searched
    CHECK(fs::exists(studio.path("other.understudy/facesets/performer_0.whole_face.64.idx")));

    const json replaced = extracted(studio, other, {"--replace-imported"})["clips"][0];
    CHECK(replaced["imported_from"].is_null());
    CHECK(replaced["mean_jitter_px"] == found["mean_jitter_px"]);
}

TEST_CASE("another model means another search, the same one does not") {
    const Studio studio;
    const std::string project = projectWith(studio, "show", performers(studio).front());
    CHECK(extracted(studio, project)["frames_per_s"] > 0);
    CHECK(extracted(studio, project)["frames_per_s"] == 0);
    writeLandmarker(studio.path("own.onnx"), 0.004);
    studio.mustDo({"settings", project, "--set", "face.landmarker=" + studio.path("own.onnx")});
    CHECK(extracted(studio, project)["frames_per_s"] > 0);
    CHECK(extracted(studio, project)["frames_per_s"] == 0);
    writeLandmarker(studio.path("own.onnx"), 0.0035);  // trained again under the same name
    CHECK(extracted(studio, project)["frames_per_s"] > 0);
    fs::remove(studio.path("own.onnx"));
    const json gone = studio.cli({"extract", project, "--size", "64"});
    CHECK(gone["exit"] == 78);
    CHECK(gone["error"]["where"].get<std::string>().find("own.onnx") != std::string::npos);
    studio.mustDo({"settings", project, "--set", "face.landmarker=default"});
    CHECK(extracted(studio, project)["clips"][0]["found"].get<int>() >= kFrames - 1);
}

TEST_CASE("what was measured of each face is told on request, in parts") {
    const Studio studio;
    const std::string project = projectWith(studio, "show", performers(studio).front());
    const int found = extracted(studio, project)["clips"][0]["found"];
    CHECK_FALSE(studio.mustDo({"faces", project})["clips"][0].contains("faces"));
    const json all = studio.mustDo({"faces", project, "--each"})["clips"][0]["faces"];
    REQUIRE(static_cast<int>(all.size()) == found);
    json odd = json::array();
    for (const json& face : all) {
        if (face["occlusion"] >= 0.15 || face["outlier"] > 3) {
            odd.push_back(face["frame"]);
        }
        CHECK(face["confidence"] > 0.3);
        CHECK(face["sharpness"] > 0);
        CHECK(face["size_px"] > 40);
        CHECK(std::abs(face["yaw"].get<double>()) < 60);
        CHECK(face["hash"].get<std::string>().size() == 16);
    }
    CHECK(studio.mustDo({"faces", project})["clips"][0]["worth_a_look"] == odd);
    const json few = studio.mustDo(
        {"faces", project, "--each", "--from", "5", "--count", "3"})["clips"][0]["faces"];
    CHECK(few == json(all.begin() + 5, all.begin() + 8));
}

TEST_CASE("of two people in a clip the one who is asked for is taken, and remembered") {
    const Studio studio;
    const auto cast = performers(studio, "640x480");
    const std::string both = studio.path("both.mp4");
    // The second is smaller, and enters late.
    REQUIRE(runProcess("ffmpeg", {"-v", "error", "-i", cast[0], "-i", cast[1], "-filter_complex",
                                  "[1:v]trim=start_frame=6,setpts=PTS-STARTPTS,scale=512:384,"
                                  "tpad=start=6:color=gray,pad=640:480:64:48:gray[b];"
                                  "[0:v][b]hstack",
                                  "-frames:v", std::to_string(kFrames), both})
                .exitCode == 0);
    const std::string project = projectWith(studio, "show", both);
    const json first = extracted(studio, project)["clips"][0];
    INFO(first.dump(2));
    REQUIRE(first["people"].size() == 2);
    CHECK(first["people"][0]["chosen"] == true);
    CHECK(first["people"][1]["chosen"] == false);
    CHECK(first["people"][0]["frames"].get<int>() >= kFrames - 1);
    CHECK(first["people"][1]["first"].get<int>() >= 7);
    CHECK(first["people"][0]["size_px"] > first["people"][1]["size_px"]);
    CHECK(first["warnings"].dump().find("2 people") != std::string::npos);

    studio.mustDo({"assign", project, "--clip", "both", "--frames", "1-3", "--nobody"});
    const json second = extracted(studio, project, {"--clip", "both", "--person", "2"});
    CHECK(second["clips"][0]["nobodys"] == 0);  // that was said of another
    CHECK(second["clips"][0]["warnings"].dump().find("3 that were assigned") != std::string::npos);
    CHECK(second["frames_per_s"] == 0);  // whoever is there is known
    const json clip = second["clips"][0];
    CHECK(clip["people"][1]["chosen"] == true);
    CHECK(clip["found"].get<int>() <= kFrames - 6);
    CHECK(clip["found"].get<int>() >= kFrames - 9);
    CHECK(clip["missed"][0] == 1);
    CHECK(extracted(studio, project)["clips"][0]["found"] == clip["found"]);

    const json none = studio.cli({"extract", project, "--clip", "both", "--person", "3"});
    CHECK(none["exit"] == 64);
    CHECK(none["error"]["message"].get<std::string>().find("2 people") != std::string::npos);
    CHECK(studio.cli({"extract", project, "--person", "1"})["exit"] == 0);
    studio.mustDo({"import", project, "--performer", "B", cast[1]});
    CHECK(studio.cli({"extract", project, "--person", "1"})["exit"] == 64);
}
