#include "training/service/queue_store.h"

#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "media/base/file.h"
#include "media/base/log.h"
#include "training/protocol/codec.h"

namespace understudy::training {
namespace {

namespace fs = std::filesystem;

// From each version to the next; a new queue walks all of them.
constexpr const char* kSteps[] = {
    "CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL,"
    " info TEXT NOT NULL, wish TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,"
    " retries INTEGER NOT NULL, progress REAL NOT NULL);",
    "ALTER TABLE jobs ADD COLUMN last_save REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE jobs ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;",
};
constexpr int64_t kSchemaVersion = std::size(kSteps);

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

std::string nameOfJob(int64_t id) {
    return "job-" + std::to_string(id);
}

void bindJob(Statement& statement, const StoredJob& job) {
    statement.bind(encode(job.start));
    statement.bind(jobInfoToJson(job.info));
    statement.bind(nameOf(job.wish));
    statement.bind(job.process.pid);
    statement.bind(job.process.started);
    statement.bind(static_cast<int64_t>(job.retries));
    statement.bind(job.progress);
    statement.bind(job.lastSave);
    statement.bind(static_cast<int64_t>(job.begun));
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
    job.lastSave = row.real(8);
    job.begun = row.integer(9) != 0;
    job.info.job = nameOfJob(job.id);
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
    Status migrate(int64_t version) const;
    Status startAnew();
    Status insert(const StoredJob& job) const;
    Status execute(const std::string& sql, const std::string& failure) const {
        return sqlite3_exec(database.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
                   ? Status()
                   : error(failure);
    }
    // All that is done meanwhile, or nothing.
    Status together(const std::function<Status()>& changes) const;
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
    const int64_t written = version.integer(0);
    if (written > kSchemaVersion) {
        return Error{ErrorCode::environment,
                     "the queue was written by a newer version of Understudy", path.string(),
                     "Use that version"};
    }
    return migrate(written);
}

Status QueueStore::State::together(const std::function<Status()>& changes) const {
    const std::string failure = "the queue cannot be changed";
    US_TRY(execute("BEGIN IMMEDIATE", failure));
    Status done = changes();
    if (done.ok()) {
        done = execute("COMMIT", failure);
    }
    if (!done.ok()) {
        // Nothing is left to undo where SQLite has done so itself.
        [[maybe_unused]] const auto undone = execute("ROLLBACK", failure);
    }
    return done;
}

Status QueueStore::State::migrate(int64_t version) const {
    if (version >= kSchemaVersion) {
        return {};
    }
    return together([&]() -> Status {
        for (int64_t step = std::max<int64_t>(version, 0); step < kSchemaVersion; ++step) {
            US_TRY(execute(kSteps[step], "the queue cannot be made"));
        }
        return execute("PRAGMA user_version = " + std::to_string(kSchemaVersion),
                       "the queue cannot be made");
    });
}

// With an empty queue, the old one beside it. A journal of the old would be played back into the
// new.
Status QueueStore::State::startAnew() {
    database.reset();
    fs::path aside = path;
    aside += ".damaged";
    for (const char* suffix : {"", "-journal"}) {
        std::error_code failed;
        fs::rename(path.string() + suffix, aside.string() + suffix, failed);
    }
    logWarning("the queue was damaged; the old one is " + aside.string());
    return openFile();
}

Status QueueStore::State::insert(const StoredJob& job) const {
    Statement statement(
        database.get(),
        "INSERT INTO jobs (start, info, wish, pid, started, retries, progress, last_save, begun,"
        " id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bindJob(statement, job);
    if (job.id != 0) {
        statement.bind(job.id);  // otherwise the next that is free
    }
    return finish(statement);
}

Result<QueueStore> QueueStore::open(const fs::path& path) {
    US_TRY(createPrivateFolder(path.parent_path()));
    auto state = std::make_unique<State>();
    state->path = path;
    Status opened = state->openFile();
    if (!opened.ok() && opened.error().code == ErrorCode::corruptData) {
        opened = state->startAnew();
    }
    US_TRY(opened);
    return QueueStore(std::move(state));
}

QueueStore::QueueStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
QueueStore::QueueStore(QueueStore&&) noexcept = default;
QueueStore& QueueStore::operator=(QueueStore&&) noexcept = default;
QueueStore::~QueueStore() = default;

Result<std::vector<StoredJob>> QueueStore::load() {
    std::vector<StoredJob> jobs;
    int code = 0;
    std::optional<Error> failed;
    {
        Statement rows(state_->database.get(),
                       "SELECT id, start, info, wish, pid, started, retries, progress, last_save,"
                       " begun FROM jobs ORDER BY id");
        while ((code = rows.step()) == SQLITE_ROW) {
            if (auto job = readJob(rows); job.ok()) {
                jobs.push_back(*std::move(job));
            } else {
                logWarning("a job in the queue cannot be read: " + describe(job.error()));
            }
        }
        if (code != SQLITE_DONE) {
            failed = state_->error("the queue cannot be read");
        }
    }
    if (!failed) {
        return jobs;
    }
    // Without its table or columns it is damaged too.
    if (failed->code != ErrorCode::corruptData && code != SQLITE_ERROR) {
        return *failed;
    }
    US_TRY(state_->startAnew());
    const Status copied = state_->together([&]() -> Status {
        for (const auto& job : jobs) {
            US_TRY(state_->insert(job));
        }
        return {};
    });
    US_TRY(copied);
    return jobs;
}

Status QueueStore::add(StoredJob& job) {
    StoredJob added = job;
    added.id = 0;
    const Status inserted = state_->together([&]() -> Status {
        US_TRY(state_->insert(added));
        added.id = sqlite3_last_insert_rowid(state_->database.get());
        added.info.job = nameOfJob(added.id);
        return save(added);
    });
    US_TRY(inserted);
    job = std::move(added);
    return {};
}

Status QueueStore::save(const StoredJob& job) {
    Statement update(state_->database.get(),
                     "UPDATE jobs SET start = ?, info = ?, wish = ?, pid = ?, started = ?,"
                     " retries = ?, progress = ?, last_save = ?, begun = ? WHERE id = ?");
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
