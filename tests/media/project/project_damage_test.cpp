// Disks that fill up, break or cannot be written, processes that write at once or die: what was
// stored stays, and the words say what to do.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <thread>

#include "media/base/file.h"
#include "media/project/database.h"
#include "media/project/project.h"
#include "media/project/schema.h"
#include "tests/media/project/older_project.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

std::vector<FaceTruth> facesOf(int64_t first, int count) {
    std::vector<FaceTruth> faces(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
        faces[static_cast<size_t>(i)].frame = first + i;
        faces[static_cast<size_t>(i)].how = FoundHow::detected;
    }
    return faces;
}

// A project with something in every table that has a writer.
fs::path filledProject(const fs::path& path) {
    auto project = *Project::create(path);
    REQUIRE(project.addClip(clipOf("bird")).ok());
    REQUIRE(project.addClip(clipOf("milk")).ok());
    REQUIRE(project.putFaces("bird", facesOf(1, 30)).ok());
    const std::vector<int64_t> frames = {3, 4};
    REQUIRE(project.setReview("bird", frames, ReviewState::reject).ok());
    const std::vector<uint8_t> levels = {0, 0, 128, 255};
    REQUIRE(project.putMaskCorrection("bird", 5, MaskCorrection::fromLevels(2, 2, levels)).ok());
    REQUIRE(project.addRun({"r01", "Anna", "Ben", ""}).ok());
    VersionRecord version;
    version.clip = "bird";
    version.out = "/swaps/bird.mp4";
    version.frames = "1-30";
    NoteRecord note;
    note.version = project.addVersion(version)->id;
    note.text = "jaw slides";
    note.drawing.marks.push_back({});
    note.drawing.marks.back().points = {{0.5f, 0.5f}, {0.6f, 0.5f}};
    REQUIRE(project.putNote(note).ok());
    REQUIRE(project.putSetting("extract.size", "256").ok());
    REQUIRE(project.audit("import", "bird").ok());
    REQUIRE(project.audit("train", "r01").ok());
    return path;
}

Status changeDatabase(const fs::path& project, const std::string& sql) {
    US_ASSIGN(const auto database,
              Database::open(project / "project.db", Database::Access::readWrite));
    return database->run(sql);
}

// Touches everything there is to read and to write; only the absence of a crash counts, and that
// refusals have a code that fits.
void useAll(const fs::path& path) {
    auto project = Project::open(path);
    const auto refuse = [](const Error& error) {
        const bool fits = error.code == ErrorCode::corruptData || error.code == ErrorCode::usage ||
                          error.code == ErrorCode::cannotWrite ||
                          error.code == ErrorCode::missingInput;
        INFO(describe(error));
        REQUIRE(fits);
    };
    if (!project.ok()) {
        return refuse(project.error());
    }
    const auto look = [&](const auto& result) {
        if (!result.ok()) {
            refuse(result.error());
        }
    };
    look(project->performers());
    look(project->clips());
    look(project->faces("bird"));
    look(project->review("bird"));
    look(project->maskCorrections("bird"));
    look(project->runs());
    look(project->versions());
    look(project->notes());
    look(project->setting("extract.size"));
    look(project->auditLog());
    look(project->verifyAudit());
    look(project->dataVersion());
    look(project->addClip(clipOf("new")));
    look(project->putFaces("milk", facesOf(1, 3)));
    look(project->audit("x", "y"));
}

}  // namespace

TEST_CASE("what is not a project is said to be none") {
    const TempFolder folder;
    const auto none = Project::open(folder / "none");
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::missingInput);
    CHECK(none.error().where == (folder / "none").string());
    CHECK_FALSE(none.error().remedy.empty());
    CHECK(Project::open(folder.path()).error().code == ErrorCode::missingInput);

    const fs::path path = folder / "p";
    fs::create_directories(path);
    for (const std::string& content :
         {std::string(), std::string(10000, 'x'), std::string("SQLite")}) {
        std::ofstream(path / "project.db") << content;
        for (const bool readOnly : {false, true}) {
            const auto bad = Project::open(path, readOnly);
            REQUIRE_FALSE(bad.ok());
            CHECK(bad.error().code == ErrorCode::corruptData);
            CHECK(bad.error().where == (path / "project.db").string());
            CHECK_FALSE(bad.error().remedy.empty());
        }
        fs::remove(path / "project.db");
    }
    // Another program's database.
    {
        auto database = Database::open(path / "project.db", Database::Access::create);
        REQUIRE((*database)->run("CREATE TABLE clips(id)").ok());
    }
    CHECK(Project::open(path).error().code == ErrorCode::corruptData);
}

