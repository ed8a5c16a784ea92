#include "training/service/queue_store.h"

#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "training/protocol/codec.h"

using namespace understudy;
using namespace understudy::training;
using tests::TempFolder;

namespace {

StoredJob someJob() {
    StoredJob job;
    job.start.kind = "train";
    job.start.arguments = {"--run", "x y"};
    job.info.title = "Train r01";
    job.info.state = "running";
    job.wish = Wish::pause;
    job.process = {4711, "12 boot"};
    job.retries = 2;
    job.progress = 1500;
    job.lastSave = 42.5;
    job.begun = true;
    return job;
}

// Of a file that no store has open.
void execute(const std::filesystem::path& path, const std::string& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
    INFO(sqlite3_errmsg(database));
    REQUIRE(code == SQLITE_OK);
    sqlite3_close(database);
}

}  // namespace

TEST_CASE("jobs come back as they were kept, numbers are not given twice") {
    const TempFolder folder;
    const auto path = folder / "deep" / "queue.db";
    int64_t removed = 0;
    {
        auto store = QueueStore::open(path);
        REQUIRE(store.ok());
        auto first = someJob(), second = someJob();
        REQUIRE(store->add(first).ok());
        REQUIRE(store->add(second).ok());
        CHECK(first.info.job == "job-" + std::to_string(first.id));
        second.info.done = 7;
        REQUIRE(store->save(second).ok());
        first.info.state = "finished";
        REQUIRE(store->add(first).ok());
        removed = first.id;
        REQUIRE(store->trim(0).ok());
    }
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    const auto jobs = store->load(200);
    REQUIRE(jobs.ok());
    REQUIRE(jobs->size() == 2);
    const StoredJob& job = (*jobs)[1];
    CHECK(encode(job.start) == encode(someJob().start));
    CHECK(job.info.done == 7);
    CHECK(job.wish == Wish::pause);
    CHECK(job.process == someJob().process);
    CHECK(job.retries == 2);
    CHECK(job.progress == 1500);
    CHECK(job.lastSave == 42.5);
    CHECK(job.begun);
    auto next = someJob();
    REQUIRE(store->add(next).ok());
    CHECK(next.id > removed);
}

TEST_CASE("a damaged queue is moved aside, one from the future refused") {
    const TempFolder folder;
    const auto path = folder / "queue.db";
    REQUIRE(writeFileAtomic(path, std::string(5000, 'x')).ok());
    {
        auto store = QueueStore::open(path);
        REQUIRE(store.ok());
        CHECK(store->load(200)->empty());
        CHECK(std::filesystem::exists(folder / "queue.db.damaged"));
        auto job = someJob();
        REQUIRE(store->add(job).ok());
    }
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    // A row that is nonsense costs only itself.
    sqlite3_exec(database,
                 "INSERT INTO jobs VALUES (99, 'x', 'y', 'run', 0, '', 0, 0, 0, 0, 'queued', '')",
                 nullptr, nullptr, nullptr);
    CHECK(QueueStore::open(path)->load(200)->size() == 1);
    sqlite3_exec(database, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    const auto refused = QueueStore::open(path);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("newer") != std::string::npos);
}

TEST_CASE("damage that shows only when the jobs are read costs only what it hit") {
    constexpr size_t kJobs = 150;  // some of them lie before the damage
    const TempFolder folder;
    const auto path = folder / "queue.db";
    {
        auto store = QueueStore::open(path);
        REQUIRE(store.ok());
        for (size_t i = 0; i < kJobs; ++i) {
            auto job = someJob();
            REQUIRE(store->add(job).ok());
        }
    }
    auto bytes = readFile(path);
    REQUIRE(bytes.ok());
    std::fill(bytes->begin() + static_cast<ptrdiff_t>(bytes->size()) / 2, bytes->end(), '\xff');
    REQUIRE(writeFileAtomic(path, *bytes).ok());
    size_t kept = 0;
    {
        auto store = QueueStore::open(path);
        REQUIRE(store.ok());
        const auto jobs = store->load(200);
        REQUIRE(jobs.ok());
        kept = jobs->size();
        REQUIRE(kept > 4);
        CHECK(kept < kJobs);
        CHECK(std::filesystem::exists(folder / "queue.db.damaged"));
        auto job = someJob();
        REQUIRE(store->add(job).ok());
        CHECK(job.id > jobs->back().id);
    }
    CHECK(QueueStore::open(path)->load(200)->size() == kept + 1);

    execute(path, "DROP TABLE jobs");
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    REQUIRE(store->load(200).ok());
    auto job = someJob();
    CHECK(store->add(job).ok());
}

