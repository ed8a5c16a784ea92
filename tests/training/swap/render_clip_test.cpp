// From project and run to files, in one process.
#include "training/swap/render_clip.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "media/project/project.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "tests/training/swap/made_project.h"

using namespace understudy;
using namespace understudy::tests;
using training::RenderRequest;
namespace fs = std::filesystem;

namespace {

RenderRequest requestFor(const MadeProject& made, const std::string& out) {
    RenderRequest request;
    request.project = made.folder();
    request.run = "r01";
    request.clip = "plate";
    request.out = made.path(out);
    request.device = "cpu";
    request.precision = "fp32";
    request.threads = 1;
    return request;
}

std::string bytesOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

media::Image pixelsOf(const std::string& path, int frame) {
    auto source = media::openSource(path);
    REQUIRE(source.ok());
    auto read = (*source)->read(frame);
    REQUIRE(read.ok());
    return std::move(read->pixels);
}

bool same(const media::Image& a, const media::Image& b) {
    return a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace

TEST_CASE("a clip is rendered to a sequence with the plate's numbers") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "new/folder/swap.####.png");
    request.contactSheet = made.path("sheets/sheet.png");
    std::vector<training::RenderProgress> progress;
    training::RenderEvents events;
    events.progressed = [&](const auto& p) { progress.push_back(p); };
    const auto report = training::renderClip(request, events, {});
    REQUIRE(report.ok());
    CHECK(report->frames == MadeProject::kFrames);
    CHECK(report->swapped == MadeProject::kFrames - 2);
    CHECK(report->passedThrough ==
          std::vector<media::FrameNumber>{MadeProject::kFaceless, MadeProject::kRejected});
    CHECK(report->made == MadeProject::kFrames);
    CHECK(report->step == 9);
    CHECK(report->framesPerSecond > 0);
    REQUIRE_FALSE(progress.empty());
    CHECK(progress.back().done == MadeProject::kFrames);
    CHECK(progress.back().total == MadeProject::kFrames);
    CHECK(fs::exists(request.contactSheet));

    const std::string pattern = request.out;
    for (int frame : {1001, 1005, 1010, 1024}) {
        const bool passed = frame == MadeProject::kFaceless || frame == MadeProject::kRejected;
        CHECK(same(pixelsOf(pattern, frame), pixelsOf(made.platePattern(), frame)) == passed);
    }
    const auto project = media::Project::open(made.folder());
    CHECK(project->auditLog()->back().action == "swap");

    // Everything is there: nothing is made again, and the report says the same.
    const auto again = training::renderClip(request, {}, {});
    REQUIRE(again.ok());
    CHECK(again->made == 0);
    CHECK(again->swapped == report->swapped);
    CHECK(again->passedThrough == report->passedThrough);

    // --all swaps the rejected one; another setting makes all of them anew.
    request.all = true;
    const auto all = training::renderClip(request, {}, {});
    REQUIRE(all.ok());
    CHECK(all->passedThrough == std::vector<media::FrameNumber>{MadeProject::kFaceless});
    CHECK(all->made == MadeProject::kFrames);
}

