// SPDX-License-Identifier: GPL-3.0-or-later
// Session, clip import, swaps and settings: what the window knows between two starts.
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <future>

#include "tests/ui/studio_fixture.h"
#include "ui/models/clip_import.h"
#include "ui/models/delivery_names.h"
#include "ui/models/formatting.h"
#include "ui/models/swaps_model.h"

using namespace understudy;
using namespace understudy::tests;
using ui::text;
using ui::utf8;

namespace {

struct Session {
    Session() {
        ensureApplication();
        QObject::connect(&session, &ui::ProjectSession::openFailed,
                         [this](const QString&, const Error& error) { failure = error; });
    }
    std::filesystem::path path(const char* name = "show.understudy") const { return temp / name; }
    bool create() {
        session.create(text(path().string()));
        return runUntil([this] { return session.isOpen() || failure; }) && session.isOpen();
    }
    // The error that opening ends with.
    Error failOpening(const char* name) {
        failure.reset();
        session.open(text(path(name).string()));
        REQUIRE(runUntil([this] { return failure || session.isOpen(); }));
        REQUIRE(failure);
        return *failure;
    }

    TempFolder temp;
    std::optional<Error> failure;
    ui::ProjectSession session;
};

struct Import : Session {
    Import() {
        REQUIRE(create());
        QObject::connect(&clips, &ui::ClipImport::finished,
                         [this](const ui::ImportResult& done) { result = done; });
    }
    ui::ImportResult run(const QStringList& paths, const char* performer = "Anna") {
        result.reset();
        clips.run(paths, QString::fromLatin1(performer));
        REQUIRE(runUntil([this] { return result.has_value(); }));
        return *result;
    }

    ui::ClipImport clips{&session};
    std::optional<ui::ImportResult> result;
};

}  // namespace

TEST_CASE("a project is made, closed and opened again") {
    Session studio;
    REQUIRE(studio.create());
    CHECK(utf8(studio.session.name()) == "show");
    CHECK_FALSE(studio.session.readOnly());
    studio.session.close();
    CHECK_FALSE(studio.session.isOpen());
    studio.session.open(text(studio.path().string()));
    CHECK(runUntil([&] { return studio.session.isOpen(); }));
}

TEST_CASE("what cannot be opened is told with what to do") {
    Session studio;
    CHECK(studio.failOpening("nowhere").code == ErrorCode::missingInput);
    std::filesystem::create_directory(studio.path("empty"));
    CHECK_FALSE(studio.failOpening("empty").remedy.empty());
    { auto project = media::Project::create(studio.path("broken")); }
    for (const auto& entry : std::filesystem::directory_iterator(studio.path("broken"))) {
        if (entry.is_regular_file() && entry.path().extension() == ".db") {
            std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << "no database at all";
        }
    }
    CHECK(studio.failOpening("broken").code == ErrorCode::corruptData);
    CHECK_FALSE(studio.session.isOpen());
}

TEST_CASE("writes in the queue are done before a project is closed") {
    Session studio;
    REQUIRE(studio.create());
    int done = 0;
    for (int i = 0; i < 50; ++i) {
        studio.session.write(
            [i](media::Project& project) { return project.putSetting("test", std::to_string(i)); },
            [&](const Status& status) { done += status.ok(); });
    }
    CHECK(studio.session.saving());
    studio.session.close();
    REQUIRE(runUntil([&] { return done == 50; }));
    CHECK_FALSE(studio.session.saving());
    CHECK(**media::Project::open(studio.path(), true)->setting("test") == "49");
}

TEST_CASE("closing waits for nobody, reads no more, and loses no write") {
    Session studio;
    REQUIRE(studio.create());
    std::promise<void> release;
    const auto released = release.get_future().share();
    std::atomic<bool> begun = false, looked = false;
    studio.session.ask(
        &studio.session,
        [&begun, released](media::Project&) {
            begun = true;
            released.wait();
            return 0;
        },
        [](int) {});
    studio.session.look(
        &studio.session,
        [&looked](media::Project&) {
            looked = true;
            return 0;
        },
        [](int) {});
    studio.session.write(
        [](media::Project& project) { return project.putSetting("test", "kept"); });
    REQUIRE(runUntil([&] { return begun.load(); }));
    const QString folder = studio.session.folder();
    studio.session.close();  // were it to wait, it would for ever
    CHECK(studio.session.saving());
    // What is opened next sees what was written before.
    studio.session.open(folder);
    release.set_value();
    REQUIRE(runUntil([&] { return studio.session.isOpen(); }));
    std::string kept;
    studio.session.look(
        &studio.session, [](media::Project& project) { return **project.setting("test"); },
        [&kept](const std::string& value) { kept = value; });
    CHECK(runUntil([&] { return kept == "kept"; }));
    CHECK_FALSE(looked);
}