TEST_CASE("a job is added with its name or not at all") {
    const TempFolder folder;
    const auto path = folder / "queue.db";
    REQUIRE(QueueStore::open(path).ok());
    execute(path,
            "CREATE TRIGGER stop BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'killed'); END");
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    auto job = someJob();
    CHECK_FALSE(store->add(job).ok());
    CHECK(job.id == 0);
    CHECK(store->load(200)->empty());
}

TEST_CASE("a queue of the version before is taken over") {
    const TempFolder folder;
    const auto path = folder / "queue.db";
    auto job = someJob();
    execute(path,
            "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL,"
            " info TEXT NOT NULL, wish TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,"
            " retries INTEGER NOT NULL, progress REAL NOT NULL);"
            "INSERT INTO jobs VALUES (7, '" +
                encode(job.start) + "', '" + jobInfoToJson(job.info) +
                "', 'pause', 4711, '12 boot', 2, 1500); PRAGMA user_version = 1;");
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    const auto jobs = store->load(200);
    REQUIRE(jobs.ok());
    REQUIRE(jobs->size() == 1);
    CHECK(jobs->front().info.job == "job-7");
    CHECK(jobs->front().progress == 1500);
    CHECK(jobs->front().lastSave == 0);
    REQUIRE(store->add(job).ok());
    CHECK(job.id == 8);
}

TEST_CASE("a queue whose jobs had no turn is taken over with its history, and the nonsense in it") {
    const TempFolder folder;
    const auto path = folder / "queue.db";
    auto job = someJob();
    job.info.project = "/show";
    const auto row = [&](int id, const std::string& state) {
        job.info.state = state;
        return "INSERT INTO jobs VALUES (" + std::to_string(id) + ", '" + encode(job.start) +
               "', '" + jobInfoToJson(job.info) + "', 'run', 0, '', 0, 0, 0, 0);";
    };
    execute(path,
            "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, start TEXT NOT NULL,"
            " info TEXT NOT NULL, wish TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,"
            " retries INTEGER NOT NULL, progress REAL NOT NULL,"
            " last_save REAL NOT NULL DEFAULT 0, begun INTEGER NOT NULL DEFAULT 0);" +
                row(3, "finished") + row(4, "queued") + row(5, "failed") +
                "INSERT INTO jobs VALUES (6, 'x', '{', 'run', 0, '', 0, 0, 0, 0);"
                "PRAGMA user_version = 2;");
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    const auto jobs = store->load(1);
    REQUIRE(jobs.ok());
    REQUIRE(jobs->size() == 1);  // the newest that is over is the nonsense
    CHECK(jobs->front().info.job == "job-4");
    CHECK(jobs->front().info.priority == kNormalPriority);
    CHECK(jobs->front().info.after.empty());
    ListJobs ended;
    ended.states = {"finished", "failed"};
    ended.project = "/show";
    const auto page = store->page(ended);
    REQUIRE(page.ok());
    CHECK(page->total == 2);
    REQUIRE(page->jobs.size() == 2);
    CHECK(page->jobs[0].job == "job-5");
    CHECK(page->jobs[1].job == "job-3");
}

