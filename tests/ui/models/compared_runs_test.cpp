// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs lie beside the one that is looked at, and that each keeps its place there.
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/compared_runs.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

struct Runs {
    Runs() {
        ensureApplication();
        compared.setRuns({"r01", "r02", "r03", "r04", "r05", "r06", "r07", "r08"}, folder.path());
        looked.setRun("r08", folder / "r08");
    }
    // By slot, with - for one without a run.
    std::string followed() const {
        QStringList names;
        for (const ui::RunModel& run : compared.followed()) {
            names << (run.hasRun() ? run.name() : QStringLiteral("-"));
        }
        return ui::utf8(names.join(' '));
    }
    TempFolder folder;
    ui::RunModel looked;
    ui::ComparedRuns compared{&looked};
};

}  // namespace

TEST_CASE("a compared run keeps its slot while it is compared") {
    Runs runs;
    runs.compared.choose({"r01", "r02", "r03"});
    CHECK(runs.followed() == "r01 r02 r03 - - -");
    runs.compared.choose({"r01", "r03"});
    CHECK(runs.followed() == "r01 - r03 - - -");
    runs.compared.choose({"r03", "r05", "r01"});
    CHECK(runs.followed() == "r01 r05 r03 - - -");
    CHECK(runs.compared.count() == 3);
}

TEST_CASE("the run that is looked at lies beside no other, and comes back when it is not") {
    Runs runs;
    runs.compared.choose({"r01", "r02"});
    runs.looked.setRun("r01", runs.folder / "r01");
    CHECK(runs.followed() == "- r02 - - - -");
    runs.looked.setRun("r08", runs.folder / "r08");
    CHECK(runs.followed() == "r01 r02 - - - -");
}

TEST_CASE("at most six are compared, each once, and none that is gone") {
    Runs runs;
    int told = 0;
    QObject::connect(&runs.compared, &ui::ComparedRuns::changed, [&told] { ++told; });
    runs.compared.choose({"r01", "r01", "r02", "r03", "r04", "r05", "r06", "r07"});
    CHECK(told == 1);
    CHECK(runs.compared.full());
    CHECK(runs.followed() == "r01 r02 r03 r04 r05 r06");
    runs.compared.setRuns({"r02", "r06", "r08"}, runs.folder.path());
    CHECK(runs.followed() == "- r02 - - - r06");
    CHECK(runs.compared.chosen() == QStringList{"r02", "r06"});
    CHECK_FALSE(runs.compared.full());
    // Another project's run of the same name is another run.
    runs.compared.setRuns({"r02"}, runs.folder / "elsewhere");
    CHECK(runs.compared.followed()[1].folder().path == runs.folder / "elsewhere" / "r02");
}
