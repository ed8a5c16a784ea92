#include "media/project/project.h"

#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "media/base/file.h"
#include "media/project/project_state.h"
#include "media/project/schema.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDatabase = "project.db";

// Write-ahead logging needs memory shared between all users of the file, which network and FUSE
// file systems do not give.
bool onNetwork(const fs::path& folder) {
    static constexpr std::array<uint32_t, 13> kMagics = {
        0x6969,      // NFS
        0x517B,      // SMB
        0xFF534D42,  // CIFS
        0xFE534D42,  // SMB2
        0x65735546,  // FUSE
        0x5346414F,  // AFS
        0x73757245,  // Coda
        0x564C,      // NCP
        0x01021997,  // 9p
        0x0BD00BD0,  // Lustre
        0x47504653,  // GPFS
        0x00C36400,  // Ceph
        0x19830326,  // BeeGFS
    };
    struct statfs info {};
    if (::statfs(folder.c_str(), &info) != 0) {
        return true;
    }
    for (const uint32_t magic : kMagics) {
        if (static_cast<uint32_t>(info.f_type) == magic) {
            return true;
        }
    }
    return false;
}

Status setJournal(Database& database, const fs::path& folder) {
    US_TRY(database.run(onNetwork(folder) ? "PRAGMA journal_mode = DELETE"
                                          : "PRAGMA journal_mode = WAL"));
    return database.run("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
}

fs::path wholePath(const fs::path& folder) {
    std::error_code failed;
    fs::path path = fs::absolute(folder, failed).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// The finished database gets its name in one step and never replaces another.
Status publish(const fs::path& temporary, const fs::path& database) {
    if (::link(temporary.c_str(), database.c_str()) == 0) {
        ::unlink(temporary.c_str());
        return syncFolder(database.parent_path());
    }
    const int number = errno;
    // Some file systems have no hard links.
    const bool noLinks = number == EPERM || number == EOPNOTSUPP || number == ENOSYS;
    if (noLinks && !isThere(database) && ::rename(temporary.c_str(), database.c_str()) == 0) {
        return syncFolder(database.parent_path());
    }
    ::unlink(temporary.c_str());
    if (number == EEXIST || isThere(database)) {
        return Error{ErrorCode::usage, "there is a project in this folder already",
                     database.parent_path().string(), "Open it, or choose another folder"};
    }
    return writeError(number, database);
}

Result<std::unique_ptr<Database>> openReadOnly(const fs::path& path) {
    auto database = Database::open(path, Database::Access::readOnly);
    if (database.ok()) {
        // Where no lock can be written, only the first query tells.
        const auto probe = (*database)->integer("SELECT count(*) FROM sqlite_schema");
        if (probe.ok() || probe.error().code != ErrorCode::cannotWrite) {
            return database;
        }
    } else if (database.error().code != ErrorCode::cannotWrite) {
        return database;
    }
    return Database::open(path, Database::Access::immutable);
}

}  // namespace

Status Project::State::write(const std::function<Status()>& body) {
    if (readOnly) {
        return Error{ErrorCode::cannotWrite, "the project is open for reading only",
                     folder.string(),
                     "Make the folder writable, or copy the project to a disk where you may write"};
    }
    return database->transaction([&]() -> Status {
        US_TRY(body());
        return database->run("UPDATE counter SET value = value + 1");
    });
}

std::string timeNow() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

Project::Project(std::unique_ptr<State> state) : state_(std::move(state)) {}
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;
Project::~Project() = default;

Result<Project> Project::create(const fs::path& folder) {
    const fs::path whole = wholePath(folder);
    const fs::path database = whole / kDatabase;
    if (isThere(database)) {
        return Error{ErrorCode::usage, "there is a project in this folder already", whole.string(),
                     "Open it, or choose another folder"};
    }
    for (const char* part : {"", "facesets", "runs", "versions", "deliveries"}) {
        US_TRY(createPrivateFolder(*part != '\0' ? whole / part : whole));
    }
    const fs::path temporary = whole / ("project.db.new-" + std::to_string(::getpid()));
    ::unlink(temporary.c_str());
    const auto build = [&]() -> Status {
        US_ASSIGN(const auto made, Database::open(temporary, Database::Access::create));
        return createSchema(*made);
    };
    if (auto status = build(); !status.ok()) {
        ::unlink(temporary.c_str());
        return status.error();
    }
    US_TRY(publish(temporary, database));
    return open(whole);
}

Result<Project> Project::open(const fs::path& folder, bool readOnly) {
    auto state = std::make_unique<State>();
    state->folder = wholePath(folder);
    const fs::path path = state->folder / kDatabase;
    if (::access(path.c_str(), R_OK) != 0) {
        const bool missing = errno == ENOENT || errno == ENOTDIR;
        return Error{ErrorCode::missingInput,
                     missing ? "there is no project in this folder"
                             : "the project cannot be read: " + errnoText(errno),
                     state->folder.string(),
                     missing ? "Choose the folder that holds project.db, or make a new project"
                             : "Ask the owner of the folder for access"};
    }
    const bool writable =
        ::access(path.c_str(), W_OK) == 0 && ::access(state->folder.c_str(), W_OK) == 0;
    state->readOnly = readOnly || !writable;
    if (state->readOnly) {
        US_ASSIGN(state->database, openReadOnly(path));
    } else {
        US_ASSIGN(state->database, Database::open(path, Database::Access::readWrite));
    }
    US_ASSIGN(const int version, schemaVersion(*state->database));
    if (readOnly && writable && version < kSchemaVersion) {
        state.reset();
        US_TRY(open(folder));  // which converts it
        return open(folder, true);
    }
    if (state->readOnly && version != kSchemaVersion) {
        return Error{ErrorCode::cannotWrite,
                     "the project is from an older version and must be converted first",
                     state->folder.string(), "Open it once where you may write"};
    }
    if (!state->readOnly) {
        US_TRY(setJournal(*state->database, state->folder));
        US_TRY(migrate(*state->database, migrations(), kSchemaVersion));
        US_TRY(purgeRemovedClips(*state->database));
    }
    // Damage in the schema shows here and not in the middle of the work.
    US_TRY(state->database->integer("SELECT value FROM counter"));
    return Project(std::move(state));
}

const fs::path& Project::folder() const {
    return state_->folder;
}

bool Project::readOnly() const {
    return state_->readOnly;
}

fs::path Project::facesetFolder() const {
    return state_->folder / "facesets";
}

fs::path Project::runFolder(const std::string& run) const {
    return state_->folder / "runs" / run;
}

Result<std::optional<std::string>> Project::setting(const std::string& key) const {
    US_ASSIGN(Statement query,
              state_->database->prepare("SELECT value FROM settings WHERE key = ?"));
    US_ASSIGN(const bool found, query.bind(key).step());
    return found ? std::optional(query.text(0)) : std::nullopt;
}

Status Project::putSetting(const std::string& key, const std::string& value) {
    return state_->write([&]() -> Status {
        US_ASSIGN(Statement put, state_->database->prepare(
                                     "INSERT INTO settings VALUES (?, ?) "
                                     "ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
        return put.bind(key).bind(value).run();
    });
}

Result<int64_t> Project::dataVersion() const {
    return state_->database->integer("SELECT value FROM counter");
}

}  // namespace understudy::media
