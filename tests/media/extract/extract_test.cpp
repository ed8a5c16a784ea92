#include <signal.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <thread>

#include "media/base/sha256.h"
#include "media/faceset/pack.h"
#include "tests/media/extract/reference.h"
#include "tests/support/footage.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

std::string hashOf(const std::filesystem::path& path) {
    const auto hash = sha256OfFile(path);
    return hash.ok() ? *hash : "none";
}

// What extraction leaves behind, without what a time or a random pair number may change.
std::string outcome(Project& project, const std::string& clip, int size) {
    Sha256 hash;
    const auto faces = project.faces(clip);
    REQUIRE(faces.ok());
    for (const FaceTruth& face : *faces) {
        hash.add(std::as_bytes(std::span(&face.landmarks, 1)));
        hash.add(std::to_string(face.frame) + " " + std::to_string(static_cast<int>(face.how)) +
                 " " + std::to_string(face.confidence) + " " + std::to_string(face.jitter));
    }
    const auto pack =
        PackReader::open(project.facesetFolder() / packIndexName(clip, FaceType::wholeFace, size));
    REQUIRE(pack.ok());
    hash.add(pack->header().truth);
    for (size_t i = 0; i < pack->size(); ++i) {
        REQUIRE(pack->verify(i).ok());
        hash.add(pack->storedHash(i));
    }
    return hash.finish();
}

std::vector<std::string> arguments(const Project& project, const std::string& clip) {
    return {"--project",    project.folder().string(), "--clip", clip, "--size", "128",
            "--json-lines", "--follow-stdin"};
}

}  // namespace

TEST_CASE("crops, masks and records fit the truth, and a repeated job changes nothing") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const TempFolder folder;
    Project project = projectOf(folder / "p.understudy", *clip);
    const ExtractResult result = extracted(project, "milk", {.size = 128, .threads = 2});
    CHECK(result.searched == result.frames);
    CHECK(*project.setting("extract.size") == "128");
    CHECK(*project.setting("extract.type") == "whole_face");
    const auto index = project.facesetFolder() / packIndexName("milk", FaceType::wholeFace, 128);
    const auto pack = PackReader::open(index);
    REQUIRE(pack.ok());
    REQUIRE(pack->size() == static_cast<size_t>(result.found));
    CHECK(pack->header().margin == 0.15);
    CHECK(pack->header().truth.size() == 64);
    const auto faces = project.faces("milk");
    size_t k = 0;
    for (const FaceTruth& face : *faces) {
        if (face.how == FoundHow::missed) {
            continue;
        }
        const FaceRecord record = pack->record(k);
        CHECK(record.frame == face.frame);
        CHECK(face.confidence > 0.3f);
        const Affine expected = alignedFromFrame(face.landmarks, FaceType::wholeFace, 128, 0.15);
        CHECK(distance(record.alignedFromFrame(face.landmarks[30]), expected(face.landmarks[30])) <
              1e-3);
        CHECK(distance(record.landmarks[8], expected(face.landmarks[8])) < 1e-3);
        // Inside the face is mask, the corners are not.
        const auto mask = pack->mask(k);
        const Point nose = record.landmarks[30];
        CHECK(mask[static_cast<size_t>(nose.y) * 128 + static_cast<size_t>(nose.x)] == 255);
        CHECK(mask[0] == 0);
        CHECK(mask[127 * 128 + 127] == 0);
        ++k;
    }
    const std::string before = hashOf(index) + hashOf(packPixelsPath(index));
    const ExtractResult again = extracted(project, "milk", {.size = 128, .threads = 1});
    CHECK(again.searched == 0);
    CHECK(again.found == result.found);
    CHECK(hashOf(index) + hashOf(packPixelsPath(index)) == before);

    // A damaged face is mended.
    const uintmax_t size = std::filesystem::file_size(packPixelsPath(index));
    {
        std::fstream file(packPixelsPath(index), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(size / 2));
        const char flipped = static_cast<char>(file.peek() ^ 4);
        file.seekp(static_cast<std::streamoff>(size / 2));
        file.put(flipped);
    }
    extracted(project, "milk", {.size = 128});
    const auto mended = PackReader::open(index);
    REQUIRE(mended.ok());
    CHECK(mended->size() == pack->size());
    for (size_t i = 0; i < mended->size(); ++i) {
        CHECK(mended->verify(i).ok());
    }
    CHECK(mended->header().truth == pack->header().truth);

    // Another size needs no new search.
    const ExtractResult larger = extracted(project, "milk", {.size = 96});
    CHECK(larger.searched == 0);
    CHECK(PackReader::open(project.facesetFolder() / packIndexName("milk", FaceType::wholeFace, 96))
              ->size() == pack->size());
}

