// SPDX-License-Identifier: GPL-3.0-or-later
// What of a job's end is told, and when.
#include "ui/models/end_notices.h"

#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

ui::JobState ended(const std::string& title, double took, const std::string& state = "finished") {
    ui::JobState job;
    job.info.title = title;
    job.info.state = state;
    job.info.started = 1000;
    job.info.ended = 1000 + took;
    return job;
}

struct Told {
    explicit Told(int together) : notices(together) {
        QObject::connect(&notices, &ui::EndNotices::notice, &notices,
                         [this](const QString& title, const QString& detail, bool failed) {
                             all << title + (failed ? " ! " : " - ") + detail;
                         });
    }
    ui::EndNotices notices;
    QStringList all;
};

}  // namespace

TEST_CASE("of what ended that is told which nobody saw and which took long, of failures always") {
    ensureApplication();
    Told told(0);
    told.notices.ended(ended("Short", 5), "show", false);
    told.notices.ended(ended("Seen", 500), "show", true);
    told.notices.ended(ended("Stopped", 500, "cancelled"), "show", false);
    CHECK(told.all.isEmpty());
    told.notices.ended(ended("Long", 31), "show", false);
    CHECK(told.all == QStringList{"Long: done - show"});
    told.notices.ended(ended("Broken", 1, "failed"), "show", true);
    REQUIRE(runUntil([&] { return told.all.size() == 2; }));
    CHECK(told.all.last().startsWith("Broken: failed ! "));
}

TEST_CASE("jobs that end shortly after one another are told together") {
    ensureApplication();
    Told told(300);
    told.notices.ended(ended("One", 60), "show", false);
    REQUIRE(told.all.size() == 1);
    told.notices.ended(ended("Two", 60), "show", false);
    told.notices.ended(ended("Three", 60, "failed"), "show", false);
    CHECK(told.all.size() == 1);
    REQUIRE(runUntil([&] { return told.all.size() == 2; }));
    CHECK(told.all.last().startsWith("2 jobs ended, 1 of them failed ! Two: done\nThree: "));
}
