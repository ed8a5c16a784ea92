// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job in the window, with the real service and the real job programs.
#include <QComboBox>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <list>

#include "media/base/paths.h"
#include "media/project/project.h"
#include "tests/support/footage.h"
#include "tests/support/scoped_variable.h"
#include "tests/system/studio.h"
#include "tests/system/window/window_robot.h"
#include "ui/models/formatting.h"
#include "ui/panels/preview_board.h"

using namespace understudy;
using namespace understudy::tests;
using nlohmann::json;
using ui::PageId;
namespace fs = std::filesystem;

namespace {

// Everything that runs as a service in this test lies in the studio's own folders, and ends with
// it.
class OwnService {
  public:
    explicit OwnService(const Studio& studio) : studio_(studio) {
        for (const auto& [name, value] : studio.environment()) {
            variables_.emplace_back(name, value);
        }
    }
    ~OwnService() { runProcess("understudy-cli", {"service", "stop"}, studio_.environment()); }

  private:
    const Studio& studio_;
    std::list<ScopedVariable> variables_;
};

// Two performers: real ones, or drawn ones where there is no footage.
struct Plates {
    fs::path source;
    fs::path destination;
    int sourceFrames = 0;
    int destinationFrames = 0;
    int all() const { return sourceFrames + destinationFrames; }
};
Plates plates(const Studio& studio) {
    const auto source = footage("performer_a/again.mkv");
    const auto destination = footage("performer_b/bird.mkv");
    if (source && destination) {
        return {*source, *destination, 77, 63};
    }
    const std::string cast = studio.path("cast");
    studio.mustDo({"performers", "--out", cast, "--count", "2", "--frames", "40", "--size",
                   "480x360", "--seed", "3"});
    return {cast + "/performer_0.mp4", cast + "/performer_1.mp4", 40, 40};
}

json faces(const Studio& studio) {
    return studio.mustDo({"faces", studio.project().string()});
}

int rejected(const Studio& studio) {
    int sum = 0;
    const json told = faces(studio);
    for (const json& clip : told["clips"]) {
        sum += clip["rejected"].get<int>();
    }
    return sum;
}

// A supervisor's words on the version, its approval, and its delivery as a sequence.
void noteAndDeliver(WindowRobot& robot, const Studio& studio, int frames) {
    ui::Studio& shared = robot.window->studio();
    REQUIRE(robot.waitFor([&] { return shared.versions.versions().size() == 1; }));
    robot.press(Qt::Key_Semicolon);
    auto* words = robot.find<QPlainTextEdit>("noteText");
    REQUIRE(robot.waitFor([&] { return words->isVisible(); }));
    QTest::keyClicks(words, "teeth are soft");
    robot.shoot("16-note");
    auto* list = robot.find<QListWidget>("noteList");  // the words are kept by themselves
    REQUIRE(robot.waitFor([&] { return list->count() == 1; }));
    auto* status = robot.find<QComboBox>("versionStatus");
    Q_EMIT status->activated(static_cast<int>(media::VersionStatus::approved));
    REQUIRE(robot.dialogs.questions.size() == 1);
    CHECK(robot.dialogs.questions.last().contains("open"));
    REQUIRE(robot.waitFor([&] { return robot.textOf("reviewPrimary") == "Deliver v001"; }));
    REQUIRE(robot.waitFor([&] { return !shared.session.saving(); }));
    {
        const auto project = media::Project::open(studio.project(), true);
        REQUIRE(project.ok());
        const auto version = project->versions()->front();
        CHECK(version.status == media::VersionStatus::approved);
        const auto notes = project->notes();
        REQUIRE(notes->size() == 1);
        CHECK(notes->front().text == "teeth are soft");
    }
    REQUIRE(robot.click("reviewPrimary"));
    REQUIRE(robot.window->currentPage() == static_cast<int>(PageId::deliver));
    auto* format = robot.find<QComboBox>("deliverFormat");
    format->setCurrentIndex(format->findData("png"));
    Q_EMIT format->activated(format->currentIndex());
    REQUIRE(
        robot.waitFor([&] { return robot.textOf("deliverPrimary").startsWith("Deliver v001"); }));
    robot.shoot("17-deliver-version");
    REQUIRE(robot.click("deliverPrimary"));
    REQUIRE(robot.waitForJob("deliver", "finished"));
    const fs::path out = ui::utf8(shared.swaps.swaps().front().out);
    size_t pictures = 0;
    for (const auto& entry : fs::directory_iterator(out.parent_path())) {
        const std::string name = entry.path().filename().string();
        pictures += name.ends_with(".png") && name.find("_matte") == std::string::npos ? 1 : 0;
    }
    CHECK(pictures == static_cast<size_t>(frames));
    CHECK(shared.versions.versions().size() == 1);  // it is the same version
    robot.shoot("18-delivered");
}

}  // namespace

