#include "media/project/schema.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "media/base/file.h"
#include "media/base/log.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

// Names and ids are separate so that a name can change; paths are blobs because file names are
// bytes, not text.
constexpr const char* kTables = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counter(one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL);
INSERT INTO counter VALUES (1, 0);
CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE performers(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE consent(
    id INTEGER PRIMARY KEY,
    performer INTEGER NOT NULL REFERENCES performers(id),
    representative TEXT, replica_type TEXT, production TEXT, described_use TEXT, scope TEXT,
    signed TEXT, document_hash TEXT, expires TEXT, minor INTEGER NOT NULL DEFAULT 0, guardian TEXT,
    reason TEXT, revoked TEXT, approver TEXT, created TEXT NOT NULL);
CREATE TABLE clips(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    performer INTEGER NOT NULL REFERENCES performers(id),
    path BLOB NOT NULL,
    frames INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    fps REAL NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    pixel_aspect REAL NOT NULL, encoding TEXT NOT NULL,
    missing BLOB NOT NULL,
    UNIQUE (performer, path));
CREATE TABLE faces(
    id INTEGER PRIMARY KEY,
    clip INTEGER NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
    frame INTEGER NOT NULL,
    how INTEGER NOT NULL, confidence REAL NOT NULL, jitter REAL NOT NULL,
    landmarks BLOB,
    UNIQUE (clip, frame));
CREATE TABLE review(
    clip INTEGER NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
    frame INTEGER NOT NULL,
    state INTEGER NOT NULL,
    PRIMARY KEY (clip, frame)) WITHOUT ROWID;
CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    source TEXT NOT NULL, destination TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE versions(
    id INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    run TEXT NOT NULL, clip TEXT NOT NULL, checkpoint TEXT NOT NULL, settings TEXT NOT NULL,
    path BLOB NOT NULL, created TEXT NOT NULL);
CREATE TABLE notes(
    id INTEGER PRIMARY KEY,
    version INTEGER REFERENCES versions(id),
    clip TEXT, frame INTEGER, author TEXT NOT NULL, created TEXT NOT NULL,
    body TEXT NOT NULL, drawing BLOB, resolved TEXT);
CREATE TABLE audit(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
)sql";

// Version 2: what can be measured of a face, NULL where nobody did.
constexpr const char* kQualities = R"sql(
ALTER TABLE faces ADD COLUMN sharpness REAL;
ALTER TABLE faces ADD COLUMN yaw REAL;
ALTER TABLE faces ADD COLUMN pitch REAL;
ALTER TABLE faces ADD COLUMN roll REAL;
ALTER TABLE faces ADD COLUMN size REAL;
ALTER TABLE faces ADD COLUMN brightness REAL;
ALTER TABLE faces ADD COLUMN occlusion REAL;
ALTER TABLE faces ADD COLUMN outlier REAL;
ALTER TABLE faces ADD COLUMN hash INTEGER;
)sql";

// Version 3: what was painted into masks, as MaskCorrection stores it.
constexpr const char* kCorrections = R"sql(
CREATE TABLE mask_corrections(
    id INTEGER PRIMARY KEY,
    clip INTEGER NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
    frame INTEGER NOT NULL,
    correction BLOB NOT NULL,
    UNIQUE (clip, frame));
)sql";

// Version 4: versions by clip and number, and notes of a range of frames. The tables of the first
// schema had no writer. Swaps that the window listed in a setting become versions.
constexpr const char* kVersions = R"sql(
DROP TABLE notes;
DROP TABLE versions;
CREATE TABLE versions(
    id INTEGER PRIMARY KEY,
    clip TEXT NOT NULL COLLATE NOCASE, number INTEGER NOT NULL,
    run TEXT NOT NULL, step INTEGER NOT NULL, face TEXT NOT NULL,
    out BLOB NOT NULL, matte BLOB NOT NULL, frames TEXT NOT NULL,
    settings TEXT NOT NULL, author TEXT NOT NULL, created TEXT NOT NULL,
    status INTEGER NOT NULL,
    UNIQUE (clip, number));