TEST_CASE("roles follow the order of import until they are set") {
    Import import;
    const auto a = writePlate(import.temp / "a", "again", 3, 20);
    const auto b = writePlate(import.temp / "b", "bird", 3, 32);
    import.run({text(a)}, "Anna");
    import.run({text(b)}, "Ben");
    REQUIRE(runUntil([&] { return import.session.snapshot().clips.size() == 2; }));
    CHECK(import.session.snapshot().source == "Anna");
    CHECK(import.session.snapshot().destination == "Ben");
    import.session.setRole("source", "Ben");
    REQUIRE(runUntil([&] { return import.session.snapshot().source == "Ben"; }));
    CHECK(import.session.snapshot().destination == "Anna");
}

TEST_CASE("a folder's frames are one clip, and a second one of the same name gets its own") {
    Import import;
    writePlate(import.temp / "plates", "again", 4, 20);
    const auto folder = text((import.temp / "plates").string());
    const auto first = import.run({folder});
    REQUIRE(first.clips.size() == 1);
    CHECK(first.errors.empty());
    CHECK(first.clips[0].name == "again");
    CHECK(first.clips[0].frames == 4);
    CHECK(first.clips[0].first == 1001);
    writePlate(import.temp / "other", "again", 2, 20);
    const auto second = import.run({text((import.temp / "other").string())});
    REQUIRE(second.clips.size() == 1);
    CHECK(second.clips[0].name != "again");
}

TEST_CASE("what is no clip is told, what is one comes in all the same") {
    Import import;
    const auto good = writePlate(import.temp / "a", "again", 3, 20);
    const auto bad = import.temp / "notes.mov";
    std::ofstream(bad) << "these are no pictures";
    const auto done =
        import.run({text(good), text(bad.string()), text((import.temp / "gone.mov").string())});
    CHECK(done.clips.size() == 1);
    REQUIRE(done.errors.size() == 2);
    for (const Error& error : done.errors) {
        CHECK_FALSE(error.remedy.empty());
    }
    CHECK(done.errors[1].code == ErrorCode::missingInput);
}

TEST_CASE("a folder of folders brings in the clips of those; one without any clip is told") {
    Import import;
    writePlate(import.temp / "day" / "a", "again", 3, 20);
    writePlate(import.temp / "day" / "b", "bird", 3, 32);
    const auto done = import.run({text((import.temp / "day").string())});
    CHECK(done.clips.size() == 2);
    CHECK(done.errors.empty());
    std::filesystem::create_directories(import.temp / "papers" / "deeper");
    std::ofstream(import.temp / "papers" / "notes.txt") << "no clip";
    const auto none = import.run({text((import.temp / "papers").string())});
    CHECK(none.clips.empty());
    REQUIRE(none.errors.size() == 1);
    CHECK(none.errors[0].where.find("papers") != std::string::npos);
    CHECK_FALSE(none.errors[0].remedy.empty());
}

TEST_CASE("clips below folders that have clips themselves come in too, however deep") {
    Import import;
    writePlate(import.temp / "day", "again", 3, 20);
    writePlate(import.temp / "day" / "b" / "left" / "deep", "bird", 3, 32);
    std::filesystem::create_directory_symlink(import.temp / "day", import.temp / "day" / "round");
    const auto done = import.run({text((import.temp / "day").string())});
    REQUIRE(done.clips.size() == 2);
    CHECK(done.clips[0].name == "again");
    CHECK(done.clips[1].name == "bird");
    CHECK(done.added.size() == 2);
    // Those that are there already are no news.
    CHECK(import.run({text((import.temp / "day").string())}).added.empty());
}

