#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "media/face/face_models.h"
#include "media/face/landmarker.h"
#include "tests/media/align/sample_face.h"
#include "tests/media/face/onnx_writer.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kSide = 16;
constexpr size_t kPixels = kSide * kSide;
const std::string kInput =
    R"("input":{"width":16,"height":16,"channels":1,"mean":0,"scale":0.00392156862745098})";

void say(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::vector<float> meanTimes(const std::vector<float>& factors) {
    std::vector<float> weights;
    for (const float factor : factors) {
        weights.insert(weights.end(), kPixels, factor / static_cast<float>(kPixels));
    }
    return weights;
}

// Two boxes; the first, whose probability is .2 + .7 times the mean of the picture, moves to the
// right with it by a quarter; the second is never sure.
void writeDetector(const std::filesystem::path& path, const std::string& more = "") {
    OnnxWriter(1, kSide, kSide)
        .linear("boxes", meanTimes({0.25f, 0, 0.25f, 0, 0, 0, 0, 0}),
                {0.25f, 0.25f, 0.5f, 0.5f, 0, 0, 0.5f, 0.5f})
        .linear("scores", meanTimes({-0.7f, 0.7f, 0, 0}), {0.8f, 0.2f, 0.9f, 0.1f})
        .write(path);
    say(onnxDescription(path),
        "{\"kind\":\"detector\"," + kInput +
            R"(,"boxes":"boxes","scores":"scores","classes":2,"face":1,"threshold":0.5)" + more +
            "}");
}

Landmarks templateFace() {
    return placed(sampleFace(1, 0), 0, 0.004, {0.5, 0.5});
}

void writeLandmarker(const std::filesystem::path& path, size_t points = kLandmarkCount) {
    std::vector<float> bias;
    for (size_t i = 0; i < points; ++i) {
        const Point p = templateFace()[i % kLandmarkCount];
        bias.push_back(static_cast<float>(p.x));
        bias.push_back(static_cast<float>(p.y));
    }
    OnnxWriter(1, kSide, kSide)
        .linear("points", std::vector<float>(bias.size() * kPixels, 0.0f), bias)
        .write(path);
    say(onnxDescription(path),
        "{\"kind\":\"landmarker\"," + kInput + R"(,"output":"points","form":"unit"})");
}

Image grayOf(int width, int height, uint8_t value) {
    Image image(width, height, 1, SampleType::u8);
    std::fill_n(image.row<uint8_t>(0), image.size(), value);
    return image;
}

}  // namespace

TEST_CASE("boxes of an ONNX detector are where its network puts them") {
    const TempFolder folder;
    writeDetector(folder / "d.onnx");
    const auto maker = loadOnnxDetector(folder / "d.onnx");
    REQUIRE(maker.ok());
    const std::unique_ptr<FaceDetector> detector = (*maker)();
    const auto white = detector->detect(grayOf(160, 160, 255), 0);
    REQUIRE(white.size() == 1);
    CHECK(white[0].left == Approx(80).margin(0.1));  // of 160
    CHECK(white[0].top == Approx(40).margin(0.1));
    CHECK(white[0].right == Approx(120).margin(0.1));
    CHECK(white[0].bottom == Approx(80).margin(0.1));
    CHECK(white[0].score == Approx(2 * (0.9 - 0.5) / 0.5).margin(0.01));
    CHECK(detector->detect(grayOf(160, 160, 0), 0).empty());  // .2 is no face
    CHECK(detector->detect(grayOf(160, 160, 0), -2).size() == 2);
    // Half of the input is empty: the mean is half, and the picture's scale is the longer side's.
    const auto wide = detector->detect(grayOf(320, 160, 255), -2);
    REQUIRE(wide.size() == 2);
    CHECK(wide[0].left == Approx((0.25 + 0.125) * 320).margin(0.5));
    CHECK(wide[0].top == Approx(0.25 * 320).margin(0.5));
}

TEST_CASE("an ONNX detector's layout, grow and shift are those of its description") {
    const TempFolder folder;
    writeDetector(folder / "d.onnx", R"(,"layout":"centre","grow":2,"shift":0.1)");
    const auto maker = loadOnnxDetector(folder / "d.onnx");
    REQUIRE(maker.ok());
    const auto boxes = (*maker)()->detect(grayOf(160, 160, 255), 0);
    REQUIRE(boxes.size() == 1);
    // Middle (.5, .25), .75 by .5: a square of 2 * .625, a tenth of that further down.
    CHECK(boxes[0].size() == Approx(1.25 * 160).margin(0.5));
    CHECK(boxes[0].centre().x == Approx(80).margin(0.5));
    CHECK(boxes[0].centre().y == Approx(40 + 0.125 * 160).margin(0.5));
}

