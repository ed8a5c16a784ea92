#include "training/prepare/prepare.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "media/faceset/pack.h"
#include "tests/support/temp_folder.h"
#include "tests/training/prepare/sample_project.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"
#include "training/plan/selection.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
using media::FaceType;
namespace fs = std::filesystem;

namespace {

std::vector<int64_t> framesOf(const Identity& identity) {
    std::vector<int64_t> frames;
    for (const SelectedFace& face : identity.faces) {
        frames.push_back(face.frame);
    }
    return frames;
}

}  // namespace

TEST_CASE("a run holds the faces that were found and not rejected, and needs no project") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    const std::vector<int64_t> rejected = {2, 5};
    REQUIRE(project.setReview("bird", rejected, media::ReviewState::reject).ok());
    const std::vector<int64_t> kept = {3};
    REQUIRE(project.setReview("milk", kept, media::ReviewState::keep).ok());

    const auto run = prepareRun(project, sampleRequest());
    REQUIRE(run.ok());
    CHECK(run->name == "r01");
    CHECK(run->folder == project.runFolder("r01"));
    CHECK_FALSE(run->existed);
    const RunFolder files{run->folder};
    CHECK(fs::is_directory(files.previews()));
    CHECK(fs::is_directory(files.checkpoints()));
    const auto plan = loadPlan(files.plan());
    REQUIRE(plan.ok());
    CHECK(plan->source == "Anna");
    CHECK(plan->resolution == 64);
    CHECK(plan->encoding == "bt709");
    CHECK(plan->faceType == "whole_face");

    const auto selection = loadSelection(files.selection());
    REQUIRE(selection.ok());
    REQUIRE(selection->identities.size() == 2);
    CHECK(selection->identities[0].performer == "Anna");
    CHECK(framesOf(selection->identities[0]) == std::vector<int64_t>{1, 3, 6, 1, 2, 3, 5, 6});
    CHECK(framesOf(selection->identities[1]) == std::vector<int64_t>{1, 2, 3, 5, 6});
    REQUIRE(selection->packs.size() == 3);
    CHECK(selection->packs[0] == "../../facesets/bird.whole_face.96.idx");
    for (const Identity& identity : selection->identities) {
        for (const SelectedFace& face : identity.faces) {
            const auto reader =
                media::PackReader::open(packPath(*selection, face.pack, run->folder));
            REQUIRE(reader.ok());
            CHECK(reader->storedHash(face.record) == face.hash);
            CHECK(reader->record(face.record).frame == face.frame);
        }
    }
    const auto runs = project.runs();
    REQUIRE(runs->size() == 1);
    CHECK((*runs)[0].destination == "Ben");
    CHECK(project.auditLog()->back().action == "train");
    CHECK(project.auditLog()->back().detail == "r01: Anna on Ben, 8 and 5 faces");
}

TEST_CASE("a run of several performers has the faces of each, in the plan's order") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    addClip(project, "duck", "Cleo");
    makePack(project, {"duck"});
    addClip(project, "emu", "Dora");
    makePack(project, {"emu"});
    RunRequest request = sampleRequest();
    request.plan.others = std::string("Dora,Cleo");
    const auto run = prepareRun(project, request);
    REQUIRE(run.ok());
    const auto selection = loadSelection(RunFolder{run->folder}.selection());
    REQUIRE(selection.ok());
    REQUIRE(selection->identities.size() == 4);
    CHECK(selection->identities[2].performer == "Dora");
    CHECK(selection->identities[3].performer == "Cleo");
    CHECK(framesOf(selection->identities[3]) == std::vector<int64_t>{1, 2, 3, 5, 6});

    request.name = run->name;
    request.resume = true;
    CHECK(prepareRun(project, request).ok());
    request.plan.others = std::string("Dora");
    CHECK(prepareRun(project, request).error().where == "others");
    request = sampleRequest();
    request.plan.others = std::string("Emil");
    const auto unknown = prepareRun(project, request);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().code == ErrorCode::usage);
    CHECK(unknown.error().where == "others");
    CHECK(unknown.error().remedy.find("Cleo, Dora") != std::string::npos);
}