CREATE TRIGGER versions_stay BEFORE UPDATE OF
    clip, number, run, step, face, out, matte, frames, settings, author, created ON versions
    BEGIN SELECT RAISE(ABORT, 'a version does not change'); END;
CREATE TABLE notes(
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES versions(id),
    first INTEGER NOT NULL, last INTEGER NOT NULL,
    body TEXT NOT NULL, drawing BLOB,
    author TEXT NOT NULL, created TEXT NOT NULL,
    action INTEGER NOT NULL,
    resolved TEXT NOT NULL, resolved_by TEXT NOT NULL);
CREATE INDEX notes_of_version ON notes(version, first);
INSERT INTO versions(clip, number, run, step, face, out, matte, frames, settings, author, created,
                     status)
SELECT clip, row_number() OVER (PARTITION BY clip COLLATE NOCASE ORDER BY place DESC),
       run, -1, '', CAST(out AS BLOB), x'', frames, '', '', created, 0
FROM (SELECT swaps.key AS place, json_extract(swaps.value, '$.clip') AS clip,
             json_extract(swaps.value, '$.out') AS out,
             coalesce(json_extract(swaps.value, '$.run'), '') AS run,
             coalesce(json_extract(swaps.value, '$.frames'), '') AS frames,
             coalesce(json_extract(swaps.value, '$.created'), '') AS created
      FROM settings, json_each(CASE WHEN json_valid(settings.value) THEN settings.value
                                    ELSE '[]' END) AS swaps
      WHERE settings.key = 'window.swaps' AND swaps.type = 'object')
WHERE typeof(clip) = 'text' AND typeof(out) = 'text' AND out <> ''
      AND clip IN (SELECT name FROM clips);
)sql";

// Version 5: landmarks that somebody placed, as 68 points of two little-endian doubles.
constexpr const char* kLandmarks = R"sql(
CREATE TABLE landmark_corrections(
    id INTEGER PRIMARY KEY,
    clip INTEGER NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
    frame INTEGER NOT NULL,
    key INTEGER NOT NULL,
    landmarks BLOB NOT NULL,
    UNIQUE (clip, frame));
)sql";

// Version 6: where the signed sheet of a consent lies.
constexpr const char* kConsentSheet = R"sql(
ALTER TABLE consent ADD COLUMN document BLOB NOT NULL DEFAULT x'';
)sql";

// Version 7: faces of a clip that are not its performer's. NULL: of nobody in the project.
constexpr const char* kAssignments = R"sql(
CREATE TABLE assignments(
    clip INTEGER NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
    frame INTEGER NOT NULL,
    performer INTEGER REFERENCES performers(id),
    PRIMARY KEY (clip, frame)) WITHOUT ROWID;
)sql";

// Version 8: whether somebody said what a clip's values mean and its rate.
constexpr const char* kSaid = "ALTER TABLE clips ADD COLUMN said INTEGER NOT NULL DEFAULT 0;";

// Version 9: each of both by itself, beside what the file has.
constexpr const char* kSaidEach = R"sql(
ALTER TABLE clips ADD COLUMN said_encoding TEXT NOT NULL DEFAULT '';
ALTER TABLE clips ADD COLUMN said_fps REAL NOT NULL DEFAULT 0;
UPDATE clips SET said_encoding = encoding, said_fps = fps WHERE said <> 0;
ALTER TABLE clips DROP COLUMN said;
)sql";

// Version 10: what was painted into the masks of a pack when it was cut; clips that were taken out
// and may come back; performers who are there before anything of them is, and who had another name.
constexpr const char* kCutAndPerformers = R"sql(
CREATE TABLE cut_masks(
    clip INTEGER NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
    pack TEXT NOT NULL,
    frame INTEGER NOT NULL,
    painted TEXT NOT NULL,
    PRIMARY KEY (clip, pack, frame)) WITHOUT ROWID;
ALTER TABLE clips ADD COLUMN removed TEXT NOT NULL DEFAULT '';
ALTER TABLE performers ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
CREATE TABLE former_names(
    name TEXT PRIMARY KEY,
    performer INTEGER NOT NULL REFERENCES performers(id)) WITHOUT ROWID;
)sql";