TEST_CASE("stopping keeps what was found and the rest comes later") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const TempFolder folder;
    Project whole = projectOf(folder / "whole.understudy", *clip);
    extracted(whole, "milk", {.size = 128});
    Project project = projectOf(folder / "p.understudy", *clip);
    std::stop_source stop;
    ExtractEvents events;
    events.batchFound = [&stop](int64_t, int64_t, int64_t) { stop.request_stop(); };
    const auto stopped =
        extractClip(project, "milk", {.size = 128, .threads = 1}, events, stop.get_token());
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::saved);
    CHECK(project.faces("milk")->size() >= 32);
    extracted(project, "milk", {.size = 128});
    CHECK(outcome(project, "milk", 128) == outcome(whole, "milk", 128));
}

TEST_CASE("options and clips that are not possible") {
    CHECK(ExtractOptions{.size = 63}.check().error().code == ErrorCode::usage);
    CHECK(ExtractOptions{.size = 4096}.check().error().code == ErrorCode::usage);
    CHECK(ExtractOptions{.margin = 2}.check().error().code == ErrorCode::usage);
    const TempFolder folder;
    auto project = Project::create(folder / "p.understudy");
    REQUIRE(project.ok());
    CHECK(extractClip(*project, "none", {}, {}, {}).error().code == ErrorCode::usage);
    ClipRecord gone;
    gone.name = "gone";
    gone.performer = "A";
    gone.path = (folder / "gone.mkv").string();
    gone.frames = 10;
    gone.last = 10;
    REQUIRE(project->addClip(gone).ok());
    const auto result = extractClip(*project, "gone", {}, {}, {});
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::missingInput);
    CHECK_FALSE(result.error().remedy.empty());
}

TEST_CASE("the program says what it does and ends with the designed codes") {
    const TempFolder folder;
    auto project = Project::create(folder / "p.understudy");
    REQUIRE(project.ok());
    const ProcessResult unknown =
        runProcess("understudy-extractor", arguments(*project, "none"), {}, "");
    CHECK(unknown.exitCode == 64);
    CHECK(unknown.out.find("JobFinished") != std::string::npos);
    CHECK(runProcess("understudy-extractor", {"--project", "x"}).exitCode == 64);
    CHECK(runProcess("understudy-extractor",
                     {"--project", (folder / "nowhere").string(), "--clip", "c"})
              .exitCode == 66);
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    Project real = projectOf(folder / "real.understudy", *clip);
    // Its stdin ends at once: it saves and says so.
    CHECK(runProcess("understudy-extractor", arguments(real, "milk"), {}, "").exitCode == 85);
    const ProcessResult missing =
        runProcess("understudy-extractor",
                   {"--project", real.folder().string(), "--clip", "milk", "--json-lines"},
                   {{"UNDERSTUDY_LANDMARK_MODEL", (folder / "no.dat").string()}});
    CHECK(missing.exitCode == 78);
    CHECK(missing.out.find("libdlib-data") != std::string::npos);
    const ProcessResult done = runProcess(
        "understudy-extractor",
        {"--project", real.folder().string(), "--clip", "milk", "--size", "128", "--json-lines"});
    CHECK(done.exitCode == 0);
    CHECK(done.out.find("FacesFound") != std::string::npos);
    CHECK(done.out.find("mean_jitter_px") != std::string::npos);
}

TEST_CASE("kill -9 of the program at random moments loses nothing", "[soak]") {
    const auto clip = footage("performer_b/bird.mkv");
    if (!clip) {
        return;
    }
    const TempFolder folder;
    Project whole = projectOf(folder / "whole.understudy", *clip);
    const ExtractResult undisturbed = extracted(whole, "bird", {.size = 128});
    Project project = projectOf(folder / "p.understudy", *clip);
    std::mt19937 random(7);
    size_t known = 0;
    for (int i = 0; i < 10; ++i) {
        BackgroundProcess process("understudy-extractor", arguments(project, "bird"));
        std::this_thread::sleep_for(std::chrono::duration<double>(
            std::uniform_real_distribution<double>(0.0, 1.2 * undisturbed.seconds + 2)(random)));
        process.signal(SIGKILL);
        process.wait();
        const auto faces = project.faces("bird");
        REQUIRE(faces.ok());
        CHECK(faces->size() >= known);
        known = faces->size();
    }
    extracted(project, "bird", {.size = 128});
    CHECK(outcome(project, "bird", 128) == outcome(whole, "bird", 128));
}