TEST_CASE("the whole job in the window, from two clips to a swap that is looked at") {
    const Studio studio;
    const OwnService service(studio);
    const Plates clips = plates(studio);
    WindowRobot robot(studio.folder().path());
    ui::Studio* shared = &robot.window->studio();
    REQUIRE(robot.waitFor([&] { return robot.gateway->state() == ui::JobGateway::State::ready; }));
    robot.shoot("1-start");

    // A project, and clips of two performers: one dropped, one chosen in a dialog.
    robot.dialogs.folder = ui::text(studio.project().string());
    REQUIRE(robot.click("newProjectButton"));
    REQUIRE(robot.waitFor([&] { return shared->session.isOpen(); }));
    CHECK(robot.window->currentPage() == 0);
    robot.shoot("2-empty-project");
    REQUIRE(robot.drop("sourceBin", {clips.source}));
    REQUIRE(robot.waitFor([&] { return shared->session.snapshot().clips.size() == 1; }));
    robot.dialogs.files = {ui::text(clips.destination.string())};
    REQUIRE(robot.click("destinationAdd"));
    REQUIRE(robot.waitFor([&] { return shared->session.snapshot().clips.size() == 2; }));
    CHECK(shared->session.snapshot().source != shared->session.snapshot().destination);
    CHECK(robot.waitFor([&] { return robot.seesPicture("ingestViewer"); }));
    robot.shoot("3-clips");

    // Faces: found by the service's jobs, seen arriving, all there at the end.
    REQUIRE(robot.waitFor([&] { return robot.textOf("ingestPrimary").contains("Find faces"); }));
    REQUIRE(robot.click("ingestPrimary"));
    REQUIRE(robot.waitFor([&] { return shared->session.snapshot().hasFaces(); }, 240));
    robot.shoot("4-finding");
    REQUIRE(robot.waitFor(
        [&] {
            return shared->jobs.activeCount() == 0 &&
                   shared->session.snapshot().countsOf({}).searched == clips.all();
        },
        240));
    CHECK(shared->session.snapshot().countsOf({}).found >= clips.all() - 2);
    robot.shoot("5-found");

    // One face is rejected by its key, and taken back.
    REQUIRE(robot.click("ingestPrimary"));
    CHECK(robot.window->currentPage() == static_cast<int>(PageId::faces));
    REQUIRE(robot.waitFor([&] { return shared->faces.total() >= clips.all() - 2; }));
    REQUIRE(robot.waitFor([&] { return robot.seesPicture("facesGrid"); }));
    robot.shoot("6-faces");
    shared->faces.selectRows(0, 0, false);
    robot.press(Qt::Key_X);
    REQUIRE(robot.waitFor([&] { return !shared->session.saving(); }));
    CHECK(rejected(studio) == 1);
    robot.shoot("7-rejected");
    robot.press(Qt::Key_Z, Qt::ControlModifier);
    REQUIRE(robot.waitFor([&] { return !shared->session.saving(); }));
    CHECK(rejected(studio) == 0);
    robot.press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    REQUIRE(robot.waitFor([&] { return !shared->session.saving(); }));
    CHECK(rejected(studio) == 1);

    // Training: curves and previews arrive; it is paused and goes on.
    REQUIRE(robot.click("facesPrimary"));
    REQUIRE(robot.window->currentPage() == static_cast<int>(PageId::train));
    robot.shoot("8-plan");
    REQUIRE(robot.click("preset.quick"));
    REQUIRE(robot.setSmallTraining());
    REQUIRE(robot.click("trainPrimary"));
    REQUIRE(robot.waitForJob("train", "running"));
    const auto run = studio.project() / "runs" / ui::utf8(shared->run.name());
    REQUIRE(robot.waitFor([&] { return robot.curvePoints() > 10; }));
    const auto* board = robot.find<ui::PreviewBoard>("previewBoard");
    REQUIRE(robot.waitFor([&] { return board->shownStep() >= 10; }));
    CHECK(robot.seesPicture("previewBoard"));
    robot.shoot("9-training");
    REQUIRE(robot.click("trainPause"));
    REQUIRE(robot.waitForJob("train", "paused"));
    robot.shoot("10-paused");
    const int64_t pausedAt = lastStep(run);
    REQUIRE(robot.waitFor([&] { return robot.textOf("trainPrimary").contains("Resume"); }));
    REQUIRE(robot.click("trainPrimary"));
    REQUIRE(robot.waitForJob("train", "running"));
    REQUIRE(robot.waitFor([&] { return lastStep(run) > pausedAt; }));

    // The window closes, the training does not notice; opened again it is shown.
    robot.closeWindow();
    const int64_t closedAt = lastStep(run);
    REQUIRE(waitUntil([&] { return lastStep(run) > closedAt + 5; }));
    robot.newWindow();
    shared = &robot.window->studio();
    auto* recent = robot.find<QListWidget>("recentProjects");
    REQUIRE(recent->count() == 1);
    robot.shoot("11-recent");
    Q_EMIT recent->itemClicked(recent->item(0));
    REQUIRE(robot.waitFor([&] { return shared->session.isOpen(); }));
    REQUIRE(robot.waitForJob("train", "running"));
    CHECK(robot.window->currentPage() == static_cast<int>(PageId::train));
    REQUIRE(robot.waitFor([&] { return robot.curvePoints() > closedAt; }));
    REQUIRE(robot.waitFor([&] { return robot.seesPicture("previewBoard"); }));
    robot.shoot("12-reopened");
    REQUIRE(robot.click("trainStop"));
    REQUIRE(robot.waitFor([&] { return shared->jobs.activeCount() == 0; }));

    // The swap: asked for here, rendered by its own program, compared with its plate.
    REQUIRE(robot.click("trainSwap"));
    REQUIRE(robot.window->currentPage() == static_cast<int>(PageId::deliver));
    CHECK(robot.waitFor([&] { return robot.seesPicture("deliverViewer"); }));
    robot.shoot("13-deliver");
    REQUIRE(robot.click("deliverPrimary"));
    REQUIRE(robot.waitForJob("swap", "finished"));
    robot.shoot("14-delivered");
    REQUIRE(shared->swaps.swaps().size() == 1);
    const auto out = ui::utf8(shared->swaps.swaps().front().out);
    CHECK(probeVideo(out)["nb_read_frames"] == std::to_string(clips.destinationFrames));
    robot.window->goTo(PageId::review);
    CHECK(robot.waitFor([&] { return robot.seesPicture("compareView"); }));
    robot.shoot("15-review");
    noteAndDeliver(robot, studio, clips.destinationFrames);
    robot.closeWindow();
}