TEST_CASE("faces of others in a clip stay as they are, unless they are who is replaced") {
    const MadeProject made;
    auto project = *media::Project::open(made.folder());
    media::ClipRecord other = *project.clip("plate");
    other.name = "others";
    other.performer = std::string("C");
    REQUIRE(project.addClip(other).ok());
    std::vector<media::FaceTruth> faces = *project.faces("plate");
    REQUIRE(project.putFaces("others", faces).ok());
    REQUIRE(project.assignFaces("plate", std::vector<int64_t>{1003}, "C").ok());
    REQUIRE(project.assignFaces("plate", std::vector<int64_t>{1004}, "").ok());

    RenderRequest request = requestFor(made, "swap.####.png");
    request.frames = "1001-1010";
    request.all = true;  // rejected ones, not those of others
    std::vector<std::string> warnings;
    training::RenderEvents events;
    events.warned = [&](const std::string& text) { warnings.push_back(text); };
    const auto report = training::renderClip(request, events, {});
    REQUIRE(report.ok());
    CHECK(report->passedThrough ==
          std::vector<media::FrameNumber>{1003, 1004, MadeProject::kFaceless});
    CHECK(warnings.empty());

    // In the clip of C nobody whom the run replaces is found: C is, with a word about it.
    request.clip = "others";
    request.out = made.path("other.####.png");
    const auto instead = training::renderClip(request, events, {});
    REQUIRE(instead.ok());
    CHECK(instead->passedThrough == std::vector<media::FrameNumber>{MadeProject::kFaceless});
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("trained to replace B, but this clip shows C") != std::string::npos);

    // Now B is in it: those faces alone are swapped.
    REQUIRE(project.assignFaces("others", std::vector<int64_t>{1002, 1006}, "B").ok());
    warnings.clear();
    const auto some = training::renderClip(request, events, {});
    REQUIRE(some.ok());
    CHECK(some->swapped == 2);
    CHECK(some->made == 10);  // not what was there
    CHECK(warnings.empty());
}

TEST_CASE("a stopped sequence goes on and ends as if it had not been") {
    const MadeProject made;
    const RenderRequest whole = requestFor(made, "whole/f.####.png");
    REQUIRE(training::renderClip(whole, {}, {}).ok());

    const RenderRequest parts = requestFor(made, "parts/f.####.png");
    RenderRequest first = parts;
    first.frames = "1001-1009";
    REQUIRE(training::renderClip(first, {}, {}).ok());
    fs::remove(made.path("parts/f.1003.png"));          // lost
    fs::resize_file(made.path("parts/f.1004.png"), 0);  // torn by a crash of the machine
    const auto rest = training::renderClip(parts, {}, {});
    REQUIRE(rest.ok());
    CHECK(rest->made == MadeProject::kFrames - 7);
    CHECK(rest->frames == MadeProject::kFrames);
    for (int frame = 1001; frame <= 1024; ++frame) {
        const std::string name = "/f." + std::to_string(frame) + ".png";
        CHECK(bytesOf(made.path("whole" + name)) == bytesOf(made.path("parts" + name)));
    }
}

TEST_CASE("a stop keeps what is finished of a sequence and nothing of a movie") {
    const MadeProject made;
    std::stop_source stop;
    training::RenderEvents events;
    events.progressed = [&](const auto&) { stop.request_stop(); };
    for (const char* out : {"s/f.####.png", "m/movie.mp4"}) {
        const auto report = training::renderClip(requestFor(made, out), events, stop.get_token());
        REQUIRE_FALSE(report.ok());
        CHECK(report.error().code == ErrorCode::saved);
    }
    CHECK_FALSE(fs::exists(made.path("m/movie.mp4")));
    CHECK(training::renderClip(requestFor(made, "s/f.####.png"), {}, {}).ok());
}

TEST_CASE("a clip is rendered to a movie") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "deep/er/swap.mp4");
    request.contactSheet = made.path("sheet.png");
    const auto report = training::renderClip(request, {}, {});
    REQUIRE(report.ok());
    auto movie = media::openSource(request.out);
    REQUIRE(movie.ok());
    CHECK((*movie)->info().frames == MadeProject::kFrames);
    CHECK((*movie)->info().width == 200);
    CHECK(fs::exists(request.contactSheet));
    CHECK(std::distance(fs::directory_iterator(made.path("deep/er")), {}) == 1);
    request.frames = "1003-1006,1020";
    const auto some = training::renderClip(request, {}, {});
    REQUIRE(some.ok());
    CHECK(some->frames == 5);
    CHECK((*media::openSource(request.out))->info().frames == 5);
}