// Version 11: how the faces of a clip were found, beside them: window and tables count them often.
constexpr const char* kFacesHow = "CREATE INDEX faces_how ON faces(clip, frame, how);";

Status setVersion(Database& database, int version) {
    US_TRY(database.run("PRAGMA user_version = " + std::to_string(version)));
    US_ASSIGN(Statement writer,
              database.prepare("INSERT INTO meta VALUES ('writer', ?) "
                               "ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
    return writer.bind(std::string(US_VERSION)).run();
}

std::string writerOf(Database& database) {
    auto statement = database.prepare("SELECT value FROM meta WHERE key = 'writer'");
    if (statement.ok()) {
        if (const auto found = statement->step(); found.ok() && *found) {
            return "Understudy " + validUtf8(statement->text(0)).substr(0, 40);
        }
    }
    return "a newer Understudy";
}

// A whole copy beside the database, before anything is changed in it.
Status backup(Database& database, int version) {
    const fs::path folder = database.path().parent_path();
    const std::string stem =
        database.path().stem().string() + ".v" + std::to_string(version) + ".backup";
    fs::path copy = folder / (stem + ".db");
    std::error_code ignored;
    for (int i = 2; fs::exists(copy, ignored); ++i) {
        copy = folder / (stem + "-" + std::to_string(i) + ".db");
    }
    US_ASSIGN(Statement into, database.prepare("VACUUM INTO ?"));
    if (auto status = into.bind(copy.string()).run(); !status.ok()) {
        ::unlink(copy.c_str());
        return status;
    }
    if (::chmod(copy.c_str(), 0600) != 0) {
        return writeError(errno, copy);
    }
    return syncFolder(folder);
}

}  // namespace

std::span<const Migration> migrations() {
    static const std::vector<Migration> steps = {
        {0, kTables},    {1, kQualities},        {2, kCorrections}, {3, kVersions},
        {4, kLandmarks}, {5, kConsentSheet},     {6, kAssignments}, {7, kSaid},
        {8, kSaidEach},  {9, kCutAndPerformers}, {10, kFacesHow}};
    return steps;
}

Status createSchema(Database& database) {
    return database.transaction([&]() -> Status {
        US_TRY(database.run("PRAGMA application_id = " + std::to_string(kApplicationId)));
        for (const Migration& step : migrations()) {  // in order
            US_TRY(database.run(step.sql));
        }
        return setVersion(database, kSchemaVersion);
    });
}

Result<int> schemaVersion(Database& database, int newest) {
    US_ASSIGN(const int64_t application, database.integer("PRAGMA application_id"));
    if (application != kApplicationId) {
        return damagedProject("this is not a project's database", database.path());
    }
    US_ASSIGN(const int64_t version, database.integer("PRAGMA user_version"));
    if (version > newest) {
        return Error{ErrorCode::corruptData,
                     "the project was written by " + writerOf(database) + " (schema " +
                         std::to_string(version) + "); this is Understudy " + US_VERSION +
                         " (schema " + std::to_string(newest) + ")",
                     database.path().string(), "Open it with that version or a newer one"};
    }
    if (version < 0) {
        return damagedProject("the project's schema version is damaged", database.path());
    }
    return static_cast<int>(version);
}

Status migrate(Database& database, std::span<const Migration> steps, int target) {
    US_ASSIGN(const int stored, schemaVersion(database, target));
    if (stored == target) {
        return {};
    }
    US_TRY(backup(database, stored));
    return database.transaction([&]() -> Status {
        // Another process may have done it in the meantime.
        US_ASSIGN(int version, schemaVersion(database, target));
        for (; version < target; ++version) {
            bool found = false;
            for (const Migration& step : steps) {
                if (step.from == version) {
                    US_TRY(database.run(step.sql));
                    found = true;
                    break;
                }
            }
            US_CHECK(found);
        }
        return setVersion(database, target);
    });
}

}  // namespace understudy::media
