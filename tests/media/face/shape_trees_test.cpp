#include "media/face/shape_trees.h"

#include <dlib/image_processing/shape_predictor.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "media/face/face_detector.h"
#include "media/face/landmarker.h"
#include "media/face/shape_trees_cache.h"
#include "tests/media/face/rendered_take.h"
#include "tests/media/face/tiny_model.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::TempFolder;
using understudy::tests::TinyModel;

namespace {

std::filesystem::path written(const TempFolder& folder, const std::string& bytes) {
    const std::filesystem::path path = folder / "model.dat";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

}  // namespace

TEST_CASE("points lie where dlib's own predictor puts them") {
    const auto path = findLandmarkModel();
    REQUIRE(path.ok());
    const auto trees = ShapeTrees::read(*path);
    REQUIRE(trees.ok());
    dlib::shape_predictor theirs;
    dlib::deserialize(path->string()) >> theirs;

    TakeOptions options;
    options.frames = 3;
    const auto detector = loadFaceDetector()();
    const tests::RenderedTake take = tests::renderedTake(3, options, 640, 480);
    for (const RenderedFrame& frame : take.frames) {
        const Image gray = tests::grayOf(frame.picture);
        dlib::array2d<unsigned char> picture(gray.height(), gray.width());
        for (int y = 0; y < gray.height(); ++y) {
            std::copy_n(gray.row<uint8_t>(y), gray.width(), picture.begin() + y * gray.width());
        }
        std::vector<FaceBox> boxes = detector->detect(gray, 0);
        REQUIRE(boxes.size() == 1);
        // A little larger, and so moved that half of it is outside.
        const FaceBox& face = boxes.front();
        boxes.push_back({face.left - 5, face.top - 8, face.right + 7, face.bottom + 4, 0});
        const std::vector<Landmarks> ours = trees->place(gray, boxes);
        for (size_t k = 0; k < boxes.size(); ++k) {
            const dlib::rectangle box(boxes[k].left, boxes[k].top, boxes[k].right - 1,
                                      boxes[k].bottom - 1);
            const dlib::full_object_detection found = theirs(picture, box);
            double apart = 0;
            for (int i = 0; i < kLandmarkCount; ++i) {
                const Point p = {found.part(i).x() + 0.5, found.part(i).y() + 0.5};
                apart += distance(p, ours[k][i]) / kLandmarkCount;
            }
            // Theirs are whole pixels, 0.38 px off on average; and where a sum lies between two
            // pixels, both look at the one or the other, and go on from there.
            INFO("box " << k);
            CHECK(apart < 0.38 + 0.006 * boxes[k].size());
            // Boxes do not depend on each other.
            CHECK(trees->place(gray, std::span(&boxes[k], 1)).front() == ours[k]);
        }
    }
}

TEST_CASE("a model's kept form gives the same points, as long as it belongs to it and is whole") {
    const TempFolder folder;
    const std::filesystem::path model = written(folder, TinyModel().bytes());
    const std::filesystem::path cache = folder / "cache";
    Image gray(80, 60, 1, SampleType::u8);
    for (int y = 0; y < gray.height(); ++y) {
        for (int x = 0; x < gray.width(); ++x) {
            gray.row<uint8_t>(y)[x] = static_cast<uint8_t>(x * 3 + y * y);
        }
    }
    const std::vector<FaceBox> boxes = {{10, 8, 50, 48, 1}, {22, 5, 70, 52, 1}};
    const auto points = [&](const std::filesystem::path& place) {
        const auto trees = readKeptShapeTrees(model, place);
        return trees.ok() ? trees->place(gray, boxes) : std::vector<Landmarks>();
    };
    const std::vector<Landmarks> first = ShapeTrees::read(model)->place(gray, boxes);
    CHECK(points(cache) == first);
    REQUIRE(std::distance(std::filesystem::directory_iterator(cache), {}) == 1);
    const std::filesystem::path kept = *std::filesystem::directory_iterator(cache);

    // What the file says now does not matter as long as it looks the same.
    const auto time = std::filesystem::last_write_time(model);
    const std::string bytes = TinyModel().bytes();
    written(folder, std::string(bytes.size(), 'x'));
    std::filesystem::last_write_time(model, time);
    CHECK(points(cache) == first);
    CHECK(points(folder / "other").empty());

    SECTION("the file is a newer one") {
        std::filesystem::last_write_time(model, time + std::chrono::seconds(1));
        CHECK(points(cache).empty());
    }
    SECTION("the kept form is damaged") {
        written(folder, bytes);
        std::filesystem::last_write_time(model, time);
        const auto size = std::filesystem::file_size(kept);
        for (const auto at : {size_t{0}, size_t{20}, size_t{100}, size_t{size / 2}, size - 1}) {
            {
                std::fstream file(kept, std::ios::in | std::ios::out | std::ios::binary);
                file.seekp(static_cast<std::streamoff>(at));
                file.put('\xA5');
            }
            CHECK(points(cache) == first);
            CHECK(std::filesystem::file_size(kept) == size);  // made again
        }
        std::filesystem::resize_file(kept, size / 3);
        CHECK(points(cache) == first);
        std::filesystem::resize_file(kept, 0);
        CHECK(points(cache) == first);
    }
    SECTION("there is no place for it") {
        written(folder, bytes);
        CHECK(points("/proc/nowhere") == first);
        CHECK(points({}) == first);
    }
}

TEST_CASE("what is no model of 68 points is refused wherever it is damaged") {
    const TempFolder folder;
    const std::string good = TinyModel().bytes();
    REQUIRE(ShapeTrees::read(written(folder, good)).ok());
    for (size_t length = 0; length < good.size(); ++length) {
        const auto cut = ShapeTrees::read(written(folder, good.substr(0, length)));
        REQUIRE_FALSE(cut.ok());
        CHECK((cut.error().code == ErrorCode::corruptData ||
               (length == 0 && cut.error().code == ErrorCode::missingInput)));
    }
    CHECK_FALSE(ShapeTrees::read(written(folder, good + "x")).ok());
    CHECK_FALSE(ShapeTrees::read(written(folder, TinyModel(5).bytes())).ok());
    // A split that looks at a pixel that is not probed.
    CHECK_FALSE(ShapeTrees::read(written(folder, TinyModel(kLandmarkCount, 2).bytes())).ok());
    CHECK(ShapeTrees::read(folder / "none").error().code == ErrorCode::missingInput);
}