TEST_CASE("any face that the run learned can be put onto the clip") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "usual/swap.####.png");
    request.frames = "1001";
    REQUIRE(training::renderClip(request, {}, {}).ok());
    request.face = "A";  // the run's source, which is usual
    CHECK(training::renderClip(request, {}, {})->made == 0);
    RenderRequest other = requestFor(made, "other/swap.####.png");
    other.frames = "1001";
    other.face = "B";
    REQUIRE(training::renderClip(other, {}, {}).ok());
    CHECK_FALSE(same(pixelsOf(request.out, 1001), pixelsOf(other.out, 1001)));
    request.face = "B";  // in the place of the usual one: made again
    CHECK(training::renderClip(request, {}, {})->made == 1);
    CHECK(same(pixelsOf(request.out, 1001), pixelsOf(other.out, 1001)));

    request.face = "Nobody";
    const auto refused = training::renderClip(request, {}, {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::usage);
    CHECK(refused.error().message.find("Nobody") != std::string::npos);
    CHECK(refused.error().remedy == "Choose one of A, B.");
}

TEST_CASE("a version is delivered in another form and stays what it is") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "v/swap.####.png");
    request.frames = "1001-1003";
    request.checkpoint = 9;
    REQUIRE(training::renderClip(request, {}, {})->version == "v001");
    RenderRequest delivery = request;
    delivery.deliver = "v001";
    delivery.out = made.path("d/other.####.png");
    std::vector<std::string> warnings;
    training::RenderEvents events;
    events.warned = [&](const std::string& text) { warnings.push_back(text); };
    const auto report = training::renderClip(delivery, events, {});
    REQUIRE(report.ok());
    CHECK(report->version == "v001");
    CHECK(same(pixelsOf(request.out, 1002), pixelsOf(delivery.out, 1002)));
    CHECK(std::filesystem::exists(made.path("d/other.1003.png")));
    for (const std::string& warning : warnings) {
        CHECK(warning.find("not as") == std::string::npos);
    }
    {
        const auto project = media::Project::open(made.folder());
        CHECK(project->versions()->size() == 1);
        CHECK(project->auditLog()->back().action == "deliver");
    }
    delivery.options.erode = 0.05;
    delivery.out = made.path("e/swap.####.tif");
    REQUIRE(training::renderClip(delivery, events, {}).ok());
    CHECK(std::count(warnings.begin(), warnings.end(), "not as v001 was made: erode") == 1);

    delivery.out = request.out;  // of the version itself
    CHECK(training::renderClip(delivery, {}, {}).error().message ==
          "these are the pictures of v001 of plate");
    delivery.out = made.path("f/swap.####.tif");
    delivery.checkpoint = 5;
    CHECK(training::renderClip(delivery, {}, {}).error().code == ErrorCode::usage);
    delivery.checkpoint = 9;
    delivery.deliver = "v007";
    CHECK(training::renderClip(delivery, {}, {}).error().code == ErrorCode::usage);
}

TEST_CASE("damaged pictures of a version are made again, and only as they were") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "v/swap.####.png");
    request.frames = "1001-1003";
    request.checkpoint = 9;
    REQUIRE(training::renderClip(request, {}, {})->version == "v001");
    const auto whole = pixelsOf(request.out, 1002);
    const std::string damaged = media::sequenceFile(request.out, 1002);
    std::ofstream(damaged, std::ios::trunc) << "no picture";
    RenderRequest again = request;
    again.deliver = "v001";
    again.restore = true;
    again.frames = "1002";
    const auto report = training::renderClip(again, {}, {});
    REQUIRE(report.ok());
    CHECK(report->made == 1);
    CHECK(report->restored);
    CHECK(report->version == "v001");
    CHECK(same(pixelsOf(request.out, 1002), whole));
    {
        const auto project = media::Project::open(made.folder());
        CHECK(project->versions()->size() == 1);
        CHECK(project->auditLog()->back().action == "restore");
    }
    // Nothing of it is left to do for whoever goes on with the render.
    CHECK(training::renderClip(request, {}, {})->made == 0);

    RenderRequest elsewhere = again;
    elsewhere.out = made.path("w/swap.####.png");
    CHECK(training::renderClip(elsewhere, {}, {}).error().message ==
          "these are not the pictures of v001");
    again.options.erode = 0.05;
    const auto refused = training::renderClip(again, {}, {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "v001 would not be what it was: erode");
    CHECK(same(pixelsOf(request.out, 1002), whole));
}

