#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "media/base/joined.h"
#include "media/base/log.h"
#include "media/project/people_settings.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostNameBytes = 80;  // before a number is added to make it unique
constexpr size_t kMostNamed = 20;      // in a message
constexpr size_t kMostStoredBytes = 100;
constexpr double kLeastRate = 1;  // frames a second
constexpr double kMostRate = 1000;
constexpr int64_t kDaysKept = 30;  // of clips that were taken out
constexpr const char* kColumns =
    "SELECT clips.name, performers.name, path, frames, first, last, fps, width, height, "
    "pixel_aspect, encoding, missing, said_encoding, said_fps FROM clips JOIN performers ON "
    "performers.id = performer ";

Error usage(const std::string& message, const std::string& where, const std::string& remedy) {
    return {ErrorCode::usage, message, where, remedy};
}

Status checkClip(const ClipRecord& clip) {
    US_TRY(checkPerformerName(clip.performer));
    if (clip.path.empty() || clip.path.find('\0') != std::string::npos) {
        return usage("the clip has no path", clip.name, "Name a movie or an image sequence");
    }
    if (!std::isfinite(clip.fps) || !std::isfinite(clip.pixelAspect)) {
        return usage("the clip's frame rate or pixel aspect is not a number", clip.path,
                     "Check the file with another player");
    }
    return {};
}

std::string withoutFramePattern(std::string name) {
    for (size_t at = name.find('%'); at != std::string::npos; at = name.find('%', at)) {
        const size_t end = name.find_first_not_of("0123456789", at + 1);
        const bool pattern = end != std::string::npos && name[end] == 'd';
        name.erase(at, pattern ? end + 1 - at : 1);
    }
    std::erase(name, '#');
    return name;
}

bool isSafe(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 128 || std::isalnum(byte) != 0 || c == '.' || c == '_' || c == '-';
}

Result<ClipRecord> clipOfRow(const Statement& row, const fs::path& database) {
    ClipRecord clip;
    clip.name = row.text(0);
    clip.performer = row.text(1);
    clip.path = row.text(2);
    clip.frames = row.integer(3);
    clip.first = row.integer(4);
    clip.last = row.integer(5);
    clip.fps = row.real(6);
    clip.width = static_cast<int>(row.integer(7));
    clip.height = static_cast<int>(row.integer(8));
    clip.pixelAspect = row.real(9);
    clip.encoding = row.text(10);
    const auto missing = row.blob(11);
    clip.said = {row.text(12), row.real(13)};
    if (!clip.said.encoding.empty()) {
        clip.encoding = clip.said.encoding;
    }
    if (clip.said.rate != 0) {
        clip.fps = clip.said.rate;
    }
    if (missing.size() % sizeof(int64_t) != 0 || !isFileSafe(clip.name) || clip.path.empty()) {
        return damagedProject("the record of clip '" + validUtf8(clip.name) + "' is damaged",
                              database);
    }
    clip.missing.resize(missing.size() / sizeof(int64_t));
    if (!missing.empty()) {
        std::memcpy(clip.missing.data(), missing.data(), missing.size());
    }
    return clip;
}

// Packs of a removed clip stay for the runs that use them, so its name is not given again.
bool hasPacks(const fs::path& facesets, const std::string& name) {
    std::error_code failed;
    for (fs::directory_iterator at(facesets, failed), end; !failed && at != end;
         at.increment(failed)) {
        const std::string file = at->path().filename().string();
        if (file.size() > name.size() && file.starts_with(name) && file[name.size()] == '.') {
            return true;
        }
    }
    return false;
}

Result<std::string> uniqueName(Database& database, const fs::path& facesets,
                               const std::string& wish) {
    const std::string stem = fileSafeName(wish);
    US_ASSIGN(Statement taken, database.prepare("SELECT 1 FROM clips WHERE name = ?"));
    for (int i = 1;; ++i) {
        const std::string name = i == 1 ? stem : stem + "_" + std::to_string(i);
        taken.reset();
        US_ASSIGN(const bool found, taken.bind(name).step());
        if (!found && !hasPacks(facesets, name)) {
            return name;
        }
    }
}