TEST_CASE("a newer project is refused with the version that wrote it") {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    REQUIRE(changeDatabase(path,
                           "PRAGMA user_version = 99; UPDATE meta SET value = '7.5.0' WHERE key = "
                           "'writer'")
                .ok());
    const auto newer = Project::open(path);
    REQUIRE_FALSE(newer.ok());
    CHECK(newer.error().code == ErrorCode::corruptData);
    CHECK(newer.error().message.find("7.5.0") != std::string::npos);
    CHECK(newer.error().message.find("99") != std::string::npos);
    REQUIRE(changeDatabase(path, "DROP TABLE meta").ok());
    CHECK(Project::open(path).error().code == ErrorCode::corruptData);
}

TEST_CASE("an older project is converted after a backup copy") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    fs::create_directories(path);
    {
        auto database = Database::open(path / "project.db", Database::Access::create);
        REQUIRE((*database)
                    ->run("PRAGMA application_id = " + std::to_string(kApplicationId) +
                          "; CREATE TABLE old(x); INSERT INTO old VALUES (42)")
                    .ok());
    }
    SmallDisk disk(4 << 20);
    if (disk.available()) {
        fs::copy(path, disk.path() / "p");
        disk.makeReadOnly();
        const auto refused = Project::open(disk.path() / "p", true);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::cannotWrite);
    }
    // Who only reads converts it too, where that may be written.
    const auto readOnly = Project::open(path, true);
    REQUIRE(readOnly.ok());
    CHECK(readOnly->readOnly());
    auto project = Project::open(path);
    REQUIRE(project.ok());
    CHECK(project->addClip(clipOf("bird")).ok());
    CHECK(Project::open(path).ok());
    const fs::path copy = path / "project.v0.backup.db";
    REQUIRE(fs::exists(copy));
    CHECK((fs::status(copy).permissions() & fs::perms(0077)) == fs::perms::none);
    auto backup = Database::open(copy, Database::Access::readOnly);
    CHECK(*(*backup)->integer("SELECT x FROM old") == 42);
    CHECK(*(*backup)->integer("PRAGMA user_version") == 0);
    CHECK_FALSE(fs::exists(path / "project.v0.backup-2.db"));
}

TEST_CASE("conversions run in order, all or none") {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    auto database = *Database::open(path / "project.db", Database::Access::readWrite);
    const std::vector<Migration> broken = {
        {kSchemaVersion, "ALTER TABLE clips ADD COLUMN lens TEXT"},
        {kSchemaVersion + 1, "UPDATE nothing SET x = 1"}};
    CHECK_FALSE(migrate(*database, broken, kSchemaVersion + 2).ok());
    CHECK(*schemaVersion(*database) == kSchemaVersion);
    CHECK_FALSE(database->integer("SELECT count(lens) FROM clips").ok());
    CHECK(Project::open(path).ok());

    const std::vector<Migration> steps = {
        {kSchemaVersion + 1, "UPDATE clips SET lens = lens || ' mm'"},
        {kSchemaVersion, "ALTER TABLE clips ADD COLUMN lens TEXT DEFAULT '35'"}};
    REQUIRE(migrate(*database, steps, kSchemaVersion + 2).ok());
    CHECK(*schemaVersion(*database, kSchemaVersion + 2) == kSchemaVersion + 2);
    CHECK(*database->integer("SELECT count(*) FROM clips WHERE lens = '35 mm'") == 2);
    const std::string copy = "project.v" + std::to_string(kSchemaVersion) + ".backup";
    CHECK(fs::exists(path / (copy + ".db")));
    CHECK(fs::exists(path / (copy + "-2.db")));
    CHECK(migrate(*database, steps, kSchemaVersion + 2).ok());
    database.reset();
    // This program is now the older one.
    CHECK(Project::open(path).error().code == ErrorCode::corruptData);
}

