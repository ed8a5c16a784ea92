#include "training/service/queue_store.h"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
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
    // What lists choose by. A row that nobody can read counts as over.
    "ALTER TABLE jobs ADD COLUMN state TEXT NOT NULL DEFAULT 'failed';"
    "ALTER TABLE jobs ADD COLUMN project TEXT NOT NULL DEFAULT '';"
    "UPDATE jobs SET state = ifnull(json_extract(info, '$.state'), 'failed'),"
    " project = ifnull(json_extract(info, '$.project'), '') WHERE json_valid(info);"
    "CREATE INDEX jobs_by_state ON jobs (state, id);"
    "CREATE INDEX jobs_by_project ON jobs (project, state, id);",
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

constexpr const char* kColumns =
    "id, start, info, wish, pid, started, retries, progress, last_save, begun";
constexpr const char* kOver = "('finished', 'failed', 'cancelled')";

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
    statement.bind(job.info.state);
    statement.bind(job.info.project);
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
    Result<bool> isSound() const;
    Status salvage();
    int readRows(const std::string& condition, int64_t value, std::vector<StoredJob>& jobs) const;
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
        " state, project, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
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

// Reads until the end or the damage; rows that are nonsense cost only themselves.
int QueueStore::State::readRows(const std::string& condition, int64_t value,
                                std::vector<StoredJob>& jobs) const {
    const std::string sql =
        std::string("SELECT ") + kColumns + " FROM jobs WHERE " + condition + " ORDER BY id";
    Statement rows(database.get(), sql.c_str());
    rows.bind(value);
    int code = 0;
    while ((code = rows.step()) == SQLITE_ROW) {
        if (auto job = readJob(rows); job.ok()) {
            jobs.push_back(*std::move(job));
        } else {
            logWarning("a job in the queue cannot be read: " + describe(job.error()));
        }
    }
    return code;
}

Result<bool> QueueStore::State::isSound() const {
    Statement check(database.get(), "PRAGMA quick_check(1)");
    const int code = check.step();
    if (code == SQLITE_ROW || code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        return code == SQLITE_ROW && check.text(0) == "ok";
    }
    return error("the queue cannot be read");
}

// What can still be read goes into a new file.
Status QueueStore::State::salvage() {
    std::vector<StoredJob> jobs;
    readRows("id > ?", 0, jobs);
    US_TRY(startAnew());
    return together([&]() -> Status {
        for (const auto& job : jobs) {
            US_TRY(insert(job));
        }
        return {};
    });
}

Result<std::vector<StoredJob>> QueueStore::load(int64_t recent) {
    // The whole file once, so that damage shows now and not in the middle of the work.
    US_ASSIGN(const bool sound, state_->isSound());
    if (!sound) {
        US_TRY(state_->salvage());
    }
    const std::string over = kOver;
    const std::string condition = "state NOT IN " + over +
                                  " OR id > ifnull((SELECT id FROM jobs WHERE state IN " + over +
                                  " ORDER BY id DESC LIMIT 1 OFFSET ?), 0)";
    std::vector<StoredJob> jobs;
    int code = state_->readRows(condition, recent, jobs);
    // Without its table or columns it is damaged too.
    if (code == SQLITE_ERROR || code == SQLITE_CORRUPT) {
        US_TRY(state_->salvage());
        jobs.clear();
        code = state_->readRows(condition, recent, jobs);
    }
    if (code != SQLITE_DONE) {
        return state_->error("the queue cannot be read");
    }
    return jobs;
}

Result<std::optional<StoredJob>> QueueStore::find(int64_t id) {
    const std::string sql = std::string("SELECT ") + kColumns + " FROM jobs WHERE id = ?";
    Statement row(state_->database.get(), sql.c_str());
    row.bind(id);
    const int code = row.step();
    if (code == SQLITE_DONE) {
        return std::optional<StoredJob>();
    }
    if (code != SQLITE_ROW) {
        return state_->error("the queue cannot be read");
    }
    US_ASSIGN(auto job, readJob(row));
    return std::optional(std::move(job));
}