Status insertClip(Database& database, const ClipRecord& clip) {
    US_ASSIGN(const int64_t performer, performerId(database, clip.performer));
    US_ASSIGN(Statement add,
              database.prepare("INSERT INTO clips(name, performer, path, frames, first, last, fps, "
                               "width, height, pixel_aspect, encoding, missing) "
                               "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"));
    add.bind(clip.name).bind(performer).bindBlob(std::as_bytes(std::span(clip.path)));
    add.bind(clip.frames).bind(clip.first).bind(clip.last).bind(clip.fps);
    add.bind(int64_t{clip.width}).bind(int64_t{clip.height}).bind(clip.pixelAspect);
    add.bind(validUtf8(clip.encoding)).bindBlob(std::as_bytes(std::span(clip.missing)));
    return add.run();
}

Status writePath(Database& database, int64_t id, const std::string& path) {
    US_ASSIGN(Statement change, database.prepare("UPDATE clips SET path = ? WHERE id = ?"));
    return change.bindBlob(std::as_bytes(std::span(path))).bind(id).run();
}

// Makes room for another clip on the plate of one that was taken out, which keeps all that is known
// of it. No plate has a zero in its path: what follows one is left away when it is brought back.
Status setAside(Database& database, int64_t id) {
    US_ASSIGN(Statement query, database.prepare("SELECT path FROM clips WHERE id = ?"));
    US_ASSIGN(const bool found, query.bind(id).step());
    US_CHECK(found);
    return writePath(database, id, query.text(0) + '\0' + std::to_string(id));
}

// The clip that has this plate of the same performer, `id` itself left out.
struct SamePlate {
    int64_t id = 0;
    std::string name;
    bool removed = false;
};
Result<std::optional<SamePlate>> samePlate(Database& database, int64_t id, int64_t performer,
                                           const std::string& path) {
    US_ASSIGN(Statement same,
              database.prepare("SELECT id, name, removed FROM clips WHERE performer = ? AND "
                               "id <> ? AND path = ?"));
    US_ASSIGN(const bool taken,
              same.bind(performer).bind(id).bindBlob(std::as_bytes(std::span(path))).step());
    return taken ? std::optional(
                       SamePlate{same.integer(0), validUtf8(same.text(1)), !same.text(2).empty()})
                 : std::nullopt;
}

// What was taken out there is set aside. Errors: usage where a clip of the project is there.
Status makeRoom(Database& database, int64_t id, int64_t performer, const std::string& path,
                const std::string& remedy) {
    US_ASSIGN(const auto same, samePlate(database, id, performer, path));
    if (same && !same->removed) {
        return usage("this plate is that of clip '" + same->name + "' already",
                     path.substr(0, path.find('\0')), remedy);
    }
    return same ? setAside(database, same->id) : Status();
}

// Of a clip that was taken out; others stay as they are.
Status bringBack(Database& database, const std::string& name) {
    US_ASSIGN(Statement query,
              database.prepare("SELECT id, performer, path FROM clips WHERE name = ? AND "
                               "removed <> ''"));
    US_ASSIGN(const bool found, query.bind(name).step());
    if (!found) {
        return {};
    }
    const int64_t id = query.integer(0);
    const std::string kept = query.text(2);
    if (const size_t end = kept.find('\0'); end != std::string::npos) {
        const std::string path = kept.substr(0, end);
        US_TRY(makeRoom(database, id, query.integer(1), path,
                        "Take that one out of the project first"));
        US_TRY(writePath(database, id, path));
    }
    US_ASSIGN(Statement back, database.prepare("UPDATE clips SET removed = '' WHERE id = ?"));
    return back.bind(id).run();
}

// With all that is known of it.
Status purge(Database& database, int64_t id, const std::string& name) {
    US_ASSIGN(Statement forget, database.prepare("DELETE FROM settings WHERE key = ?"));
    for (const std::string& key : {importedKey(name), personSetting(name), peopleSetting(name)}) {
        US_TRY(forget.bind(key).run());
    }
    US_ASSIGN(Statement remove, database.prepare("DELETE FROM clips WHERE id = ?"));
    return remove.bind(id).run();
}