TEST_CASE("a face that was assigned trains whose it is, and never its clip's performer") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    REQUIRE(project.assignFaces("bird", std::vector<int64_t>{2, 3}, "Ben").ok());
    REQUIRE(project.assignFaces("bird", std::vector<int64_t>{6}, "").ok());
    REQUIRE(project.setReview("bird", std::vector<int64_t>{3}, media::ReviewState::reject).ok());
    auto run = prepareRun(project, sampleRequest());
    REQUIRE(run.ok());
    auto selection = loadSelection(RunFolder{run->folder}.selection());
    REQUIRE(selection->identities.size() == 2);
    CHECK(framesOf(selection->identities[0]) == std::vector<int64_t>{1, 5, 1, 2, 3, 5, 6});
    CHECK(framesOf(selection->identities[1]) == std::vector<int64_t>{2, 1, 2, 3, 5, 6});
    const SelectedFace& taken = selection->identities[1].faces.front();
    CHECK(selection->packs[taken.pack].find("bird.") != std::string::npos);
    CHECK(project.auditLog()->back().detail == "r01: Anna on Ben, 7 and 6 faces");

    // Somebody whose clip is gone still has the faces that were assigned.
    REQUIRE(project.removeClip("again").ok());
    run = prepareRun(project, sampleRequest());
    REQUIRE(run.ok());
    selection = loadSelection(RunFolder{run->folder}.selection());
    CHECK(framesOf(selection->identities[1]) == std::vector<int64_t>{2});

    // What has to be cut for it is the clip that has them.
    RunRequest large = sampleRequest();
    large.plan.resolution = 128;
    const auto cuts = wantedCuts(project, large);
    REQUIRE(cuts.ok());
    REQUIRE(cuts->size() == 3);
    CHECK(cuts->back().clip == "bird");
}

TEST_CASE("the base of a run is found before the run is made") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    const auto first = prepareRun(project, sampleRequest());
    REQUIRE(first.ok());
    const auto baseOf = [&](const std::string& base) -> std::string {
        RunRequest request = sampleRequest();
        request.plan.base = base;
        const auto run = prepareRun(project, request);
        return run.ok() ? loadPlan(RunFolder{run->folder}.plan())->base : "refused";
    };
    CHECK(baseOf("r01") == "r01");  // wherever the project is moved to
    CHECK(baseOf(first->folder.string()) == first->folder.string());
    const fs::path beside = fs::relative(first->folder);
    CHECK(baseOf(beside.string()) == fs::absolute(beside).lexically_normal().string());

    RunRequest request = sampleRequest();
    request.plan.base = std::string("nobody");
    const auto missing = prepareRun(project, request);
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().code == ErrorCode::usage);
    CHECK(missing.error().where == "base");
    request.plan.base = std::string("r01");
    request.name = "r02";
    request.resume = true;
    CHECK(prepareRun(project, request).ok());
    request.plan.base = first->folder.string();
    CHECK(prepareRun(project, request).error().where == "base");
}

TEST_CASE("the same faces have the same hash in every run, and runs are counted on") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    const auto hashOf = [&](const PreparedRun& run) {
        return loadSelection(RunFolder{run.folder}.selection())->facesetHash(0);
    };
    const auto first = prepareRun(project, sampleRequest());
    const auto second = prepareRun(project, sampleRequest());
    CHECK(second->name == "r02");
    CHECK(hashOf(*first) == hashOf(*second));
    const std::vector<int64_t> rejected = {1};
    REQUIRE(project.setReview("bird", rejected, media::ReviewState::reject).ok());
    fs::create_directories(project.runFolder("r03"));  // somebody else's
    const auto third = prepareRun(project, sampleRequest());
    CHECK(third->name == "r04");
    CHECK(hashOf(*first) != hashOf(*third));
}