namespace {

// The rows that a list is about, and their values in the order of the question marks.
struct Choice {
    std::string condition = "1";
    std::vector<std::string> texts;
    std::optional<int64_t> over;

    void bindTo(Statement& statement) const {
        for (const auto& text : texts) {
            statement.bind(text);
        }
        if (over) {
            statement.bind(*over);
        }
    }
};

Choice choiceOf(const ListJobs& request) {
    Choice choice;
    if (!request.states.empty()) {
        choice.condition += " AND state IN (";
        for (const auto& state : request.states) {
            choice.condition += choice.texts.empty() ? "?" : ", ?";
            choice.texts.push_back(state);
        }
        choice.condition += ")";
    }
    if (!request.project.empty()) {
        choice.condition += " AND project = ?";
        choice.texts.push_back(request.project);
    }
    if (request.over >= 0) {
        const std::string over = std::string("state IN ") + kOver;
        choice.condition +=
            " AND (NOT " + over + " OR id > ifnull((SELECT id FROM jobs WHERE " + over;
        if (!request.project.empty()) {
            choice.condition += " AND project = ?";
            choice.texts.push_back(request.project);
        }
        choice.condition += " ORDER BY id DESC LIMIT 1 OFFSET ?), 0))";
        choice.over = request.over;
    }
    return choice;
}

}  // namespace

Result<JobsListed> QueueStore::page(const ListJobs& request) {
    JobsListed page;
    const Choice choice = choiceOf(request);
    const std::string count = "SELECT count(*) FROM jobs WHERE " + choice.condition;
    Statement total(state_->database.get(), count.c_str());
    choice.bindTo(total);
    if (total.step() != SQLITE_ROW) {
        return state_->error("the queue cannot be read");
    }
    page.total = total.integer(0);
    // The numbers first: the rows that are passed over are not read.
    const std::string sql = "SELECT id, info FROM jobs WHERE id IN (SELECT id FROM jobs WHERE " +
                            choice.condition +
                            " ORDER BY id DESC LIMIT ? OFFSET ?) ORDER BY id DESC";
    Statement rows(state_->database.get(), sql.c_str());
    choice.bindTo(rows);
    rows.bind(request.limit);
    rows.bind(request.offset);
    int code = 0;
    while ((code = rows.step()) == SQLITE_ROW) {
        if (auto info = jobInfoFromJson(rows.text(1)); info.ok()) {
            info->job = nameOfJob(rows.integer(0));
            page.jobs.push_back(*std::move(info));
        } else {
            logWarning("a job in the queue cannot be read: " + describe(info.error()));
        }
    }
    if (code != SQLITE_DONE) {
        return state_->error("the queue cannot be read");
    }
    return page;
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
                     " retries = ?, progress = ?, last_save = ?, begun = ?, state = ?,"
                     " project = ? WHERE id = ?");
    bindJob(update, job);
    update.bind(job.id);
    return state_->finish(update);
}

Status QueueStore::save(const std::vector<StoredJob>& jobs) {
    return state_->together([&]() -> Status {
        for (const auto& job : jobs) {
            US_TRY(save(job));
        }
        return {};
    });
}

Status QueueStore::trim(int64_t kept) {
    const std::string over = std::string("state IN ") + kOver;
    const std::string sql = "DELETE FROM jobs WHERE " + over + " AND id <= (SELECT id FROM jobs" +
                            " WHERE " + over + " ORDER BY id DESC LIMIT 1 OFFSET ?)";
    Statement erase(state_->database.get(), sql.c_str());
    erase.bind(kept);
    return state_->finish(erase);
}

std::string nameOfJob(int64_t id) {
    return "job-" + std::to_string(id);
}

int64_t numberOfJob(const std::string& name) {
    int64_t number = 0;
    const char* end = name.data() + name.size();
    const bool named = name.starts_with("job-");
    const auto read = std::from_chars(name.data() + (named ? 4 : 0), end, number);
    return named && read.ec == std::errc() && read.ptr == end && number > 0 ? number : 0;
}

}  // namespace understudy::training