// Empty and 0 are as the file has it.
Status checkReading(const std::string& clip, const ReadAs& as) {
    if (!as.encoding.empty() && std::find(kColorEncodings.begin(), kColorEncodings.end(),
                                          as.encoding) == kColorEncodings.end()) {
        return usage("there is no encoding '" + validUtf8(as.encoding.substr(0, 100)) + "'", clip,
                     "Use one of " + joined(kColorEncodings, ", "));
    }
    if (as.rate != 0 && !(as.rate >= kLeastRate && as.rate <= kMostRate)) {
        return usage("no clip has so many frames a second", clip,
                     "Give a number from 1 to 1000, such as 23.976 or 25");
    }
    return {};
}

}  // namespace

bool isFileSafe(const std::string& name) {
    return !name.empty() && name.size() <= kMostStoredBytes && validUtf8(name) == name &&
           std::all_of(name.begin(), name.end(), isSafe) && name.find_first_of("._-") != 0;
}

std::string keptPath(const fs::path& folder, const std::string& given) {
    std::error_code failed;
    const fs::path whole = fs::absolute(given, failed).lexically_normal();
    const fs::path real = fs::weakly_canonical(whole, failed);
    const fs::path realFolder = fs::weakly_canonical(folder, failed);
    const fs::path relative = real.lexically_relative(realFolder);
    const bool below = !relative.empty() && *relative.begin() != ".." && relative != ".";
    return below ? relative.string() : whole.string();
}

std::string fileSafeName(const std::string& wish) {
    std::string name;
    for (const char c : withoutFramePattern(validUtf8(wish))) {
        name += isSafe(c) ? c : '_';
    }
    // Not hidden, not an option, not cut in the middle of a character.
    name.erase(0, name.find_first_not_of("._-"));
    if (name.size() > kMostNameBytes) {
        size_t end = kMostNameBytes;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) {
            --end;
        }
        name.resize(end);
    }
    name.erase(name.find_last_not_of("._-") + 1);
    return name.empty() ? "clip" : name;
}

Result<std::vector<std::string>> Project::State::clipNames() {
    std::vector<std::string> names;
    US_ASSIGN(Statement query,
              database->prepare("SELECT name FROM clips WHERE removed = '' ORDER BY id"));
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return names;
        }
        names.push_back(validUtf8(query.text(0)));
    }
}

Result<int64_t> Project::State::clipId(const std::string& name) {
    US_ASSIGN(Statement query,
              database->prepare("SELECT id FROM clips WHERE name = ? COLLATE BINARY AND "
                                "removed = ''"));
    US_ASSIGN(const bool found, query.bind(name).step());
    if (found) {
        return query.integer(0);
    }
    US_ASSIGN(const auto names, clipNames());
    return usage(
        "there is no clip '" + validUtf8(name.substr(0, 100)) + "' in this project",
        folder.string(),
        names.empty() ? "Import a clip first" : "The clips are " + joined(names, ", ", kMostNamed));
}

Result<ClipRecord> Project::addClip(const ClipRecord& wish) {
    US_TRY(checkClip(wish));
    ClipRecord clip = wish;
    clip.path = keptPath(state_->folder, wish.path);
    US_ASSIGN(clip.performer, currentName(wish.performer));
    std::string name;
    US_TRY(state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(
            Statement same,
            database.prepare("SELECT clips.name FROM clips JOIN performers ON performers.id = "
                             "performer WHERE performers.name = ? AND path = ?"));
        US_ASSIGN(const bool found,
                  same.bind(clip.performer).bindBlob(std::as_bytes(std::span(clip.path))).step());
        if (found) {
            name = same.text(0);
            return bringBack(database, name);
        }
        const std::string stem =
            wish.name.empty() ? fs::path(wish.path).stem().string() : wish.name;
        US_ASSIGN(name, uniqueName(database, facesetFolder(), stem));
        clip.name = name;
        return insertClip(database, clip);
    }));
    return this->clip(name);
}

Result<std::vector<ClipRecord>> Project::clips() const {
    std::vector<ClipRecord> clips;
    US_ASSIGN(Statement query, state_->database->prepare(std::string(kColumns) +
                                                         "WHERE removed = '' ORDER BY clips.id"));
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return clips;
        }
        US_ASSIGN(ClipRecord clip, clipOfRow(query, state_->database->path()));
        clips.push_back(std::move(clip));
    }
}

Result<ClipRecord> Project::clip(const std::string& name) const {
    US_ASSIGN(const int64_t id, state_->clipId(name));
    US_ASSIGN(Statement query,
              state_->database->prepare(std::string(kColumns) + "WHERE clips.id = ?"));
    US_ASSIGN(const bool found, query.bind(id).step());
    if (!found) {
        return damagedProject("clip '" + validUtf8(name) + "' has no performer",
                              state_->database->path());
    }
    return clipOfRow(query, state_->database->path());
}

