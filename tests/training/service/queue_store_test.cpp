#include "training/service/queue_store.h"

#include <sqlite3.h>

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
    return job;
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
    sqlite3_exec(database, "INSERT INTO jobs VALUES (99, 'x', 'y', 'run', 0, '', 0, 0)", nullptr,
                 nullptr, nullptr);
    CHECK(QueueStore::open(path)->load()->size() == 1);
    sqlite3_exec(database, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    const auto refused = QueueStore::open(path);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("newer") != std::string::npos);
}
