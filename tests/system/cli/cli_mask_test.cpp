// Painted corrections through the program, over a plate that the test makes.
#include <catch2/catch.hpp>
#include <filesystem>

#include "media/project/project.h"
#include "media/source/image_file.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using media::Image;
using tests::checkRefused;
using tests::CommandDesk;
using tests::Json;

namespace {

constexpr int kWidth = 200;
constexpr int kHeight = 160;

Image evenPicture(int channels, uint8_t value) {
    Image picture(kWidth, kHeight, channels, media::SampleType::u8);
    std::fill_n(picture.row<uint8_t>(0), picture.size(), value);
    return picture;
}

// A face about 80 pixels wide in the middle.
media::Landmarks landmarks() {
    media::Landmarks points{};
    for (int i = 0; i < 17; ++i) {  // jaw, from ear to ear
        const double angle = 3.14159265 * i / 16;
        points[static_cast<size_t>(i)] = {100 - 40 * std::cos(angle), 70 + 55 * std::sin(angle)};
    }
    for (int i = 0; i < 10; ++i) {
        points[static_cast<size_t>(17 + i)] = {66 + 7.5 * i, 55};
    }
    for (int i = 27; i < 68; ++i) {
        points[static_cast<size_t>(i)] = {80 + (i % 8) * 5.0, 66 + (i - 27) * 0.9};
    }
    points[36] = {72, 68};
    points[45] = {128, 68};
    return points;
}

// A project with the clip "shot", frames 11 to 13, of which 12 has a face.
std::filesystem::path makeShot(const CommandDesk& desk) {
    const std::filesystem::path folder = desk.workplace().folder() / "plates";
    std::filesystem::create_directories(folder);
    for (int frame = 11; frame <= 13; ++frame) {
        REQUIRE(media::writeImage(folder / ("shot." + std::to_string(frame) + ".png"),
                                  evenPicture(3, 200))
                    .ok());
    }
    desk.mustDo({"new", desk.project()});
    desk.mustDo({"import", desk.project(), "--performer", "A", (folder / "shot.##.png").string()});
    auto project = media::Project::open(desk.project());
    media::FaceTruth face;
    face.frame = 12;
    face.how = media::FoundHow::detected;
    face.landmarks = landmarks();
    REQUIRE(project->putFaces("shot", std::span(&face, 1)).ok());
    return folder;
}

int redAt(const Image& picture, int x, int y) {
    return picture.row<uint8_t>(y)[picture.channels() * x];
}

}  // namespace

TEST_CASE("a mask is painted, shown and cleared by command") {
    const CommandDesk desk;
    const std::filesystem::path folder = makeShot(desk);
    // Near mid grey, as another program may write it; black over half the face, white above it.
    Image paint = evenPicture(1, 127);
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            if (y >= 70 && x < 100) {
                paint.row<uint8_t>(y)[x] = 0;
            } else if (y < 20 && x >= 150) {
                paint.row<uint8_t>(y)[x] = 255;
            }
        }
    }
    const std::string painting = (folder / "paint.png").string();
    REQUIRE(media::writeImage(painting, paint).ok());
    const std::vector<std::string> verb = {"mask", desk.project(), "--clip",
                                           "shot", "--frame",      "12"};
    const auto with = [&verb](std::vector<std::string> more) {
        more.insert(more.begin(), verb.begin(), verb.end());
        return more;
    };
    const std::string before = (folder / "before.png").string();
    const Json plain = desk.mustDo(with({"--show", before}));
    CHECK(plain["mask"] == "outline");
    CHECK(plain["painted_frames"].empty());

    const Json done = desk.mustDo(with({"--paint", painting}));
    CHECK(done["verb"] == "mask");
    CHECK(done["clip"] == "shot");
    CHECK(done["frame"] == 12);
    CHECK(done["removed_px"] == 90 * 100);
    CHECK(done["added_px"] == 20 * 50);
    CHECK(done["painted_frames"] == Json::array({12}));
    CHECK(done["show"].is_null());

    const std::string after = (folder / "after.png").string();
    CHECK(desk.mustDo(with({"--show", after}))["show"] == after);
    const auto first = media::readImage(before);
    const auto second = media::readImage(after);
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    CHECK(second->width() == kWidth);
    CHECK(redAt(*first, 85, 85) == 200);  // face
    CHECK(redAt(*first, 5, 5) < 80);      // not
    CHECK(redAt(*second, 115, 85) == 200);
    // Removed: dark and red; added: bright, less red than the plate.
    CHECK(redAt(*second, 85, 85) > 100);
    CHECK(second->row<uint8_t>(85)[3 * 85 + 1] < 60);
    CHECK(second->row<uint8_t>(5)[3 * 170 + 1] > 200);

    CHECK(desk.mustDo(with({"--clear"}))["painted_frames"].empty());
    CHECK(desk.mustDo(with({"--show", after}))["removed_px"] == 0);
    const auto third = media::readImage(after);
    CHECK(std::equal(first->data(), first->data() + first->size(), third->data()));
    // It is in the log.
    CHECK(media::Project::open(desk.project())->auditLog()->back().action == "mask");
}

TEST_CASE("what is transparent is not painted, and frames without a face take corrections") {
    const CommandDesk desk;
    const std::filesystem::path folder = makeShot(desk);
    Image paint = evenPicture(4, 0);
    for (int x = 10; x < 30; ++x) {
        uint8_t* pixel = paint.row<uint8_t>(50) + 4 * x;
        pixel[3] = 255;  // black
    }
    REQUIRE(media::writeImage(folder / "alpha.png", paint).ok());
    const Json done =
        desk.mustDo({"mask", desk.project(), "--clip", "shot", "--frame", "13", "--paint",
                     (folder / "alpha.png").string(), "--show", (folder / "shown.png").string()});
    CHECK(done["removed_px"] == 20);
    CHECK(done["added_px"] == 0);
    CHECK(done["mask"] == "none");
}

TEST_CASE("masks that cannot be painted are refused by name") {
    const CommandDesk desk;
    const std::filesystem::path folder = makeShot(desk);
    REQUIRE(media::writeImage(folder / "small.png", Image(20, 10, 1, media::SampleType::u8)).ok());
    const std::string small = (folder / "small.png").string();
    const auto tried = [&](const std::string& clip, const std::string& frame,
                           std::vector<std::string> more) {
        more.insert(more.begin(), {"mask", desk.project(), "--clip", clip, "--frame", frame});
        return desk.cli(more);
    };
    checkRefused(tried("shot", "12", {}), 64);
    checkRefused(tried("shot", "12", {"--clear", "--paint", small}), 64);
    checkRefused(tried("shot", "99", {"--clear"}), 64);
    checkRefused(tried("none", "12", {"--clear"}), 64);
    const Json wrong = tried("shot", "12", {"--paint", small});
    checkRefused(wrong, 64);
    CHECK(wrong["error"]["message"].get<std::string>().find("200x160") != std::string::npos);
    checkRefused(tried("shot", "12", {"--paint", (folder / "absent.png").string()}), 66);
    CHECK(media::Project::open(desk.project())->maskCorrections("shot")->empty());
}
