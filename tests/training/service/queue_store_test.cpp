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
        REQUIRE(store->add(first).ok());
        removed = first.id;
        REQUIRE(store->remove(removed).ok());
    }
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    const auto jobs = store->load();
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
        CHECK(store->load()->empty());
        CHECK(std::filesystem::exists(folder / "queue.db.damaged"));
        auto job = someJob();
        REQUIRE(store->add(job).ok());
    }
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    // A row that is nonsense costs only itself.
    sqlite3_exec(database, "INSERT INTO jobs VALUES (99, 'x', 'y', 'run', 0, '', 0, 0, 0, 0)",
                 nullptr, nullptr, nullptr);
    CHECK(QueueStore::open(path)->load()->size() == 1);
    sqlite3_exec(database, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    const auto refused = QueueStore::open(path);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("newer") != std::string::npos);
}

TEST_CASE("damage that shows only when the jobs are read costs only what it hit") {
    const TempFolder folder;
    const auto path = folder / "queue.db";
    {
        auto store = QueueStore::open(path);
        REQUIRE(store.ok());
        for (int i = 0; i < 40; ++i) {
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
        const auto jobs = store->load();
        REQUIRE(jobs.ok());
        kept = jobs->size();
        CHECK(kept > 4);
        CHECK(kept < 40);
        CHECK(std::filesystem::exists(folder / "queue.db.damaged"));
        auto job = someJob();
        REQUIRE(store->add(job).ok());
        CHECK(job.id > jobs->back().id);
    }
    CHECK(QueueStore::open(path)->load()->size() == kept + 1);

    execute(path, "DROP TABLE jobs");
    auto store = QueueStore::open(path);
    REQUIRE(store.ok());
    REQUIRE(store->load().ok());
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
    CHECK(store->load()->empty());
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
    const auto jobs = store->load();
    REQUIRE(jobs.ok());
    REQUIRE(jobs->size() == 1);
    CHECK(jobs->front().info.job == "job-7");
    CHECK(jobs->front().progress == 1500);
    CHECK(jobs->front().lastSave == 0);
    REQUIRE(store->add(job).ok());
    CHECK(job.id == 8);
}