namespace {

// Every third is over, every fifth of another project.
void fill(QueueStore& store, int count) {
    for (int i = 1; i <= count; ++i) {
        auto job = someJob();
        job.info.state = i % 3 == 0 ? "finished" : "queued";
        job.info.project = i % 5 == 0 ? "/other" : "/show";
        REQUIRE(store.add(job).ok());
    }
}

std::vector<std::string> namesOf(const Result<JobsListed>& page) {
    REQUIRE(page.ok());
    std::vector<std::string> names;
    for (const auto& job : page->jobs) {
        names.push_back(job.job);
    }
    return names;
}

}  // namespace

TEST_CASE("lists go page by page, by state, by project, and not too far back") {
    using Names = std::vector<std::string>;
    const TempFolder folder;
    auto store = QueueStore::open(folder / "queue.db");
    REQUIRE(store.ok());
    fill(*store, 30);
    ListJobs what;
    what.limit = 4;
    CHECK(namesOf(store->page(what)) == Names{"job-30", "job-29", "job-28", "job-27"});
    CHECK(store->page(what)->total == 30);
    what.offset = 28;
    CHECK(namesOf(store->page(what)) == Names{"job-2", "job-1"});
    what.offset = 31;
    CHECK(namesOf(store->page(what)).empty());
    what.offset = 0;
    what.states = {"finished"};
    CHECK(namesOf(store->page(what)) == Names{"job-30", "job-27", "job-24", "job-21"});
    CHECK(store->page(what)->total == 10);
    what.project = "/other";
    CHECK(namesOf(store->page(what)) == Names{"job-30", "job-15"});
    // All that wait, and the newest that are over.
    what = {};
    what.over = 2;
    CHECK(store->page(what)->total == 22);
    CHECK(namesOf(store->page(what))[3] == "job-27");
    CHECK(namesOf(store->page(what))[6] == "job-23");
    what.project = "/other";
    what.over = 1;
    CHECK(namesOf(store->page(what)) == Names{"job-30", "job-25", "job-20", "job-10", "job-5"});
    what.over = 0;
    CHECK(store->page(what)->total == 4);
    CHECK(store->load(2)->size() == 22);
}

TEST_CASE("the history is cut at its old end only, and found by number") {
    const TempFolder folder;
    auto store = QueueStore::open(folder / "queue.db");
    REQUIRE(store.ok());
    fill(*store, 30);
    REQUIRE(store->trim(10).ok());
    CHECK(store->page({})->total == 30);
    REQUIRE(store->trim(3).ok());
    ListJobs finished;
    finished.states = {"finished"};
    CHECK(namesOf(store->page(finished)) == std::vector<std::string>{"job-30", "job-27", "job-24"});
    CHECK(store->page({})->total == 23);
    REQUIRE(store->find(24).ok());
    REQUIRE(*store->find(24));
    CHECK((*store->find(24))->info.job == "job-24");
    CHECK_FALSE(*store->find(21));
    CHECK_FALSE(*store->find(0));
}

TEST_CASE("many jobs are kept together") {
    const TempFolder folder;
    auto store = QueueStore::open(folder / "queue.db");
    REQUIRE(store.ok());
    fill(*store, 3);
    auto jobs = *store->load(10);
    for (auto& job : jobs) {
        job.info.place = 7;
        job.info.priority = -10;
        job.info.after = {"job-1"};
    }
    REQUIRE(store->save(jobs).ok());
    const auto kept = *store->load(10);
    CHECK(kept.size() == 3);
    for (const auto& job : kept) {
        CHECK(job.info.place == 7);
        CHECK(job.info.priority == -10);
        CHECK(job.info.after == std::vector<std::string>{"job-1"});
    }
}

TEST_CASE("jobs are named by their number") {
    CHECK(numberOfJob(nameOfJob(17)) == 17);
    for (const char* name : {"", "job-", "job-0", "job--1", "job-1x", "17", "local"}) {
        CHECK(numberOfJob(name) == 0);
    }
}