TEST_CASE("a preview leaves nothing behind but its picture") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "p/swap.####.png");
    request.frames = "1007";
    request.preview = true;
    const auto before = media::Project::open(made.folder())->auditLog()->size();
    const auto report = training::renderClip(request, {}, {});
    REQUIRE(report.ok());
    CHECK(report->version.empty());
    CHECK(fs::exists(made.path("p/swap.1007.png")));
    const auto project = media::Project::open(made.folder());
    CHECK(project->versions()->empty());
    CHECK(project->auditLog()->size() == before);
    CHECK(fs::is_empty(made.folder() / "versions"));
}

TEST_CASE("a certain checkpoint gives another picture") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "a/f.####.png");
    request.frames = "1007";
    REQUIRE(training::renderClip(request, {}, {}).ok());
    request.out = made.path("b/f.####.png");
    request.checkpoint = 5;
    const auto report = training::renderClip(request, {}, {});
    REQUIRE(report.ok());
    CHECK(report->step == 5);
    CHECK(bytesOf(made.path("a/f.1007.png")) != bytesOf(made.path("b/f.1007.png")));
}

TEST_CASE("what cannot be rendered is refused with a code and a remedy") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "o/f.####.png");
    const auto refused = [&](ErrorCode code) {
        const auto report = training::renderClip(request, {}, {});
        REQUIRE_FALSE(report.ok());
        INFO(describe(report.error()));
        CHECK(report.error().code == code);
        CHECK_FALSE(report.error().remedy.empty());
        return report.error();
    };
    SECTION("unknown run") {
        request.run = GENERATE("none", "", "../r01", ".");
        refused(ErrorCode::usage);
    }
    SECTION("unknown clip") {
        request.clip = "none";
        refused(ErrorCode::usage);
    }
    SECTION("unknown step") {
        request.checkpoint = 7;
        CHECK(refused(ErrorCode::usage).remedy.find("5, 9") != std::string::npos);
    }
    SECTION("frames that are not there") {
        request.frames = GENERATE("1-1000", "x");
        refused(ErrorCode::usage);
    }
    SECTION("over the plate") {
        const std::string before = bytesOf(made.plate(1001));
        const char* wrong = GENERATE("plate/plate.####.png", "plate/../plate/plate.%04d.png",
                                     "plate/plate.@@@@.png");
        request.out = made.path(wrong);
        refused(ErrorCode::usage);
        CHECK(bytesOf(made.plate(1001)) == before);
    }
    SECTION("an unknown kind of file") {
        request.out = made.path("o/f.xyz");
        refused(ErrorCode::usage);
    }
    SECTION("no project") {
        request.project = made.path("nothing");
        refused(ErrorCode::missingInput);
    }
    SECTION("the plate is gone") {
        fs::remove_all(made.path("plate"));
        refused(ErrorCode::missingInput);
    }
    SECTION("no checkpoint yet") {
        fs::remove_all(made.run() / "checkpoints");
        refused(ErrorCode::usage);
    }
    SECTION("every checkpoint damaged") {
        for (const char* step : {"step-00000005", "step-00000009"}) {
            fs::resize_file(made.run() / "checkpoints" / step / "ema.safetensors", 100);
        }
        refused(ErrorCode::corruptData);
    }
    SECTION("the folder cannot be made") {
        std::ofstream(made.path("file")) << "in the way";
        request.out = made.path("file/f.####.png");
        refused(ErrorCode::cannotWrite);
    }
}

TEST_CASE("a damaged newest checkpoint falls back to the one before, with a word") {
    const MadeProject made;
    fs::resize_file(made.run() / "checkpoints" / "step-00000009" / "ema.safetensors", 100);
    RenderRequest request = requestFor(made, "o/f.####.png");
    request.frames = "1001";
    std::vector<std::string> warnings;
    training::RenderEvents events;
    events.warned = [&](const std::string& text) { warnings.push_back(text); };
    const auto report = training::renderClip(request, events, {});
    REQUIRE(report.ok());
    CHECK(report->step == 5);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("step-00000009") != std::string::npos);
}

