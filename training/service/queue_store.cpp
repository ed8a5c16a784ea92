#include "training/service/queue_store.h"

#include <sqlite3.h>

#include "media/base/file.h"
#include "media/base/log.h"
#include "training/protocol/codec.h"

namespace understudy::training {
namespace {

namespace fs = std::filesystem;

constexpr int kSchemaVersion = 1;
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL,"
    " info TEXT NOT NULL, wish TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,"
    " retries INTEGER NOT NULL, progress REAL NOT NULL);"
    "PRAGMA user_version = 1;";

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// One prepared statement, its values bound from 1 on.
class Statement {
  public:
    Statement(sqlite3* database, const char* sql) {
        sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void bind(int64_t number) { sqlite3_bind_int64(statement_, ++bound_, number); }
    void bind(double number) { sqlite3_bind_double(statement_, ++bound_, number); }
    void bind(const std::string& text) {
        sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
    }
    int step() { return statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_); }
    int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    double real(int column) const { return sqlite3_column_double(statement_, column); }
    std::string text(int column) const {
        const auto* bytes = sqlite3_column_text(statement_, column);
        return bytes == nullptr ? "" : reinterpret_cast<const char*>(bytes);
    }

  private:
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

void bindJob(Statement& statement, const StoredJob& job) {
    statement.bind(encode(job.start));
    statement.bind(jobInfoToJson(job.info));
    statement.bind(nameOf(job.wish));
    statement.bind(job.process.pid);
    statement.bind(job.process.started);
    statement.bind(static_cast<int64_t>(job.retries));
    statement.bind(job.progress);
}

Result<StoredJob> readJob(const Statement& row) {
    StoredJob job;
    job.id = row.integer(0);
    US_ASSIGN(const auto start, decode(row.text(1)));
    US_ASSIGN(job.info, jobInfoFromJson(row.text(2)));
    if (const auto* content = std::get_if<StartJob>(&start)) {
        job.start = *content;
    }
    job.wish = wishOf(row.text(3));
    job.process = {row.integer(4), row.text(5)};
    job.retries = static_cast<int>(row.integer(6));
    job.progress = row.real(7);
    return job;
}

}  // namespace

struct QueueStore::State {
    fs::path path;
    Database database;

    Error error(const std::string& what) const {
        const int code = database ? sqlite3_errcode(database.get()) : SQLITE_CANTOPEN;
        const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
        return {damaged ? ErrorCode::corruptData : ErrorCode::cannotWrite,
                what + ": " + (database ? sqlite3_errmsg(database.get()) : "cannot be opened"),
                path.string(), "Check the disk and that the folder is writable"};
    }

    Status openFile();
    Status finish(Statement& statement) const {
        return statement.step() == SQLITE_DONE ? Status() : error("the queue cannot be changed");
    }
};

Status QueueStore::State::openFile() {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database.reset(raw);
    if (code != SQLITE_OK) {
        return error("the queue cannot be opened");
    }
    sqlite3_busy_timeout(raw, 2000);
    Statement version(raw, "PRAGMA user_version");
    if (version.step() != SQLITE_ROW) {
        return error("the queue cannot be read");
    }
    if (version.integer(0) > kSchemaVersion) {
        return Error{ErrorCode::environment,
                     "the queue was written by a newer version of Understudy", path.string(),
                     "Use that version"};
    }
    if (sqlite3_exec(raw, kSchema, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error("the queue cannot be made");
    }
    return {};
}

Result<QueueStore> QueueStore::open(const fs::path& path) {
    US_TRY(createPrivateFolder(path.parent_path()));
    auto state = std::make_unique<State>();
    state->path = path;
    Status opened = state->openFile();
    if (!opened.ok() && opened.error().code == ErrorCode::corruptData) {
        state->database.reset();
        fs::path aside = path;
        aside += ".damaged";
        std::error_code failed;
        fs::rename(path, aside, failed);
        logWarning("the queue was damaged and starts empty; the old one is " + aside.string());
        opened = state->openFile();
    }
    US_TRY(opened);
    return QueueStore(std::move(state));
}

QueueStore::QueueStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
QueueStore::QueueStore(QueueStore&&) noexcept = default;
QueueStore& QueueStore::operator=(QueueStore&&) noexcept = default;
QueueStore::~QueueStore() = default;

Result<std::vector<StoredJob>> QueueStore::load() {
    Statement rows(state_->database.get(),
                   "SELECT id, start, info, wish, pid, started, retries, progress FROM jobs"
                   " ORDER BY id");
    std::vector<StoredJob> jobs;
    int code = 0;
    while ((code = rows.step()) == SQLITE_ROW) {
        if (auto job = readJob(rows); job.ok()) {
            jobs.push_back(*std::move(job));
        } else {
            logWarning("a job in the queue cannot be read: " + describe(job.error()));
        }
    }
    if (code != SQLITE_DONE) {
        return state_->error("the queue cannot be read");
    }
    return jobs;
}

Status QueueStore::add(StoredJob& job) {
    sqlite3* database = state_->database.get();
    Statement insert(database,
                     "INSERT INTO jobs (start, info, wish, pid, started, retries, progress)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?)");
    bindJob(insert, job);
    US_TRY(state_->finish(insert));
    job.id = sqlite3_last_insert_rowid(database);
    job.info.job = "job-" + std::to_string(job.id);
    return save(job);
}

Status QueueStore::save(const StoredJob& job) {
    Statement update(state_->database.get(),
                     "UPDATE jobs SET start = ?, info = ?, wish = ?, pid = ?, started = ?,"
                     " retries = ?, progress = ? WHERE id = ?");
    bindJob(update, job);
    update.bind(job.id);
    return state_->finish(update);
}

Status QueueStore::remove(int64_t id) {
    Statement erase(state_->database.get(), "DELETE FROM jobs WHERE id = ?");
    erase.bind(id);
    return state_->finish(erase);
}

}  // namespace understudy::training
