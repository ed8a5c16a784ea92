#include "media/project/database.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>

#include "media/base/file.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr int kBusyMilliseconds = 15000;  // another process may hold a long transaction

std::string uriOf(const fs::path& path, const std::string& query) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string uri = "file:";
    for (const char c : path.string()) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte == '/' || byte == '.' || byte == '_' || byte == '-' ||
                           (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           (byte >= 'A' && byte <= 'Z');
        if (plain) {
            uri += c;
        } else {
            uri += '%';
            uri += kDigits[byte >> 4];
            uri += kDigits[byte & 15];
        }
    }
    return uri + "?" + query;
}

Error ioError(int extended, int number, const fs::path& path) {
    switch (extended) {
        case SQLITE_IOERR_READ:
        case SQLITE_IOERR_SHORT_READ:
        case SQLITE_IOERR_FSTAT:
            return damagedProject("the project's database cannot be read", path);
        default:
            return writeError(number != 0 ? number : EIO, path);
    }
}

}  // namespace

Error damagedProject(const std::string& what, const fs::path& path) {
    return {ErrorCode::corruptData, what, path.string(),
            "Put back a backup of this file, or recover it with: sqlite3 project.db .recover | "
            "sqlite3 new.db; plates, faces and runs beside it are not affected"};
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Database::Closer::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

// Failures to bind (out of memory, too long) come back from the step as misuse or nulls, which the
// tables' NOT NULL refuse.
Statement& Statement::bind(int64_t value) {
    sqlite3_bind_int64(statement_.get(), ++bound_, value);
    return *this;
}

Statement& Statement::bind(double value) {
    sqlite3_bind_double(statement_.get(), ++bound_, value);
    return *this;
}

Statement& Statement::bind(const std::string& text) {
    sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
}

Statement& Statement::bindBlob(std::span<const std::byte> bytes) {
    if (bytes.empty()) {
        sqlite3_bind_zeroblob(statement_.get(), ++bound_, 0);
    } else {
        sqlite3_bind_blob64(statement_.get(), ++bound_, bytes.data(), bytes.size(),
                            SQLITE_TRANSIENT);
    }
    return *this;
}

Statement& Statement::bindNull() {
    sqlite3_bind_null(statement_.get(), ++bound_);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW;
    }
    return database_->error();
}

Status Statement::run() {
    bool more = true;
    while (more) {
        auto stepped = step();
        if (!stepped.ok()) {
            reset();
            return stepped.error();
        }
        more = *stepped;
    }
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bound_ = 0;
}

int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string Statement::text(int column) const {
    const auto bytes = blob(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const std::byte*>(data), data != nullptr ? static_cast<size_t>(size) : 0};
}

Result<std::unique_ptr<Database>> Database::open(const fs::path& path, Access access) {
    std::unique_ptr<Database> database(new Database);
    database->path_ = path;
    int flags = SQLITE_OPEN_READONLY;
    std::string name = path.string();
    if (access == Access::create) {
        // SQLite would make it readable for all.
        const FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file) {
            return writeError(errno, path);
        }
        flags = SQLITE_OPEN_READWRITE;
    } else if (access == Access::readWrite) {
        flags = SQLITE_OPEN_READWRITE;
    } else if (access == Access::immutable) {
        name = uriOf(path, "mode=ro&immutable=1");
        flags |= SQLITE_OPEN_URI;
    }
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
    database->handle_.reset(handle);
    if (code != SQLITE_OK) {
        return database->error();
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyMilliseconds);
    // The file may come from anywhere: nothing in its schema is allowed to act.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20);
    US_TRY(database->run("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON"));
    return database;
}

Status Database::run(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error();
    }
    return {};
}

Result<Statement> Database::prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), static_cast<int>(sql.size()), &statement,
                           nullptr) != SQLITE_OK) {
        return error();
    }
    return Statement(this, statement);
}

Result<int64_t> Database::integer(const std::string& sql) {
    US_ASSIGN(Statement statement, prepare(sql));
    US_ASSIGN(const bool found, statement.step());
    return found ? statement.integer(0) : 0;
}

Status Database::transaction(const std::function<Status()>& body) {
    US_TRY(run("BEGIN IMMEDIATE"));
    Status status = body();
    if (status.ok()) {
        status = run("COMMIT");
    }
    if (!status.ok()) {
        // A full disk rolls back by itself, and then this fails: nothing is left to do either way.
        sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    return status;
}

int64_t Database::lastRowId() const {
    return sqlite3_last_insert_rowid(handle_.get());
}

Error Database::error() const {
    const int extended =
        handle_ ? sqlite3_extended_errcode(handle_.get()) : static_cast<int>(SQLITE_NOMEM);
    const int number = handle_ ? sqlite3_system_errno(handle_.get()) : 0;
    const std::string said = handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory";
    switch (extended & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorCode::transient, "another process is writing to the project",
                    path_.string(), "Try again in a moment"};
        case SQLITE_FULL:
            return writeError(ENOSPC, path_);
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return writeError(EACCES, path_);
        case SQLITE_CANTOPEN:
            return writeError(number != 0 ? number : EACCES, path_);
        case SQLITE_IOERR:
            return ioError(extended, number, path_);
        case SQLITE_NOMEM:
            return {ErrorCode::environment, "there is not enough memory", path_.string(),
                    "Close other programs"};
        case SQLITE_TOOBIG:
            return {ErrorCode::usage, "a text is too long for the project", path_.string(),
                    "Use a shorter one"};
        case SQLITE_NOTADB:
            return damagedProject("this is not a project's database", path_);
        default:
            return damagedProject("the project's database is damaged: " + said, path_);
    }
}

}  // namespace understudy::media