TEST_CASE("a network trained in another encoding is refused") {
    const MadeProject made("acescct");
    const auto report = training::renderClip(requestFor(made, "o/f.####.png"), {}, {});
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().code == ErrorCode::usage);
    CHECK(report.error().message.find("acescct") != std::string::npos);
}

TEST_CASE("a render becomes the next version of its clip and keeps its model") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "a.mp4");
    request.frames = "1003-1006,1008";
    const auto first = training::renderClip(request, {}, {});
    REQUIRE(first.ok());
    CHECK(first->version == "v001");
    CHECK(first->frameList == "1003-1006,1008");
    {
        const auto project = media::Project::open(made.folder(), true);
        const auto version = project->version("plate", "v001");
        REQUIRE(version.ok());
        CHECK(version->run == "r01");
        CHECK(version->step == 9);
        CHECK(version->frames == "1003-1006,1008");
        CHECK(project->resultPath(version->out) == request.out);
        const fs::path model = project->versionFolder(*version);
        CHECK(fs::exists(model / "plan.json"));
        CHECK(fs::exists(model / "checkpoints" / "step-00000009" / "manifest.json"));
        CHECK(fs::exists(model / "checkpoints" / "latest"));
    }
    // The same again is the same version; other settings are the next.
    CHECK(training::renderClip(request, {}, {})->version == "v001");
    request.options.erode = 0.04;
    request.out = made.path("b.mp4");
    CHECK(training::renderClip(request, {}, {})->version == "v002");
    CHECK(media::Project::open(made.folder(), true)->versions()->size() == 2);
    // Whatever becomes of the run, the version renders.
    const std::string before = bytesOf(made.path("a.mp4"));
    fs::remove_all(made.folder() / "runs" / "r01" / "checkpoints");
    request = requestFor(made, "a.mp4");
    request.frames = "1003-1006,1008";
    const auto again = training::renderClip(request, {}, {});
    REQUIRE(again.ok());
    CHECK(again->step == 9);
    CHECK(again->version == "v001");
    CHECK(bytesOf(made.path("a.mp4")) == before);
}

TEST_CASE("a matte says what of each pixel is the new face") {
    const MadeProject made;
    RenderRequest request = requestFor(made, "swap.####.png");
    request.matte = made.path("matte.####.png");
    request.frames = "1004-1006";
    REQUIRE(training::renderClip(request, {}, {}).ok());
    for (int frame = 1004; frame <= 1006; ++frame) {
        const media::Image plate = pixelsOf(made.platePattern(), frame);
        const media::Image swap = pixelsOf(request.out, frame);
        const media::Image matte = pixelsOf(request.matte, frame);
        REQUIRE(matte.width() == plate.width());
        int white = 0;
        for (int y = 0; y < plate.height(); ++y) {
            for (int x = 0; x < plate.width(); ++x) {
                const uint8_t level = matte.row<uint8_t>(y)[matte.channels() * x];
                white += level > 128 ? 1 : 0;
                if (level == 0) {
                    const auto pixel = static_cast<size_t>(3 * x);
                    REQUIRE(std::equal(plate.row<uint8_t>(y) + pixel,
                                       plate.row<uint8_t>(y) + pixel + 3,
                                       swap.row<uint8_t>(y) + pixel));
                }
            }
        }
        CHECK((white > 0) == (frame != MadeProject::kFaceless));
    }
    // A frame whose matte was lost is made again.
    fs::remove(made.path("matte.1004.png"));
    CHECK(training::renderClip(request, {}, {})->made == 1);
    CHECK(fs::exists(made.path("matte.1004.png")));
    request.matte = made.path("matte.mp4");
    CHECK(training::renderClip(request, {}, {}).error().code == ErrorCode::usage);
}
