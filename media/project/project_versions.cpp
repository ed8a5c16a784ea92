#include <algorithm>
#include <filesystem>

#include "media/base/file.h"
#include "media/base/log.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr const char* kVersionColumns =
    "SELECT id, clip, number, run, step, face, out, matte, frames, settings, author, created, "
    "status FROM versions ";
constexpr const char* kNoteColumns =
    "SELECT id, version, first, last, body, drawing, author, created, action, resolved, "
    "resolved_by FROM notes ";

std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

Result<VersionRecord> versionOfRow(const Statement& row, const fs::path& database) {
    VersionRecord version;
    version.id = row.integer(0);
    version.clip = row.text(1);
    version.number = static_cast<int>(row.integer(2));
    version.run = validUtf8(row.text(3));
    version.step = row.integer(4);
    version.face = validUtf8(row.text(5));
    version.out = row.text(6);
    version.matte = row.text(7);
    version.frames = validUtf8(row.text(8));
    version.settings = validUtf8(row.text(9));
    version.author = validUtf8(row.text(10));
    version.created = validUtf8(row.text(11));
    const int64_t status = row.integer(12);
    // Clip and number become a folder: what could lead elsewhere is damage.
    const bool safe =
        isFileSafe(version.clip) && versionNumber(versionName(version.number)) == version.number;
    if (!safe || status < 0 || status >= static_cast<int64_t>(kVersionStatuses.size()) ||
        version.out.empty()) {
        return damagedProject("the record of a version is damaged", database);
    }
    version.status = static_cast<VersionStatus>(status);
    return version;
}

Result<NoteRecord> noteOfRow(const Statement& row, const fs::path& database) {
    NoteRecord note;
    note.id = row.integer(0);
    note.version = row.integer(1);
    note.first = row.integer(2);
    note.last = row.integer(3);
    note.text = validUtf8(row.text(4));
    note.author = validUtf8(row.text(6));
    note.created = validUtf8(row.text(7));
    const int64_t action = row.integer(8);
    note.resolved = validUtf8(row.text(9));
    note.resolvedBy = validUtf8(row.text(10));
    auto drawing =
        row.isNull(5) ? Result<NoteDrawing>(NoteDrawing()) : NoteDrawing::fromBytes(row.blob(5));
    if (!drawing.ok() || action < 0 || action >= static_cast<int64_t>(kNoteActions.size()) ||
        note.last < note.first) {
        Error error = damagedProject("note " + std::to_string(note.id) + " is damaged", database);
        error.remedy = "'understudy-cli note remove' takes it away; then write it again";
        return error;
    }
    note.drawing = *std::move(drawing);
    note.action = static_cast<NoteAction>(action);
    return note;
}

template <class Record, class Make>
Result<std::vector<Record>> allRows(Statement& query, const fs::path& database, Make make) {
    std::vector<Record> records;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return records;
        }
        US_ASSIGN(Record record, make(query, database));
        records.push_back(std::move(record));
    }
}

Status checkNote(const NoteRecord& note) {
    const auto refuse = [](const std::string& what, const std::string& remedy) {
        return Error{ErrorCode::usage, what, "note", remedy};
    };
    if (note.text.size() > NoteRecord::kMostText || note.author.size() > NoteRecord::kMostAuthor) {
        return refuse("the note is longer than " + std::to_string(NoteRecord::kMostText) +
                          " bytes, or its author's name than " +
                          std::to_string(NoteRecord::kMostAuthor),
                      "Write it in several notes");
    }
    if (note.text.find_first_not_of(" \t\r\n") == std::string::npos && note.drawing.empty()) {
        return refuse("the note says nothing", "Write something, or draw over the picture");
    }
    if (note.last < note.first) {
        return refuse("the note's range of frames runs backwards", "Give its first frame first");
    }
    return note.drawing.check();
}

Error noSuchNote(int64_t id) {
    return {ErrorCode::usage, "there is no note " + std::to_string(id), "note",
            "'understudy-cli note list' shows those there are"};
}