TEST_CASE("a clip that comes in again is back with what was known of it, and says so") {
    Import import;
    const auto plate = writePlate(import.temp / "a", "again", 3, 20);
    REQUIRE(import.run({text(plate)}).clips.size() == 1);
    std::vector<media::FaceTruth> faces(1);
    faces[0].frame = 1001;
    bool removed = false;
    import.session.write(
        [&](media::Project& project) -> Status {
            US_TRY(project.putFaces("again", faces));
    return project.removeClip("again");
},
        [&](const Status& status) {
    removed = status.ok(); });
REQUIRE(runUntil([&] { return removed; }));
const auto done = import.run({text(plate)});
CHECK(done.added.size() == 1);
REQUIRE(done.warnings.size() == 1);
CHECK(done.warnings[0].contains("was in this project before"));
}

TEST_CASE("what the reader warns of is told of a clip that comes in") {
    Import import;
    const auto plate = writePlate(import.temp / "a", "again", 4, 20);
    CHECK(import.run({text(plate)}).warnings.isEmpty());
    writePlate(import.temp / "b", "bird", 4, 20);
    std::ofstream(import.temp / "b" / "bird.1002.png", std::ios::trunc);
    const auto done = import.run({text((import.temp / "b").string())});
    CHECK(done.clips.size() == 1);
    REQUIRE(done.warnings.size() == 1);
    CHECK(done.warnings[0].startsWith("bird"));
    CHECK(done.warnings[0].contains("1002"));
}

TEST_CASE("a performer is named after the folder, unless the other one is") {
    using ui::ClipImport;
    const QStringList clips = {"/shots/anna/a.mov", "/shots/anna/b.mov"};
    CHECK(utf8(ClipImport::performerFor(clips, "Source", {})) == "anna");
    CHECK(utf8(ClipImport::performerFor(clips, "Source", {"anna"})) == "Source");
    CHECK(utf8(ClipImport::performerFor({}, "Source", {})) == "Source");
}

TEST_CASE("a new version's name is proposed anew until it is free") {
    Session studio;
    REQUIRE(studio.create());
    FakeGateway gateway;
    QUndoStack undo;
    ui::JobsModel jobs(&gateway);
    ui::ResultsOnDisk results(&studio.session, &jobs);
    ui::SwapsModel swaps(&studio.session, &jobs, &results);
    ui::VersionsModel versions(&studio.session, &undo);
    ui::DeliveryNames names(&studio.session, &versions, &swaps, &results);
    names.setNameText(ui::DeliveryNames::Kind::version, training::kUsualVersionName);
    const auto proposal = [&](const char* format) {
        std::vector<ui::RenderOrder> orders(1);
        orders[0].clip.name = "bird";
        orders[0].run = "r01";
        REQUIRE(names.name(orders, *training::deliveryFormat(format), true).ok());
        return names.standing(orders[0]).known ? utf8(orders[0].out) : "";
    };
    // Once the disk was looked at.
    const auto becomes = [&](const char* format, const std::filesystem::path& out) {
        results.lookAgain();
        return runUntil([&] { return proposal(format) == out.string(); });
    };
    const auto folder = studio.path() / "deliveries";
    CHECK(becomes("mp4", folder / "bird_r01_v001.mp4"));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "bird_r01_v001.mp4") << "x";
    CHECK(becomes("mp4", folder / "bird_r01_v002.mp4"));
    swaps.add({text(proposal("mp4")), "r01", "bird", "2026-01-01T00:00:00Z", {}});
    CHECK(becomes("mp4", folder / "bird_r01_v003.mp4"));
    // A sequence is there as soon as one of its frames is.
    std::ofstream(folder / "bird_r01_v001.1001.exr") << "x";
    CHECK(becomes("exr", folder / "bird_r01_v002.####.exr"));

    // Another name and place are the project's from then on.
    names.setNameText(ui::DeliveryNames::Kind::version, "{clip}/{version}.{frame}");
    names.setFolder(text((studio.path() / "out").string()));
    CHECK(becomes("png", studio.path() / "out/bird/v001.####.png"));
    REQUIRE(runUntil([&] { return !studio.session.saving(); }));
    const auto project = media::Project::open(studio.path(), true);
    CHECK(*project->setting(training::kVersionNameSetting) == "{clip}/{version}.{frame}");
    CHECK(*project->setting(training::kDeliveryFolderSetting) == "out");
    // What cannot be a name is told and not kept.
    names.setNameText(ui::DeliveryNames::Kind::version, "{clip");
    std::vector<ui::RenderOrder> orders(1);
    orders[0].clip.name = "bird";
    orders[0].run = "r01";
    CHECK_FALSE(names.name(orders, *training::deliveryFormat("mp4"), true).ok());
    names.setNameText(ui::DeliveryNames::Kind::version, "all");
    orders.resize(2);
    orders[1] = orders[0];
    orders[1].clip.name = "again";
    const Status same = names.name(orders, *training::deliveryFormat("mp4"), true);
    REQUIRE_FALSE(same.ok());
    CHECK(same.error().remedy == "Put {clip} into the name");
}