TEST_CASE("points of an ONNX landmarker are in the box, from several threads") {
    const TempFolder folder;
    writeLandmarker(folder / "l.onnx");
    const auto landmarker = loadOnnxLandmarker(folder / "l.onnx");
    REQUIRE(landmarker.ok());
    const Image gray = grayOf(200, 100, 50);
    std::array<Landmarks, 4> found;
    std::vector<std::thread> threads;
    for (Landmarks& one : found) {
        threads.emplace_back([&] { one = (*landmarker)->landmarks(gray, {40, 20, 120, 100, 1}); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const Landmarks& one : found) {
        for (size_t i = 0; i < one.size(); ++i) {
            CHECK(one[i].x == Approx(40 + 80 * templateFace()[i].x).margin(0.01));
            CHECK(one[i].y == Approx(20 + 80 * templateFace()[i].y).margin(0.01));
        }
    }
}

TEST_CASE("heat maps and models with 98 points become 68 points") {
    const TempFolder folder;
    std::string map;
    for (int i = 0; i < kLandmarkCount; ++i) {
        map += (i > 0 ? "," : "") + std::to_string(i + 30);
    }
    writeLandmarker(folder / "l.onnx", 98);
    CHECK(loadOnnxLandmarker(folder / "l.onnx").error().code == ErrorCode::corruptData);
    say(folder / "l.json", "{\"kind\":\"landmarker\"," + kInput + ",\"map\":[" + map + "]}");
    const auto points = loadOnnxLandmarker(folder / "l.onnx");
    REQUIRE(points.ok());
    const Landmarks found = (*points)->landmarks(grayOf(16, 16, 0), {0, 0, 16, 16, 1});
    CHECK(found[0].x == Approx(16 * templateFace()[30].x).margin(0.01));
    CHECK(found[40].y == Approx(16 * templateFace()[2].y).margin(0.01));

    OnnxWriter(1, kSide, kSide)
        .scaled("heat", std::vector<float>(kLandmarkCount, 2.0f))
        .write(folder / "h.onnx");
    say(folder / "h.json",
        "{\"kind\":\"landmarker\"," + kInput + R"(,"output":"heat","form":"heatmaps"})");
    const auto heat = loadOnnxLandmarker(folder / "h.onnx");
    REQUIRE(heat.ok());
    Image dot = grayOf(kSide, kSide, 0);
    dot.row<uint8_t>(5)[9] = 255;
    const Landmarks hot = (*heat)->landmarks(dot, {0, 0, kSide, kSide, 1});
    CHECK(hot[33].x == Approx(9.5).margin(0.01));
    CHECK(hot[33].y == Approx(5.5).margin(0.01));
}

TEST_CASE("ONNX files that are missing, torn, none or of another shape are refused") {
    const TempFolder folder;
    writeDetector(folder / "d.onnx");
    writeLandmarker(folder / "l.onnx");
    const auto detector = [&](const std::string& name) {
        const auto result = loadOnnxDetector(folder / name);
        REQUIRE_FALSE(result.ok());
        CHECK_FALSE(result.error().remedy.empty());
        CHECK(result.error().where.find(folder.path().string()) == 0);
        return result.error().code;
    };
    CHECK(detector("none.onnx") == ErrorCode::environment);
    std::filesystem::copy(folder / "d.json", folder / "none.json");
    CHECK(detector("none.onnx") == ErrorCode::environment);
    std::filesystem::copy(folder / "d.json", folder / "text.json");
    say(folder / "text.onnx", "this is no network");
    CHECK(detector("text.onnx") == ErrorCode::corruptData);
    say(folder / "text.onnx", "");
    CHECK(detector("text.onnx") == ErrorCode::corruptData);
    const std::string whole = OnnxWriter(1, kSide, kSide)
                                  .linear("boxes", meanTimes({0, 0, 0, 0}), {0, 0, 1, 1})
                                  .linear("scores", meanTimes({0, 0}), {0, 1})
                                  .bytes();
    for (const double share : {0.02, 0.5, 0.98}) {
        say(folder / "text.onnx", whole.substr(0, static_cast<size_t>(share * whole.size())));
        CHECK(detector("text.onnx") == ErrorCode::corruptData);
    }
    // Another network than the description says.
    std::filesystem::copy(folder / "l.onnx", folder / "swapped.onnx");
    std::filesystem::copy(folder / "d.json", folder / "swapped.json");
    CHECK(detector("swapped.onnx") == ErrorCode::corruptData);
    CHECK(loadOnnxLandmarker(folder / "swapped.onnx").error().code == ErrorCode::corruptData);
    for (
        const char* text :
        {"", "[]", "{\"kind\":\"detector\"}",
         R"({"kind":"detector","input":{"width":16,"height":16,"channels":1},"boxes":"boxes","scores":"scores","classes":3})",
         R"({"kind":"detector","input":{"width":16,"height":16,"channels":1},"boxes":"boxes","scores":"gone","classes":2})",
         R"({"kind":"detector","input":{"width":99999,"height":16},"boxes":"boxes","scores":"scores"})",
         R"({"kind":"detector","input":{"width":16,"height":16,"channels":1},"boxes":"boxes","scores":"scores","classes":2,"face":2})"}) {
        INFO(text);
        say(folder / "d.json", text);
        CHECK(detector("d.onnx") == ErrorCode::corruptData);
    }
}

TEST_CASE("the site's settings choose the models, the user's before the machine's") {
    const TempFolder folder;
    std::filesystem::create_directories(folder / "etc");
    const std::vector<std::filesystem::path> files = {folder / "etc/site.json",
                                                      folder / "user.json"};
    CHECK(siteFaceModels(files)->detector == "default");
    say(files[0], R"({"face.detector": "d.onnx", "face.landmarker": "/m/l.onnx", "other": 1})");
    CHECK(siteFaceModels(files)->detector == (folder / "etc/d.onnx").string());
    say(files[1], R"({"face.landmarker": "default"})");
    CHECK(siteFaceModels(files)->detector == (folder / "etc/d.onnx").string());
    CHECK(siteFaceModels(files)->landmarker == "default");
    for (const char* text : {"{", "[]", R"({"face.detector": 3})", R"({"face.detector": ""})"}) {
        say(files[1], text);
        REQUIRE_FALSE(siteFaceModels(files).ok());
        CHECK(siteFaceModels(files).error().code == ErrorCode::environment);
        CHECK(siteFaceModels(files).error().where == files[1].string());
    }
}

TEST_CASE("a model's identity follows its files, and both are loaded") {
    const TempFolder folder;
    writeDetector(folder / "d.onnx");
    writeLandmarker(folder / "l.onnx");
    const FaceModelChoice choice{(folder / "d.onnx").string(), (folder / "l.onnx").string()};
    const std::string before = faceModelsIdentity(choice).value();
    CHECK(faceModelsIdentity({}).value() != before);
    CHECK(faceModelsIdentity(choice).value() == before);
    const auto models = loadFaceModels(choice);
    REQUIRE(models.ok());
    const Image white = grayOf(320, 320, 255);
    const auto boxes = models->makeDetector()->detect(white, 0);
    REQUIRE(boxes.size() == 1);
    const Point first = models->landmarker->landmarks(white, boxes[0])[0];
    CHECK(first.x == Approx(boxes[0].left + boxes[0].size() * templateFace()[0].x).margin(0.01));
    writeDetector(folder / "d.onnx", R"(,"shift":0.1)");
    CHECK(faceModelsIdentity(choice).value() != before);
    std::filesystem::remove(folder / "l.onnx");
    CHECK(faceModelsIdentity(choice).error().code == ErrorCode::environment);
    CHECK(loadFaceModels(choice).error().code == ErrorCode::environment);
}

TEST_CASE("the default model's identity follows the file that the environment names") {
    const auto usual = findLandmarkModel();
    REQUIRE(usual.ok());
    const TempFolder folder;
    const auto named = folder / "own.dat";
    std::filesystem::copy_file(*usual, named);
    const std::string before = faceModelsIdentity({}).value();
    const ScopedVariable variable("UNDERSTUDY_LANDMARK_MODEL", named.string());
    const std::string own = faceModelsIdentity({}).value();
    CHECK(own != before);
    std::ofstream(named, std::ios::app) << "x";
    CHECK(faceModelsIdentity({}).value() != own);
    std::filesystem::remove(named);
    CHECK(faceModelsIdentity({}).error().remedy.find("UNDERSTUDY_LANDMARK_MODEL") !=
          std::string::npos);
}
