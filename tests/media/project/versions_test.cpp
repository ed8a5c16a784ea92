// Versions of clips and the notes on them.
#include <catch2/catch.hpp>
#include <fstream>
#include <limits>

#include "media/project/database.h"
#include "media/project/project.h"
#include "media/project/schema.h"
#include "tests/media/project/older_project.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

struct Show {
    Show() {
        for (const char* name : {"bird", "milk"}) {
            ClipRecord clip;
            clip.name = name;
            clip.performer = "Ben";
            clip.path = std::string("/plates/") + name + ".mov";
            REQUIRE(project.addClip(clip).ok());
        }
    }
    VersionRecord wish(const std::string& clip) const {
        VersionRecord version;
        version.clip = clip;
        version.run = "r01";
        version.step = 6000;
        version.face = "Anna";
        version.out = (path / "deliveries" / (clip + ".mp4")).string();
        version.frames = "1001-1010,1020";
        version.settings = "color=linear";
        version.author = "Käthe";
        return version;
    }
    NoteRecord note(const VersionRecord& version, const std::string& text) const {
        NoteRecord note;
        note.version = version.id;
        note.first = 1034;
        note.last = 1041;
        note.text = text;
        note.author = "Zoë";
        return note;
    }

    TempFolder temp;
    fs::path path = temp / "show.understudy";
    Project project = *Project::create(path);
};

NoteDrawing drawing() {
    NoteDrawing drawing;
    DrawingMark stroke;
    stroke.points = {{0.1f, 0.2f}, {0.3f, 0.25f}, {-0.5f, 1.5f}};
    DrawingMark arrow;
    arrow.kind = DrawingMark::Kind::arrow;
    arrow.color = {242, 131, 123};
    arrow.points = {{0, 0}, {1, 1}};
    DrawingMark words;
    words.kind = DrawingMark::Kind::text;
    words.points = {{0.5f, 0.5f}};
    words.text = "цвет\n肌の色";
    drawing.marks = {stroke, arrow, words};
    return drawing;
}

}  // namespace

TEST_CASE("versions are numbered by clip and keep all that is known of them") {
    Show show;
    const auto first = show.project.addVersion(show.wish("bird"));
    REQUIRE(first.ok());
    CHECK(first->number == 1);
    CHECK(show.project.addVersion(show.wish("milk"))->number == 1);
    VersionRecord other = show.wish("bird");
    other.out = "/elsewhere/bird.####.exr";
    other.matte = (show.path / "deliveries" / "bird_matte.mp4").string();
    CHECK(show.project.addVersion(other)->number == 2);

    const Project again = *Project::open(show.path);
    const auto versions = again.versions();
    REQUIRE(versions->size() == 3);
    const VersionRecord& version = versions->front();
    CHECK(version.clip == "bird");
    CHECK(version.run == "r01");
    CHECK(version.step == 6000);
    CHECK(version.face == "Anna");
    CHECK(version.out == "deliveries/bird.mp4");  // below the project: moves with it
    CHECK(again.resultPath(version.out) == show.path / "deliveries" / "bird.mp4");
    CHECK(again.resultPath("").empty());
    CHECK(version.frames == "1001-1010,1020");
    CHECK(version.settings == "color=linear");
    CHECK(version.author == "Käthe");
    CHECK(version.created.size() == 20);
    CHECK(version.status == VersionStatus::wip);
    const VersionRecord second = *again.version("bird", "v002");
    CHECK(second.matte == "deliveries/bird_matte.mp4");
    CHECK(again.resultPath(second.out) == "/elsewhere/bird.####.exr");
    const auto none = again.version("bird", "v003");
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::usage);
    CHECK(none.error().remedy.find("v001, v002") != std::string::npos);
    VersionRecord nowhere = show.wish("none");
    CHECK(show.project.addVersion(nowhere).error().code == ErrorCode::usage);
}