TEST_CASE("faces of the first schema are there, without what was not measured then") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    fs::create_directories(path);
    Landmarks landmarks{};
    landmarks[30] = {12.5, 7.25};
    {
        auto database = *Database::open(path / "project.db", Database::Access::create);
        REQUIRE(migrations().front().from == 0);
        REQUIRE(database->run("PRAGMA application_id = " + std::to_string(kApplicationId)).ok());
        REQUIRE(database->run(migrations().front().sql).ok());
        REQUIRE(database
                    ->run("PRAGMA user_version = 1; INSERT INTO meta VALUES ('writer', '0.1'); "
                          "INSERT INTO performers VALUES (1, 'A'); "
                          "INSERT INTO clips VALUES (1, 'bird', 1, x'2f62', 9, 1, 9, 24, 640, 480, "
                          "1, 'bt709', x'')")
                    .ok());
        auto put = database->prepare("INSERT INTO faces VALUES (1, 1, 7, 1, 0.75, 0.5, ?)");
        REQUIRE(put->bindBlob(std::as_bytes(std::span(landmarks))).run().ok());
        REQUIRE_FALSE(database->prepare("SELECT hash FROM faces").ok());
    }
    auto project = Project::open(path);
    REQUIRE(project.ok());
    CHECK(fs::exists(path / "project.v1.backup.db"));
    auto faces = project->faces("bird");
    REQUIRE(faces->size() == 1);
    CHECK(faces->front().frame == 7);
    CHECK(faces->front().landmarks == landmarks);
    CHECK(faces->front().confidence == 0.75f);
    CHECK_FALSE(faces->front().qualities.has_value());
    faces->front().qualities = FaceQualities{.sharpness = 0.25f, .hash = ~uint64_t{0}};
    REQUIRE(project->putFaces("bird", *faces).ok());
    CHECK(project->faces("bird")->front().qualities == faces->front().qualities);
}

TEST_CASE("the audit log refuses changes, and changes made all the same are noticed") {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    CHECK_FALSE(changeDatabase(path, "UPDATE audit SET detail = 'milk' WHERE id = 1").ok());
    CHECK_FALSE(changeDatabase(path, "DELETE FROM audit").ok());
    const std::string freed = "DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps; ";
    SECTION("a text") {
        REQUIRE(changeDatabase(path, freed + "UPDATE audit SET detail = 'milk' WHERE id = 1").ok());
    }
    SECTION("a time") {
        REQUIRE(changeDatabase(path, freed + "UPDATE audit SET time = 'then' WHERE id = 2").ok());
    }
    SECTION("the first entry gone") {
        REQUIRE(changeDatabase(path, freed + "DELETE FROM audit WHERE id = 1").ok());
    }
    SECTION("the last entry gone") {
        REQUIRE(changeDatabase(path, freed + "DELETE FROM audit WHERE id = 2").ok());
    }
    SECTION("all gone") {
        REQUIRE(changeDatabase(path, freed + "DELETE FROM audit").ok());
    }
    const auto status = Project::open(path)->verifyAudit();
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::corruptData);
}

TEST_CASE("a project that cannot be written is read, and says why it does not change") {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    auto reading = Project::open(path, true);
    REQUIRE(reading.ok());
    CHECK(reading->readOnly());
    CHECK(reading->faces("bird")->size() == 30);
    CHECK(reading->putSetting("a", "b").error().code == ErrorCode::cannotWrite);
    // It follows what others write.
    REQUIRE(Project::open(path)->addClip(clipOf("no")).ok());
    CHECK(reading->clips()->size() == 3);

    SmallDisk disk(4 << 20);
    if (!disk.available()) {
        return;
    }
    filledProject(disk.path() / "p");
    disk.makeReadOnly();
    for (const bool asked : {false, true}) {
        auto project = Project::open(disk.path() / "p", asked);
        REQUIRE(project.ok());
        CHECK(project->readOnly());
        CHECK(project->faces("bird")->size() == 30);
        CHECK(project->verifyAudit().ok());
        const auto status = project->addClip(clipOf("new"));
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().code == ErrorCode::cannotWrite);
        CHECK_FALSE(status.error().remedy.empty());
    }
    const auto created = Project::create(disk.path() / "other");
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code == ErrorCode::cannotWrite);
}

TEST_CASE("a full disk costs nothing that was stored") {
    SmallDisk disk(2 << 20);
    if (!disk.available()) {
        return;
    }
    const fs::path path = filledProject(disk.path() / "p");
    auto project = *Project::open(path);
    disk.fill(200000);
    Status status;
    int64_t stored = 0;
    for (int i = 0; i < 100 && status.ok(); ++i) {
        status = project.putFaces("milk", facesOf(i * 20, 20));
        stored += status.ok() ? 20 : 0;
    }
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::cannotWrite);
    CHECK(status.error().remedy.find("space") != std::string::npos);
    CHECK(project.faces("milk")->size() == static_cast<size_t>(stored));
    fs::remove(disk.path() / "filler");
    CHECK(project.putFaces("milk", facesOf(stored, 20)).ok());
    CHECK(Project::open(path)->faces("milk")->size() == static_cast<size_t>(stored) + 20);

    disk.fill(20000);
    const auto created = Project::create(disk.path() / "other");
    REQUIRE_FALSE(created.ok());
    CHECK(created.error().code == ErrorCode::cannotWrite);
    CHECK_FALSE(fs::exists(disk.path() / "other" / "project.db"));
}