// The database's id of a stored version, which must be there.
Result<std::string> nameOf(Database& database, int64_t id) {
    US_ASSIGN(Statement query, database.prepare("SELECT clip, number FROM versions WHERE id = ?"));
    US_ASSIGN(const bool found, query.bind(id).step());
    if (!found) {
        return Error{ErrorCode::usage, "there is no such version", "version",
                     "'understudy-cli version list' shows those there are"};
    }
    return validUtf8(query.text(0)) + " " + versionName(static_cast<int>(query.integer(1)));
}

}  // namespace

fs::path Project::versionFolder(const VersionRecord& version) const {
    return state_->folder / "versions" / version.clip / versionName(version.number);
}

fs::path Project::resultPath(const std::string& kept) const {
    return kept.empty() ? fs::path() : (state_->folder / kept).lexically_normal();
}

Result<VersionRecord> Project::addVersion(const VersionRecord& wish, const fs::path& model) {
    VersionRecord version = wish;
    version.out = keptPath(state_->folder, wish.out);
    version.matte = wish.matte.empty() ? "" : keptPath(state_->folder, wish.matte);
    version.created = wish.created.empty() ? timeNow() : wish.created;
    fs::path moved;
    const Status status = state_->write([&]() -> Status {
        US_TRY(state_->clipId(version.clip));
        US_ASSIGN(Statement last,
                  state_->database->prepare("SELECT max(number) FROM versions WHERE clip = ?"));
        US_TRY(last.bind(version.clip).step());
        version.number = static_cast<int>(last.integer(0)) + 1;
        last.reset();
        // One that was moved by hand into the project is not replaced.
        std::error_code failed;
        while (fs::exists(versionFolder(version), failed)) {
            ++version.number;
        }
        US_ASSIGN(Statement add, state_->database->prepare(
                                     "INSERT INTO versions(clip, number, run, step, face, out, "
                                     "matte, frames, settings, author, created, status) "
                                     "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
        US_TRY(add.bind(version.clip)
                   .bind(static_cast<int64_t>(version.number))
                   .bind(validUtf8(version.run))
                   .bind(version.step)
                   .bind(validUtf8(version.face))
                   .bindBlob(bytesOf(version.out))
                   .bindBlob(bytesOf(version.matte))
                   .bind(validUtf8(version.frames))
                   .bind(validUtf8(version.settings))
                   .bind(validUtf8(version.author))
                   .bind(version.created)
                   .bind(static_cast<int64_t>(version.status))
                   .run());
        version.id = state_->database->lastRowId();
        US_TRY(appendAudit(*state_->database, "version",
                           version.clip + " " + versionName(version.number) + " by " +
                               version.author + ": run " + version.run + " step " +
                               std::to_string(version.step)));
        if (model.empty()) {
            return {};
        }
        const fs::path folder = versionFolder(version);
        US_TRY(createPrivateFolder(folder.parent_path()));
        fs::rename(model, folder, failed);
        if (failed) {
            return writeError(failed.value(), folder);
        }
        moved = folder;
        return syncFolder(folder.parent_path());
    });
    if (!status.ok()) {
        std::error_code ignored;
        if (!moved.empty()) {
            fs::rename(moved, model, ignored);
        }
        return status.error();
    }
    return version;
}

Result<std::vector<VersionRecord>> Project::versions() const {
    US_ASSIGN(Statement query,
              state_->database->prepare(std::string(kVersionColumns) + "ORDER BY clip, number"));
    return allRows<VersionRecord>(query, state_->database->path(), versionOfRow);
}

Result<VersionRecord> Project::version(const std::string& clip, const std::string& name) const {
    US_ASSIGN(const std::vector<VersionRecord> all, versions());
    std::string known;
    const auto number = versionNumber(name);
    for (const VersionRecord& version : all) {
        if (version.clip != clip) {
            continue;
        }
        if (version.number == number) {
            return version;
        }
        known += (known.empty() ? "" : ", ") + versionName(version.number);
    }
    return Error{
        ErrorCode::usage, "clip '" + validUtf8(clip) + "' has no version '" + validUtf8(name) + "'",
        "version",
        known.empty() ? "A swap that is rendered to its end becomes one" : "There are: " + known};
}

Status Project::setVersionStatus(int64_t id, VersionStatus status, const std::string& author) {
    return state_->write([&]() -> Status {
        US_ASSIGN(const std::string name, nameOf(*state_->database, id));
        US_ASSIGN(Statement set,
                  state_->database->prepare("UPDATE versions SET status = ? WHERE id = ?"));
        US_TRY(set.bind(static_cast<int64_t>(status)).bind(id).run());
        return appendAudit(*state_->database, "status",
                           name + " by " + author + ": " + std::string(versionStatusName(status)));
    });
}

Result<std::vector<NoteRecord>> Project::notes() const {
    US_ASSIGN(Statement query,
              state_->database->prepare(std::string(kNoteColumns) + "ORDER BY version, first, id"));
    return allRows<NoteRecord>(query, state_->database->path(), noteOfRow);
}

Result<Project::LegibleNotes> Project::legibleNotes() const {
    US_ASSIGN(Statement query,
              state_->database->prepare(std::string(kNoteColumns) + "ORDER BY version, first, id"));
    LegibleNotes read;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return read;
        }
        auto note = noteOfRow(query, state_->database->path());
        if (note.ok()) {
            read.notes.push_back(*std::move(note));
        } else {
            read.damaged.push_back(note.error());
        }
    }
}