TEST_CASE("a version takes its model into a folder of its own") {
    Show show;
    const auto model = [&](const char* text) {
        const fs::path folder = show.path / "versions" / ".new";
        fs::create_directories(folder / "checkpoints");
        std::ofstream(folder / "plan.json") << text;
        return folder;
    };
    const VersionRecord first = *show.project.addVersion(show.wish("bird"), model("one"));
    const fs::path folder = show.project.versionFolder(first);
    CHECK(folder == show.path / "versions" / "bird" / "v001");
    CHECK(fs::exists(folder / "plan.json"));
    CHECK_FALSE(fs::exists(show.path / "versions" / ".new"));
    // What lies where the next one would go is left alone.
    fs::create_directories(show.path / "versions" / "bird" / "v002");
    CHECK(show.project.addVersion(show.wish("bird"), model("two"))->number == 3);
    // A model that is not there makes no version.
    const auto failed = show.project.addVersion(show.wish("bird"), show.path / "nothing");
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::cannotWrite);
    CHECK(show.project.versions()->size() == 2);
}

TEST_CASE("a status is set, and the log says who did it") {
    Show show;
    const VersionRecord version = *show.project.addVersion(show.wish("bird"));
    for (const VersionStatus status : kVersionStatuses) {
        REQUIRE(show.project.setVersionStatus(version.id, status, "Zoë").ok());
        CHECK(show.project.version("bird", "1")->status == status);
        CHECK(versionStatusFromName(versionStatusName(status)) == status);
    }
    CHECK(versionStatusFromName("pending-review") == VersionStatus::pendingReview);
    CHECK_FALSE(versionStatusFromName("done"));
    const AuditEntry last = show.project.auditLog()->back();
    CHECK(last.action == "status");
    CHECK(last.detail == "bird v001 by Zoë: approved");
    CHECK(show.project.verifyAudit().ok());
    CHECK(show.project.setVersionStatus(99, VersionStatus::wip, "Zoë").error().code ==
          ErrorCode::usage);
    // Nothing else of it changes.
    auto database = *Database::open(show.path / "project.db", Database::Access::readWrite);
    CHECK_FALSE(database->run("UPDATE versions SET out = 'x'").ok());
}

TEST_CASE("notes are written, changed, resolved, taken away and put back") {
    Show show;
    const VersionRecord version = *show.project.addVersion(show.wish("bird"));
    NoteRecord wish = show.note(version, "jaw slides: челюсть 顎");
    wish.drawing = drawing();
    wish.action = NoteAction::fixAlignment;
    const NoteRecord note = *show.project.putNote(wish);
    CHECK(note.id > 0);
    NoteRecord early = show.note(version, "grain");
    early.first = early.last = 1001;
    REQUIRE(show.project.putNote(early).ok());
    auto notes = *show.project.notes();
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].text == "grain");  // by frame
    CHECK(notes[1] == note);
    CHECK(notes[1].drawing == drawing());
    CHECK(notes[1].open());

    REQUIRE(show.project.resolveNote(note.id, true, "Käthe").ok());
    notes = *show.project.notes();
    CHECK_FALSE(notes[1].open());
    CHECK(notes[1].resolvedBy == "Käthe");
    REQUIRE(show.project.resolveNote(note.id, false, "Käthe").ok());
    CHECK(show.project.notes()->at(1) == note);

    NoteRecord changed = note;
    changed.text = "jaw slides, still";
    changed.drawing = {};
    REQUIRE(show.project.putNote(changed).ok());
    CHECK(show.project.notes()->at(1) == changed);
    REQUIRE(show.project.removeNote(note.id).ok());
    CHECK(show.project.notes()->size() == 1);
    CHECK(show.project.removeNote(note.id).error().code == ErrorCode::usage);
    CHECK(show.project.resolveNote(note.id, true, "x").error().code == ErrorCode::usage);
    REQUIRE(show.project.putNote(note).ok());  // as undo does
    CHECK(show.project.notes()->at(1) == note);
}

TEST_CASE("notes that say nothing, too much or about nothing are refused") {
    Show show;
    const VersionRecord version = *show.project.addVersion(show.wish("bird"));
    const auto refused = [&](NoteRecord note) {
        const auto put = show.project.putNote(note);
        return !put.ok() && put.error().code == ErrorCode::usage && !put.error().remedy.empty();
    };
    CHECK(refused(show.note(version, " \n")));
    NoteRecord backwards = show.note(version, "x");
    backwards.last = 3;
    CHECK(refused(backwards));
    CHECK(refused(show.note(version, std::string(NoteRecord::kMostText + 1, 'x'))));
    VersionRecord nowhere = version;
    nowhere.id = 77;
    CHECK(refused(show.note(nowhere, "x")));
    NoteRecord wild = show.note(version, "x");
    wild.drawing = drawing();
    wild.drawing.marks[0].points[0].x = std::numeric_limits<float>::quiet_NaN();
    CHECK(refused(wild));
    wild.drawing = drawing();
    wild.drawing.marks[1].points.pop_back();  // an arrow without a tip
    CHECK(refused(wild));
    CHECK(show.project.notes()->empty());
    // As long as may be, and bytes that are not UTF-8, are kept.
    const std::string longest(NoteRecord::kMostText, 'y');
    REQUIRE(show.project.putNote(show.note(version, longest)).ok());
    CHECK(show.project.notes()->front().text == longest);
    CHECK(show.project.putNote(show.note(version, "a\xff\xfe"))->text.find('a') == 0);
}