TEST_CASE("an existing run is only gone on with when asked, and takes what may change") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    RunRequest request = sampleRequest();
    request.name = "mine";
    request.resume = true;
    const auto fresh = prepareRun(project, request);
    REQUIRE(fresh.ok());
    CHECK_FALSE(fresh->existed);
    request.resume = false;
    const auto taken = prepareRun(project, request);
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code == ErrorCode::usage);
    CHECK(taken.error().remedy.find("--resume") != std::string::npos);

    const RunFolder files{fresh->folder};
    const std::string before = *readFile(files.plan());
    fs::create_directories(files.checkpoint(700));
    std::ofstream(files.checkpoint(700) / "manifest.json") << "{}";
    request.resume = true;
    request.plan.steps = 1234;
    request.plan.learningRate = 0.01;
    request.plan.devices = "cpu,cpu";
    request.plan.batch = 4;        // stays
    request.plan.resolution = 96;  // stays
    const auto again = prepareRun(project, request);
    REQUIRE(again.ok());
    CHECK(again->existed);
    CHECK(*readFile(files.plan()) == before);
    const auto plan = currentPlan(files);
    CHECK(plan->steps == 1234);
    CHECK(plan->learningRate == 0.01);
    CHECK(plan->devices == "cpu,cpu");
    CHECK(plan->batch == 8);
    CHECK(plan->resolution == 64);
    const auto changes = readChanges(files.changes());
    REQUIRE(changes->size() == 3);
    CHECK((*changes)[0].step == 700);
    CHECK(prepareRun(project, request).ok());
    CHECK(readChanges(files.changes())->size() == 3);
    CHECK(project.runs()->size() == 1);

    // Without a name: the latest of the two performers.
    request.name.clear();
    CHECK(prepareRun(project, request)->name == "mine");
    request.name = "mine";
    std::swap(request.plan.source, request.plan.destination);
    CHECK(prepareRun(project, request).error().code == ErrorCode::usage);
    // Others have none yet.
    request.plan.resolution = 64;
    request.name.clear();
    CHECK(prepareRun(project, request)->name == "r01");
}

TEST_CASE("a run whose making was cut short is made again") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    RunRequest request = sampleRequest();
    request.name = "mine";
    fs::create_directories(project.runFolder("mine") / "previews");
    REQUIRE(prepareRun(project, request).ok());
    // The folder was deleted by hand.
    fs::remove_all(project.runFolder("mine"));
    CHECK(prepareRun(project, request).error().code == ErrorCode::usage);
    request.resume = true;
    const auto run = prepareRun(project, request);
    REQUIRE(run.ok());
    CHECK(fs::exists(RunFolder{run->folder}.plan()));
    CHECK(project.runs()->size() == 1);
}

TEST_CASE("packs are chosen by type, size and setting") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    const auto packsFor = [&](int resolution) {
        RunRequest request = sampleRequest();
        request.plan.resolution = resolution;
        const auto run = prepareRun(project, request);
        REQUIRE(run.ok());
        return loadSelection(RunFolder{run->folder}.selection())->packs;
    };
    RunRequest large = sampleRequest();
    large.plan.resolution = 128;
    const auto small = prepareRun(project, large);
    REQUIRE_FALSE(small.ok());
    CHECK(small.error().code == ErrorCode::usage);
    CHECK(small.error().where == "bird");
    CHECK(small.error().message ==
          "the faces of clip 'bird' are 73 pixels large, too small for a resolution of 128");
    CHECK(small.error().remedy ==
          "Run understudy-cli extract --clip bird --type whole_face --size 176, or choose a lower "
          "resolution");
    CHECK_FALSE(fs::exists(project.runFolder("r01")));

    for (const char* clip : {"bird", "milk", "again"}) {
        makePack(project, {clip, 176});
    }
    CHECK(packsFor(128)[0] == "../../facesets/bird.whole_face.176.idx");
    const auto later = fs::file_time_type::clock::now() + std::chrono::hours(1);
    fs::last_write_time(project.facesetFolder() / "bird.whole_face.96.idx", later);
    CHECK(packsFor(64)[0] == "../../facesets/bird.whole_face.96.idx");
    REQUIRE(project.putSetting("extract.size", "176").ok());
    CHECK(packsFor(64)[0] == "../../facesets/bird.whole_face.176.idx");
    REQUIRE(project.putSetting("extract.size", "96").ok());
    CHECK(packsFor(64)[0] == "../../facesets/bird.whole_face.96.idx");
    CHECK(packsFor(128)[0] == "../../facesets/bird.whole_face.176.idx");
}