Result<std::optional<NoteRecord>> Project::note(int64_t id) const {
    US_ASSIGN(Statement query,
              state_->database->prepare(std::string(kNoteColumns) + "WHERE id = ?"));
    US_ASSIGN(const bool found, query.bind(id).step());
    if (!found) {
        return std::optional<NoteRecord>();
    }
    US_ASSIGN(NoteRecord note, noteOfRow(query, state_->database->path()));
    return std::optional<NoteRecord>(std::move(note));
}

Result<NoteRecord> Project::putNote(const NoteRecord& wish) {
    US_TRY(checkNote(wish));
    NoteRecord note = wish;
    note.text = validUtf8(note.text);
    note.author = validUtf8(note.author);
    note.created = note.created.empty() ? timeNow() : validUtf8(note.created);
    const Status status = state_->write([&]() -> Status {
        US_TRY(nameOf(*state_->database, note.version));
        US_ASSIGN(
            Statement put,
            state_->database->prepare(
                "INSERT INTO notes(id, version, first, last, body, drawing, author, created, "
                "action, resolved, resolved_by) VALUES (?,?,?,?,?,?,?,?,?,?,?) "
                "ON CONFLICT(id) DO UPDATE SET version = excluded.version, first = excluded.first, "
                "last = excluded.last, body = excluded.body, drawing = excluded.drawing, "
                "author = excluded.author, created = excluded.created, action = excluded.action, "
                "resolved = excluded.resolved, resolved_by = excluded.resolved_by"));
        note.id == 0 ? put.bindNull() : put.bind(note.id);
        put.bind(note.version).bind(note.first).bind(note.last).bind(note.text);
        const std::vector<std::byte> drawing = note.drawing.bytes();
        note.drawing.empty() ? put.bindNull() : put.bindBlob(drawing);
        US_TRY(put.bind(note.author)
                   .bind(note.created)
                   .bind(static_cast<int64_t>(note.action))
                   .bind(validUtf8(note.resolved))
                   .bind(validUtf8(note.resolvedBy))
                   .run());
        if (note.id == 0) {
            note.id = state_->database->lastRowId();
        }
        return {};
    });
    return status.ok() ? Result<NoteRecord>(note) : status.error();
}

Status Project::removeNote(int64_t id) {
    return state_->write([&]() -> Status {
        US_ASSIGN(Statement remove, state_->database->prepare("DELETE FROM notes WHERE id = ?"));
        US_TRY(remove.bind(id).run());
        US_ASSIGN(const int64_t removed, state_->database->integer("SELECT changes()"));
        return removed == 1 ? Status() : noSuchNote(id);
    });
}

Status Project::resolveNote(int64_t id, bool resolved, const std::string& author) {
    return state_->write([&]() -> Status {
        US_ASSIGN(Statement set,
                  state_->database->prepare(
                      "UPDATE notes SET resolved = ?, resolved_by = ? WHERE id = ?"));
        US_TRY(set.bind(resolved ? timeNow() : std::string())
                   .bind(resolved ? validUtf8(author) : std::string())
                   .bind(id)
                   .run());
        US_ASSIGN(const int64_t changed, state_->database->integer("SELECT changes()"));
        return changed == 1 ? Status() : noSuchNote(id);
    });
}

}  // namespace understudy::media
