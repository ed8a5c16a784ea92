#include <catch2/catch.hpp>
#include <fstream>
#include <random>

#include "media/base/file.h"
#include "media/frame/image_ops.h"
#include "media/source/frame_source.h"
#include "media/source/image_file.h"
#include "tests/media/source/fixtures.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

TEST_CASE("flipped, cut and swapped bytes never crash a reader", "[soak]") {
    const TempFolder folder;
    const std::vector<std::string> h264 = {"-c:v", "libx264", "-bf", "2", "-g", "6"};
    makeNumbered(folder / "a.mp4", 12, "64x48", h264);
    makeNumbered(folder / "a.mkv", 12, "64x48", h264);
    makeNumbered(folder / "a.avi", 12, "64x48", h264);
    makeNumbered(folder / "a.ts", 12, "64x48", h264);
    makeNumbered(folder / "a.mov", 6, "64x48", {"-c:v", "prores_ks"});
    Image picture(40, 30, 4, SampleType::u8);
    for (size_t i = 0; i < picture.size(); ++i) {
        picture.data()[i] = static_cast<std::byte>(i * 31 + i / 40);
    }
    for (const char* name : {"a.png", "a.exr", "a.dpx", "a.tif", "a.jpg"}) {
        REQUIRE(writeImage(folder / name, picture).ok());
    }
    std::mt19937 random(3);
    for (const std::string name : {"a.mp4", "a.mkv", "a.avi", "a.ts", "a.mov", "a.png", "a.exr",
                                   "a.dpx", "a.tif", "a.jpg"}) {
        auto whole = readFile(folder / name);
        REQUIRE(whole.ok());
        int opened = 0;
        for (int round = 0; round < 120; ++round) {
            std::string bytes = *whole;
            const size_t flips = 1 + random() % 12;
            for (size_t i = 0; i < flips; ++i) {
                // Headers more often than the rest.
                const size_t limit =
                    i % 2 == 0 ? std::min<size_t>(bytes.size(), 400) : bytes.size();
                bytes[random() % limit] = static_cast<char>(random());
            }
            if (round % 5 == 0) {
                bytes.resize(random() % bytes.size());
            }
            const auto damaged = folder / ("damaged." + std::to_string(round) + "." + name);
            std::ofstream(damaged, std::ios::binary) << bytes;
            auto source = openSource(damaged.string());
            if (source.ok()) {
                ++opened;
                for (int i = 0; i < 20; ++i) {
                    auto frame = (*source)->next();
                    if (!frame.ok() || !frame->has_value()) {
                        break;
                    }
                }
                for (FrameNumber n = (*source)->info().last; n > (*source)->info().last - 4; --n) {
                    const auto frame = (*source)->read(n);
                    if (!frame.ok()) {
                        CHECK_FALSE(frame.error().message.empty());
                    }
                }
            } else {
                CHECK_FALSE(source.error().remedy.empty());
            }
            std::filesystem::remove(damaged);
        }
        WARN(name << ": " << opened << " of 120 opened");
    }
}
