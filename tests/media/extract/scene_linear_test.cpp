// A scene-linear plate becomes faces in ACEScct, whose values are the plate's.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>

#include "media/color/color_transforms.h"
#include "media/faceset/pack.h"
#include "media/frame/half.h"
#include "media/frame/resample.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "media/truth/performer_clips.h"
#include "tests/media/extract/reference.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr FrameNumber kFirst = 1001;
constexpr int kFrames = 5;

// A performer in scene-linear EXR, with light above 1, some below 0, and two broken pixels.
void writePlate(const TempFolder& folder) {
    PerformerClips clips;
    clips.folder = folder / "clips";
    clips.performers = 1;
    clips.frames = kFrames;
    clips.width = 480;
    clips.height = 360;
    const auto written = writePerformerClips(clips);
    REQUIRE(written.ok());
    auto movie = openSource(written->clips.front().string());
    REQUIRE(movie.ok());
    const auto colors = ColorTransforms::fromConfig("");
    SinkOptions options;
    options.width = clips.width;
    options.height = clips.height;
    options.encoding = {"scene_linear"};
    auto sink = createSink((folder / "plate.%04d.exr").string(), options);
    REQUIRE(sink.ok());
    for (int i = 0; i < kFrames; ++i) {
        auto frame = (*movie)->next();
        REQUIRE((frame.ok() && frame->has_value()));
        auto linear = colors.convert((*frame)->pixels, (*frame)->encoding, {"scene_linear"});
        REQUIRE(linear.ok());
        for (int y = 0; y < linear->height(); ++y) {
            float* sample = linear->row<float>(y);
            for (int x = 0; x < linear->width() * 3; ++x) {
                sample[x] = sample[x] * 2.5F - 0.002F;
            }
        }
        Frame out = std::move(**frame);
        out.number = kFirst + i;
        out.encoding = {"scene_linear"};
        out.pixels = std::move(*linear);
        out.pixels.row<float>(180)[240 * 3] = std::nanf("");
        out.pixels.row<float>(182)[244 * 3 + 1] = HUGE_VALF;
        REQUIRE((*sink)->write(out).ok());
    }
    REQUIRE((*sink)->finish().ok());
}

}  // namespace

TEST_CASE("faces of a scene-linear plate are ACEScct in half floats, with the plate's values") {
    const TempFolder folder;
    const ScopedVariable none("OCIO", std::nullopt);
    writePlate(folder);
    const auto plate = folder / "plate.1001.exr";
    Project project = projectOf(folder / "p.understudy", plate);
    const ExtractResult result = extracted(project, "plate.1001", {.size = 128, .threads = 2});
    CHECK(result.found == kFrames);
    CHECK(result.warnings.empty());
    const auto index =
        project.facesetFolder() / packIndexName("plate.1001", FaceType::wholeFace, 128);
    const auto pack = PackReader::open(index);
    REQUIRE(pack.ok());
    CHECK(pack->header().encoding == "acescct");
    CHECK(pack->header().sample == PackSample::f16);
    REQUIRE(pack->size() == kFrames);

    const auto colors = ColorTransforms::fromConfig("");
    auto source = openSource(plate.string());
    REQUIRE(source.ok());
    for (size_t i = 0; i < pack->size(); ++i) {
        REQUIRE(pack->verify(i).ok());
        const FaceRecord record = pack->record(i);
        CHECK(record.frame == kFirst + static_cast<FrameNumber>(i));
        Image code(128, 128, 3, SampleType::f16);
        REQUIRE(pack->pixels(i).size() == code.size());
        std::memcpy(code.data(), pack->pixels(i).data(), code.size());
        auto light = colors.convert(code, {"acescct"}, {"scene_linear"});
        REQUIRE(light.ok());
        const auto frame = (*source)->read(record.frame);
        REQUIRE(frame.ok());
        const Image expected =
            toFloat(resample(frame->pixels, record.alignedFromFrame, 128, 128, Border::replicate));
        int broken = 0;
        int wrong = 0;
        float brightest = 0;
        for (int y = 0; y < 128; ++y) {
            for (int x = 0; x < 128 * 3; ++x) {
                const float is = light->row<float>(y)[x];
                const float was = expected.row<float>(y)[x];
                wrong += std::isfinite(is) ? 0 : 1;
                if (!std::isfinite(was)) {
                    ++broken;
                    continue;
                }
                brightest = std::max(brightest, is);
                // Half a step of a half float between 0.5 and 1, where a stop is 1/17.52; below
                // the logarithm's toe the code is linear.
                const float tolerance = std::max(std::abs(was) * 0.0035F, 4e-5F);
                wrong += std::abs(is - was) > tolerance ? 1 : 0;
            }
        }
        CHECK(wrong == 0);
        CHECK(brightest > 1);
        CHECK(broken > 0);
    }
    // The truth is the same whichever way the pixels are kept, and nothing is written again.
    const ExtractResult again = extracted(project, "plate.1001", {.size = 128, .threads = 1});
    CHECK(again.searched == 0);
    CHECK(again.warnings.empty());
}

TEST_CASE("an OpenColorIO configuration that is too new is warned of once, and done without") {
    const TempFolder folder;
    writePlate(folder);
    std::ofstream(folder / "new.ocio") << "ocio_profile_version: 2.9\n\nroles:\n  default: raw\n";
    const ScopedVariable newer("OCIO", (folder / "new.ocio").string());
    Project project = projectOf(folder / "p.understudy", folder / "plate.1001.exr");
    const ExtractResult result = extracted(project, "plate.1001", {.size = 64, .threads = 2});
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].find("version 2.9") != std::string::npos);
    CHECK(result.warnings[0].find("OpenColorIO 2.") != std::string::npos);
    const auto pack = PackReader::open(project.facesetFolder() /
                                       packIndexName("plate.1001", FaceType::wholeFace, 64));
    REQUIRE(pack.ok());
    CHECK(pack->header().encoding == "acescct");
    CHECK(pack->size() == kFrames);
}