Status Project::removeClip(const std::string& name) {
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const int64_t id, state_->clipId(name));
        US_ASSIGN(Statement remove, database.prepare("UPDATE clips SET removed = ? WHERE id = ?"));
        US_TRY(remove.bind(timeNow()).bind(id).run());
        return appendAudit(database, "clip", name + ": taken out");
    });
}

Status Project::restoreClip(const std::string& name) {
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_TRY(bringBack(database, name));
        US_TRY(state_->clipId(name));
        return appendAudit(database, "clip", name + ": brought back");
    });
}

Status Project::setClipPerformer(const std::string& clip, const std::string& performer) {
    US_TRY(checkPerformerName(performer));
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(const int64_t whose, performerId(database, performer));
        US_ASSIGN(Statement plate, database.prepare("SELECT path FROM clips WHERE id = ?"));
        US_ASSIGN(const bool found, plate.bind(id).step());
        US_CHECK(found);
        US_TRY(
            makeRoom(database, id, whose, plate.text(0), "Take one of the two out of the project"));
        US_ASSIGN(Statement change,
                  database.prepare("UPDATE clips SET performer = ? WHERE id = ?"));
        US_TRY(change.bind(whose).bind(id).run());
        return appendAudit(database, "clip", clip + ": of " + performer);
    });
}

Status purgeRemovedClips(Database& database) {
    US_ASSIGN(Statement old, database.prepare("SELECT id, name FROM clips WHERE removed <> '' AND "
                                              "julianday(removed) < julianday('now') - ?"));
    std::map<int64_t, std::string> clips;
    while (true) {
        US_ASSIGN(const bool more, old.bind(kDaysKept).step());
        if (!more) {
            break;
        }
        clips.emplace(old.integer(0), old.text(1));
    }
    if (clips.empty()) {
        return {};
    }
    return database.transaction([&]() -> Status {
        for (const auto& [id, name] : clips) {
            US_TRY(purge(database, id, name));
        }
        return {};
    });
}

Status Project::relinkClips(const std::map<std::string, std::string>& plates) {
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        std::vector<std::string> names;
        for (const auto& [name, plate] : plates) {
            US_ASSIGN(const int64_t id, state_->clipId(name));
            const std::string path = keptPath(state_->folder, plate);
            US_ASSIGN(Statement whose,
                      database.prepare("SELECT performer FROM clips WHERE id = ?"));
            US_ASSIGN(const bool found, whose.bind(id).step());
            US_CHECK(found);
            US_TRY(makeRoom(database, id, whose.integer(0), path,
                            "Give " + validUtf8(name) + " another one"));
            US_TRY(writePath(database, id, path));
            names.push_back(validUtf8(name) + " to " + validUtf8(path));
        }
        return appendAudit(database, "relink", joined(names, ", ", kMostNamed));
    });
}

Status Project::sayOfClip(const std::string& clip, const ReadAs& said) {
    US_TRY(checkReading(clip, said));
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(
            Statement change,
            database.prepare("UPDATE clips SET said_encoding = ?, said_fps = ? WHERE id = ?"));
        US_TRY(change.bind(said.encoding).bind(said.rate).bind(id).run());
        char rate[32];
        std::snprintf(rate, sizeof rate, "%.6g fps", said.rate);
        return appendAudit(database, "clip",
                           clip + ": " + (said.encoding.empty() ? "its encoding" : said.encoding) +
                               ", " + (said.rate == 0 ? "its rate" : rate));
    });
}

Status Project::setClipFile(const std::string& clip, const ReadAs& file) {
    US_TRY(checkReading(clip, file));
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(Statement change,
                  state_->database->prepare(
                      "UPDATE clips SET encoding = coalesce(nullif(?, ''), encoding), "
                      "fps = coalesce(nullif(?, 0.0), fps) WHERE id = ?"));
        return change.bind(file.encoding).bind(file.rate).bind(id).run();
    });
}

fs::path Project::platePath(const ClipRecord& clip) const {
    return (state_->folder / clip.path).lexically_normal();
}

}  // namespace understudy::media
