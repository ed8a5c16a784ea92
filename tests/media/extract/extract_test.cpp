#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <random>
#include <thread>

#include "media/base/sha256.h"
#include "media/extract/found_journal.h"
#include "media/faceset/pack.h"
#include "media/source/frame_sink.h"
#include "media/synthetic/performance.h"
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

    // Cut from the decoded plate it is what was cut from what the search had kept.
    const std::string whole = outcome(project, "milk", 128);
    std::filesystem::remove(index);
    std::filesystem::remove(packPixelsPath(index));
    CHECK(extracted(project, "milk", {.size = 128, .threads = 2}).searched == 0);
    CHECK(outcome(project, "milk", 128) == whole);

    // What is missing at its end comes later, as in one go.
    std::filesystem::resize_file(index, 256 + 20 * 1192 + 300);  // torn within a record
    extracted(project, "milk", {.size = 128, .threads = 2});
    CHECK(outcome(project, "milk", 128) == whole);

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

TEST_CASE("progress never goes back and ends with all frames") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const TempFolder folder;
    Project project = projectOf(folder / "p.understudy", *clip);
    std::vector<double> told;
    ExtractEvents events;
    events.progressed = [&told](double done, double total, const std::string&) {
        told.push_back(done / total);
    };
    REQUIRE(extractClip(project, "milk", {.size = 128, .threads = 2}, events, {}).ok());
    CHECK(told.size() > 50);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == Approx(1));
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

namespace {

// Where a job was when it ended, by what it left.
enum class Phase { loading, searching, smoothing, cropping, ending };
constexpr std::array<const char*, 5> kPhases = {"loading", "searching", "smoothing", "cropping",
                                                "ending"};

Phase phaseOf(Project& project, const std::string& clip, int64_t frames) {
    const auto folder = project.facesetFolder();
    std::ifstream journal(folder / (clip + ".found"), std::ios::binary);
    const std::string key(std::istreambuf_iterator<char>(journal), {});
    if (key.size() < 72) {
        return Phase::loading;
    }
    const auto found = FoundJournal::open(folder / (clip + ".found"), key.substr(8, 64));
    REQUIRE(found.ok());
    int64_t searched = 0;
    for (const auto& [index, batch] : found->batches()) {
        searched += static_cast<int64_t>(batch.size());
    }
    if (searched < frames) {
        return searched == 0 ? Phase::loading : Phase::searching;
    }
    const auto pack = PackReader::open(folder / packIndexName(clip, FaceType::wholeFace, 128));
    if (!pack.ok() || pack->size() == 0) {
        return Phase::smoothing;
    }
    const auto faces = project.faces(clip);
    REQUIRE(faces.ok());
    const auto there = std::count_if(faces->begin(), faces->end(), [](const FaceTruth& face) {
        return face.how != FoundHow::missed;
    });
    return static_cast<int64_t>(pack->size()) < there ? Phase::cropping : Phase::ending;
}

}  // namespace

TEST_CASE("fifty times kill -9 of the program at random moments loses nothing", "[soak]") {
    const auto shot = footage("performer_b/bird.mkv");
    if (!shot) {
        return;
    }
    constexpr int kKills = 50;
    const TempFolder folder;
    const std::string clip = (folder / "long.mkv").string();
    REQUIRE(runProcess("ffmpeg", {"-v", "error", "-stream_loop", "7", "-i", shot->string(), "-c",
                                  "copy", clip})
                .exitCode == 0);
    Project whole = projectOf(folder / "whole.understudy", clip);
    const ExtractResult undisturbed = extracted(whole, "long", {.size = 128});
    const std::string expected = outcome(whole, "long", 128);
    std::mt19937 random(7);
    std::array<int, kPhases.size()> landed{};
    int projects = 0, kills = 0;
    while (kills < kKills) {
        Project project =
            projectOf(folder / ("p" + std::to_string(++projects) + ".understudy"), clip);
        size_t known = 0;
        for (bool over = false; !over && kills < kKills;) {
            BackgroundProcess process("understudy-extractor", arguments(project, "long"));
            const double moment =
                std::uniform_real_distribution<double>(0.0, undisturbed.seconds)(random);
            over = waitUntil([&] { return !process.running(); }, moment);
            process.signal(SIGKILL);
            process.wait();
            if (over) {
                break;
            }
            ++kills;
            ++landed[static_cast<size_t>(phaseOf(project, "long", undisturbed.frames))];
            const auto faces = project.faces("long");
            REQUIRE(faces.ok());
            CHECK(faces->size() >= known);
            known = faces->size();
        }
        extracted(project, "long", {.size = 128});
        CHECK(outcome(project, "long", 128) == expected);
    }
    std::printf("%d kills in %d projects:", kKills, projects);
    for (size_t i = 0; i < kPhases.size(); ++i) {
        std::printf(" %s %d%s", kPhases[i], landed[i], i + 1 < kPhases.size() ? "," : "\n");
    }
    CHECK(landed[static_cast<size_t>(Phase::searching)] > 0);
    CHECK(landed[static_cast<size_t>(Phase::cropping)] > 0);
}

TEST_CASE("memory stays flat over twenty thousand frames", "[soak]") {
    const TempFolder folder;
    const std::string take = (folder / "take.mp4").string();
    {
        const Performer performer(identityOf(3));
        SinkOptions options;
        options.width = 320;
        options.height = 240;
        auto sink = createSink(take, options);
        REQUIRE(sink.ok());
        TakeOptions acted;
        acted.frames = 50;
        FrameNumber number = 0;
        for (const Moment& moment : performedTake(acted)) {
            Frame frame;
            frame.number = ++number;
            frame.pixels = performer.render(moment, 320, 240).picture;
            REQUIRE((*sink)->write(frame).ok());
        }
        REQUIRE((*sink)->finish().ok());
    }
    const auto peakOver = [&](int times) {
        const std::string clip = (folder / ("x" + std::to_string(times) + ".mp4")).string();
        REQUIRE(runProcess("ffmpeg", {"-v", "error", "-stream_loop", std::to_string(times - 1),
                                      "-i", take, "-c", "copy", clip})
                    .exitCode == 0);
        const std::string name = "x" + std::to_string(times);
        const Project project = projectOf(folder / (name + ".understudy"), clip);
        const ProcessResult done = runProcess(
            "understudy-extractor",
            {"--project", project.folder().string(), "--clip", name, "--size", "64"}, {}, "", 1200);
        REQUIRE(done.exitCode == 0);
        const auto faces = project.faces(name);
        REQUIRE(faces.ok());
        CHECK(static_cast<int>(faces->size()) == 50 * times);
        return done.peakMebibytes;
    };
    // Ten thousand fill what may be kept of the pictures.
    const double few = peakOver(200);
    const double many = peakOver(400);
    std::printf("peak memory: %.0f MiB over 10,000 frames, %.0f MiB over 20,000\n", few, many);
    CHECK(few < 700);
    // What is known of a face is kept, about 4 KB; no more pictures are.
    CHECK(many < few + 80);
}