TEST_CASE("another face type is taken from the project's setting or named") {
    const tests::TempFolder folder;
    auto project = *media::Project::create(folder / "p");
    addClip(project, "bird", "Anna");
    addClip(project, "again", "Ben");
    makePack(project, {"bird", 96, FaceType::fullFace});
    makePack(project, {"again", 96, FaceType::fullFace});
    const auto none = prepareRun(project, sampleRequest());
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().message == "the faces of clip 'bird' are not extracted as whole_face");
    REQUIRE(project.putSetting("extract.type", "full_face").ok());
    const auto run = prepareRun(project, sampleRequest());
    REQUIRE(run.ok());
    CHECK(loadPlan(RunFolder{run->folder}.plan())->faceType == "full_face");
}

TEST_CASE("faces that no pack shows as the plan wants are told before a run is made") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    RunRequest request = sampleRequest();
    CHECK(wantedCuts(project, request)->empty());

    request.plan.resolution = 128;
    const auto larger = wantedCuts(project, request);
    REQUIRE(larger.ok());
    REQUIRE(larger->size() == 3);
    CHECK(larger->front().clip == "bird");
    CHECK(larger->front().type == FaceType::wholeFace);
    CHECK(larger->front().size == 176);
    makePack(project, {"bird", 176});
    CHECK(wantedCuts(project, request)->size() == 2);

    request.plan.resolution = 64;
    request.plan.faceType = "full_face";  // is not given up for what the project extracts
    REQUIRE(project.putSetting("extract.type", "whole_face").ok());
    REQUIRE(project.putSetting("extract.size", "256").ok());
    const auto tighter = wantedCuts(project, request);
    REQUIRE(tighter->size() == 3);
    CHECK(tighter->front().type == FaceType::fullFace);
    CHECK(tighter->front().size == 256);
    CHECK_FALSE(prepareRun(project, request).ok());

    // A run that exists goes on with the faces it has, or is refused as ever.
    const auto run = prepareRun(project, sampleRequest());
    REQUIRE(run.ok());
    request.name = run->name;
    CHECK(wantedCuts(project, request).error().code == ErrorCode::usage);
    request.resume = true;
    CHECK(wantedCuts(project, request)->empty());

    request = sampleRequest();
    request.plan.source = "Ann";
    CHECK(wantedCuts(project, request).error().where == "source");
}

TEST_CASE("faces that were corrected since they were cut are cut anew first") {
    const tests::TempFolder folder;
    {
        auto project = sampleProject(folder / "p");
        // Painted where no face is: nothing to cut.
        const std::vector<uint8_t> levels(4, 0);
        const auto painted = media::MaskCorrection::fromLevels(2, 2, levels);
        REQUIRE(project.putMaskCorrection("bird", 4, painted).ok());
        CHECK(wantedCuts(project, sampleRequest())->empty());
        REQUIRE(project.putMaskCorrection("bird", 2, painted).ok());
        // Placed where none was found, which the pack has; and where it does not.
        REQUIRE(project.putLandmarkCorrections("again", {{4, {{}, true}}}).ok());
        CHECK(wantedCuts(project, sampleRequest())->size() == 1);
        media::LandmarkCorrection moved;
        moved.landmarks[30] = {1, 0};
        REQUIRE(project.putLandmarkCorrections("milk", {{3, moved}}).ok());
    }
    auto project = *media::Project::open(folder / "p");
    const auto cuts = wantedCuts(project, sampleRequest());
    REQUIRE(cuts.ok());
    REQUIRE(cuts->size() == 2);
    CHECK(cuts->at(0).clip == "bird");
    CHECK(cuts->at(1).clip == "milk");
    CHECK(cuts->at(0).size == 96);
    REQUIRE(project.noteCutMasks("bird", "bird.whole_face.96.idx", *project.maskCorrections("bird"))
                .ok());
    CHECK(wantedCuts(project, sampleRequest())->size() == 1);
    const std::vector<int64_t> frames = {3};
    REQUIRE(project.clearLandmarkCorrections("milk", frames).ok());
    CHECK(wantedCuts(project, sampleRequest())->empty());
}