TEST_CASE("swaps are remembered by the project, and told whether they are there") {
    Session studio;
    REQUIRE(studio.create());
    FakeGateway gateway;
    ui::JobsModel jobs(&gateway);
    jobs.setProject(studio.session.folder());
    ui::ResultsOnDisk results(&studio.session, &jobs);
    const QString out = text((studio.temp / "swap.mp4").string());
    {
        ui::SwapsModel swaps(&studio.session, &jobs, &results);
        swaps.add({out, "r01", "bird", "2026-01-01T00:00:00Z", {}});
        CHECK(runUntil(
            [&] { return swaps.state(swaps.swaps()[0]) == ui::SwapsModel::State::missing; }));
        REQUIRE(runUntil([&] { return !studio.session.saving(); }));
    }
    std::ofstream(utf8(out)) << "x";
    studio.session.close();
    ui::SwapsModel swaps(&studio.session, &jobs, &results);
    studio.session.open(text(studio.path().string()));
    REQUIRE(runUntil([&] { return swaps.swaps().size() == 1; }));
    CHECK(runUntil([&] { return swaps.state(swaps.swaps()[0]) == ui::SwapsModel::State::done; }));

    // One that the command line asked for joins them, once.
    training::JobInfo job;
    job.job = "job-1";
    job.kind = "swap";
    job.project = utf8(studio.session.folder());
    job.run = "r01";
    job.clip = "bird";
    job.state = "running";
    gateway.tell(job);
    job.state = "finished";
    job.result = R"({"out":"/elsewhere/b.mp4"})";
    gateway.tell(job);
    gateway.tell(job);
    REQUIRE(swaps.swaps().size() == 2);
    CHECK(utf8(swaps.swaps()[0].out) == "/elsewhere/b.mp4");
}

TEST_CASE("settings outlive the window; a damaged file is as good as none") {
    ensureApplication();
    const TempFolder temp;
    const QString file = text((temp / "window.ini").string());
    {
        ui::UiSettings settings(file);
        for (int i = 0; i < 20; ++i) {
            settings.addRecentProject(QStringLiteral("/show/%1").arg(i));
        }
        settings.addRecentProject("/show/15");
        settings.setNumber("page", 3);
        settings.setBytes("geometry", QByteArray("\x01\x02", 2));
    }
    {
        ui::UiSettings settings(file);
        REQUIRE(settings.recentProjects().size() == 12);
        CHECK(utf8(settings.recentProjects()[0]) == "/show/15");
        CHECK(settings.recentProjects().count("/show/15") == 1);
        settings.removeRecentProject("/show/15");
        CHECK(settings.recentProjects().size() == 11);
        CHECK(settings.number("page", 0) == 3);
        CHECK(settings.bytes("geometry") == QByteArray("\x01\x02", 2));
    }
    std::ofstream(utf8(file), std::ios::binary | std::ios::trunc) << "\xff\xfe[[[=\n@Byte";
    ui::UiSettings settings(file);
    CHECK(settings.recentProjects().isEmpty());
    CHECK(settings.number("page", 7) == 7);
    settings.addRecentProject("/show/1");
    CHECK(settings.recentProjects().size() == 1);
}