TEST_CASE("threads and processes write at once and nothing is lost") {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    constexpr int kEach = 15;
    const auto work = [&](const std::string& clip, int64_t first) {
        auto project = Project::open(path);
        bool ok = project.ok() && project->addClip(clipOf(clip)).ok();
        for (int i = 0; i < kEach && ok; ++i) {
            ok = project->putFaces(clip, facesOf(first + i, 1)).ok() &&
                 project->audit("extract", clip + " " + std::to_string(i)).ok();
        }
        return ok;
    };
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(work("child", 0) ? 0 : 1);
    }
    bool good[2] = {};
    {
        std::thread one([&] { good[0] = work("one", 100); });
        std::thread two([&] { good[1] = work("two", 200); });
        one.join();
        two.join();
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(good[0]);
    CHECK(good[1]);
    const auto project = Project::open(path);
    for (const char* clip : {"child", "one", "two"}) {
        CHECK(project->faces(clip)->size() == kEach);
    }
    CHECK(project->auditLog()->size() == 3 + 3 * kEach);
    CHECK(project->verifyAudit().ok());
}

TEST_CASE("several create the same project at once: one does") {
    const TempFolder folder;
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto project = Project::create(folder / "p");
            ::_exit(project.ok() ? 0 : project.error().code == ErrorCode::usage ? 1 : 2);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        made += WEXITSTATUS(status) == 0 ? 1 : 0;
        refused += WEXITSTATUS(status) == 1 ? 1 : 0;
    }
    CHECK(made == 1);
    CHECK(refused == 3);
    CHECK(Project::open(folder / "p").ok());
}

namespace {

void fuzz(int rounds, unsigned seed) {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    const std::string whole = *readFile(path / "project.db");
    REQUIRE_FALSE(fs::exists(path / "project.db-wal"));
    std::mt19937 random(seed);
    for (int i = 0; i < rounds; ++i) {
        std::string bad = whole;
        for (int k = 0; k < 1 + i % 20; ++k) {
            // The first page holds the header and the tables' descriptions.
            const size_t limit = k % 3 == 0 ? 4096 : bad.size();
            bad[random() % limit] = static_cast<char>(random());
        }
        if (i % 10 == 0) {
            bad.resize(random() % bad.size());
        }
        for (const char* name : {"project.db", "project.db-wal", "project.db-shm"}) {
            fs::remove(path / name);
        }
        std::ofstream(path / "project.db", std::ios::binary) << bad;
        useAll(path);
    }
}

}  // namespace

TEST_CASE("flipped bytes in the database are refused or read, never a crash") {
    fuzz(200, 1);
}

TEST_CASE("many flipped bytes in the database", "[soak]") {
    fuzz(5000, 2);
}

TEST_CASE("a writer killed at ten random moments leaves whole transactions", "[soak]") {
    const TempFolder folder;
    const fs::path path = filledProject(folder / "p");
    std::mt19937 random(9);
    int64_t next = 0;
    for (int round = 0; round < 10; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            auto project = Project::open(path);
            for (int64_t i = next; project.ok(); i += 50) {
                if (!project->putFaces("milk", facesOf(i, 50)).ok() ||
                    !project->audit("extract", std::to_string(i)).ok()) {
                    break;
                }
            }
            ::_exit(1);
        }
        ::usleep(50000 + random() % 200000);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        const auto project = Project::open(path);
        REQUIRE(project.ok());
        const auto faces = project->faces("milk");
        REQUIRE(faces.ok());
        // Fifty at a time, without a hole.
        REQUIRE(faces->size() % 50 == 0);
        REQUIRE(static_cast<int64_t>(faces->size()) >= next);
        if (!faces->empty()) {
            REQUIRE(faces->back().frame == static_cast<int64_t>(faces->size()) - 1);
        }
        REQUIRE(project->verifyAudit().ok());
        REQUIRE(project->faces("bird")->size() == 30);
        next = static_cast<int64_t>(faces->size());
    }
    CHECK(next > 0);
}