TEST_CASE("what is missing is named with what to do") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    const auto error = [&](const RunRequest& request) {
        const auto run = prepareRun(project, request);
        REQUIRE_FALSE(run.ok());
        CHECK(run.error().code == ErrorCode::usage);
        CHECK_FALSE(run.error().remedy.empty());
        return run.error();
    };
    RunRequest request = sampleRequest();
    request.plan.source = "Ann";
    CHECK(error(request).remedy == "The performers are Anna, Ben");
    request.plan.source = "";
    CHECK(error(request).where == "source");
    request = sampleRequest();
    request.plan.resolution = 100;
    CHECK(error(request).where == "resolution");
    for (const std::string name : {"../x", "a/b", ".", " "}) {
        request = sampleRequest();
        request.name = name;
        CHECK(error(request).where == "run");
    }

    // A clip without faces is left out as long as the performer has others.
    media::ClipRecord clip;
    clip.name = "no";
    clip.performer = "Ben";
    clip.path = "/plates/no.mov";
    REQUIRE(project.addClip(clip).ok());
    CHECK(prepareRun(project, sampleRequest()).ok());
    clip.performer = "Cleo";
    clip.path = "/plates/sorry.mov";
    clip.name = "sorry";
    REQUIRE(project.addClip(clip).ok());
    request = sampleRequest();
    request.plan.source = "Cleo";
    CHECK(error(request).where == "sorry");

    addClip(project, "help", "Dan");
    makePack(project, {"help", 96, FaceType::wholeFace, "acescct"});
    request = sampleRequest();
    request.plan.destination = "Dan";
    const Error mixed = error(request);
    CHECK(mixed.where == "help");
    CHECK(mixed.message.find("acescct") != std::string::npos);
    CHECK(mixed.message.find("bt709") != std::string::npos);

    // All faces of a performer rejected.
    const std::vector<int64_t> all = {1, 2, 3, 4, 5, 6};
    REQUIRE(project.setReview("again", all, media::ReviewState::reject).ok());
    CHECK(error(sampleRequest()).message.find("Ben") != std::string::npos);

    auto reading = *media::Project::open(project.folder(), true);
    request = sampleRequest();
    request.plan.destination = "Anna";
    request.plan.source = "Dan";
    const auto refused = prepareRun(reading, request);
    CHECK_FALSE(refused.ok());
}

TEST_CASE("packs that are damaged or not finished do not stop the others") {
    const tests::TempFolder folder;
    auto project = sampleProject(folder / "p");
    // Only four frames were extracted before a crash, and a torn one follows.
    fs::remove(project.facesetFolder() / "milk.whole_face.96.idx");
    makePack(project, {"milk", 96, FaceType::wholeFace, "bt709", 4});
    std::ofstream(project.facesetFolder() / "milk.whole_face.96.idx",
                  std::ios::app | std::ios::binary)
        << "torn";
    std::ofstream(project.facesetFolder() / "bird.whole_face.512.idx") << "nonsense";
    const auto run = prepareRun(project, sampleRequest());
    REQUIRE(run.ok());
    const auto selection = loadSelection(RunFolder{run->folder}.selection());
    CHECK(framesOf(selection->identities[0]) == std::vector<int64_t>{1, 2, 3, 5, 6, 1, 2, 3});
}