TEST_CASE("a window that is killed while it trains takes nothing along") {
    const Studio studio;
    const OwnService service(studio);
    const Plates clips = plates(studio);
    studio.prepare({clips.source}, {clips.destination});
    const std::string said = studio.path("killed.out");
    BackgroundProcess killed((programFolder() / "window_to_kill").string(),
                             {studio.project().string(), studio.folder().path().string()},
                             studio.environment(), said);
    std::string line;
    REQUIRE(waitUntil(
        [&] {
            std::ifstream file(said);
            return static_cast<bool>(std::getline(file, line)) || !killed.running();
        },
        200));
    REQUIRE(line == "training");
    REQUIRE(killed.running());
    killed.signalGroup(SIGKILL);
    CHECK(killed.wait() == 128 + SIGKILL);

    const auto run = studio.project() / "runs" / "r01";
    const int64_t killedAt = lastStep(run);
    REQUIRE(killedAt > 0);
    REQUIRE(waitUntil([&] { return lastStep(run) > killedAt + 5; }));

    WindowRobot robot(studio.folder().path());
    robot.open(studio.project().string());
    ui::Studio& shared = robot.window->studio();
    REQUIRE(robot.waitForJob("train", "running"));
    CHECK(ui::utf8(shared.run.name()) == "r01");
    // What was decided before, and where it was looked at.
    CHECK(rejected(studio) == 1);
    CHECK(robot.window->currentPage() == static_cast<int>(PageId::train));
    REQUIRE(robot.waitFor([&] { return robot.curvePoints() > killedAt; }));
    robot.shoot("killed-1-opened-again");
    REQUIRE(robot.click("trainStop"));
    REQUIRE(robot.waitFor([&] { return shared.jobs.activeCount() == 0; }));
    CHECK_FALSE(shared.run.checkpoints().empty());
    robot.closeWindow();
}