TEST_CASE("a drawing is read back exactly, and damage to it is found") {
    const NoteDrawing drawn = drawing();
    const auto bytes = drawn.bytes();
    CHECK(*NoteDrawing::fromBytes(bytes) == drawn);
    CHECK(NoteDrawing::fromBytes(NoteDrawing().bytes())->empty());
    for (size_t length = 0; length < bytes.size(); ++length) {
        const auto cut = NoteDrawing::fromBytes(std::span(bytes).first(length));
        REQUIRE_FALSE(cut.ok());
        CHECK(cut.error().code == ErrorCode::corruptData);
    }
    for (size_t at = 0; at < bytes.size(); ++at) {
        auto flipped = bytes;
        flipped[at] ^= std::byte{0x80};
        const auto read = NoteDrawing::fromBytes(flipped);
        CHECK((!read.ok() || read->check().ok()));
    }

    Show show;
    NoteRecord note = show.note(*show.project.addVersion(show.wish("bird")), "x");
    note.drawing = drawn;
    REQUIRE(show.project.putNote(note).ok());
    auto database = *Database::open(show.path / "project.db", Database::Access::readWrite);
    REQUIRE(database->run("UPDATE notes SET drawing = x'0105'").ok());
    const auto damaged = show.project.notes();
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().code == ErrorCode::corruptData);
    // It hides no other, and others are written.
    const auto second = show.project.putNote(show.note(*show.project.version("bird", "v001"), "y"));
    REQUIRE(second.ok());
    const auto legible = show.project.legibleNotes();
    REQUIRE(legible.ok());
    REQUIRE(legible->notes.size() == 1);
    CHECK(legible->notes[0].text == "y");
    REQUIRE(legible->damaged.size() == 1);
    CHECK(legible->damaged[0].message.find("note 1") != std::string::npos);
    CHECK(**show.project.note(second->id) == *second);
    CHECK_FALSE(show.project.note(1).ok());
    CHECK_FALSE(show.project.note(77)->has_value());
    CHECK(show.project.removeNote(second->id).ok());
    CHECK(show.project.removeNote(1).ok());
    CHECK(show.project.notes()->empty());
}

TEST_CASE("a project of the third schema keeps the swaps that the window listed as versions") {
    const TempFolder temp;
    const fs::path path = temp / "p";
    for (const char* swaps :
         {R"([{"out":"/s/two.mp4","clip":"bird","run":"r02","created":"2026-02-01T00:00:00Z"},
             {"out":"/s/other.mp4","clip":"gone"}, 7, {"clip":"bird"},
             {"out":"/s/one.####.png","clip":"bird","run":"r01","frames":"3-5"}])",
          "not json"}) {
        fs::remove(path / "project.db");
        {
            const auto database = makeOlderProject(path, 3);
            auto put = database->prepare("INSERT INTO settings VALUES ('window.swaps', ?)");
            REQUIRE(put->bind(std::string(swaps)).run().ok());
        }
        const auto project = Project::open(path);
        REQUIRE(project.ok());
        CHECK(project->notes()->empty());
        const auto versions = project->versions();
        REQUIRE(versions.ok());
        if (swaps[0] != '[') {
            CHECK(versions->empty());
            continue;
        }
        REQUIRE(versions->size() == 2);
        CHECK(versions->at(0).out == "/s/one.####.png");  // the older one
        CHECK(versions->at(0).number == 1);
        CHECK(versions->at(0).frames == "3-5");
        CHECK(versions->at(0).step == -1);
        CHECK(versions->at(1).run == "r02");
        CHECK(versions->at(1).number == 2);
        CHECK(versions->at(1).created == "2026-02-01T00:00:00Z");
    }
}
