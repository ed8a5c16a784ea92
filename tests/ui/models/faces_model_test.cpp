// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/faces_model.h"

#include <QSemaphore>
#include <QThreadPool>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;
using media::ReviewState;
using ui::FaceFilter;
using ui::FaceKey;
using ui::FaceSort;

namespace {

// A session with faces, without a window.
struct Faces {
    explicit Faces(int count = 60, int cropSize = 64) {
        ensureApplication();
        auto project = media::Project::create(path());
        addClipWithFaces(*project, {"again", "Anna", count, 20, {}}, cropSize);
        addClipWithFaces(*project, {"bird", "Ben", 40, 32, {}}, 64);
        session.open(ui::text(path().string()));
        REQUIRE(runUntil([&] { return model.total() == count + 40 && !model.loading(); }));
        REQUIRE(runUntil([&] { return !model.ordering(); }));
    }

    std::filesystem::path path() const { return temp / "show.understudy"; }
    // As another program would see it.
    std::map<int64_t, ReviewState> onDisk(const std::string& clip) {
        REQUIRE(runUntil([&] { return !session.saving(); }));
        return *media::Project::open(path(), true)->review(clip);
    }
    std::map<int64_t, std::string> assignedOnDisk(const std::string& clip) {
        REQUIRE(runUntil([&] { return !session.saving(); }));
        return *media::Project::open(path(), true)->assignments(clip);
    }
    void sortByTime() {
        model.setSort(FaceSort::time);
        order();
    }
    void order() {
        REQUIRE(runUntil([&] { return !model.ordering(); }));
    }

    TempFolder temp;
    QUndoStack undo;
    ui::ProjectSession session;
    ui::FacesModel model{&session, &undo};
};

// Keeps the threads that sort from beginning anything as long as it lives.
class BusyThreads {
  public:
    BusyThreads() {
        pool().waitForDone();
        for (int i = 0; i < pool().maxThreadCount(); ++i) {
            pool().start([this] { released_.acquire(); });
        }
    }
    ~BusyThreads() {
        released_.release(pool().maxThreadCount());
        pool().waitForDone();
    }

  private:
    static QThreadPool& pool() { return *QThreadPool::globalInstance(); }
    QSemaphore released_;
};

}  // namespace

TEST_CASE("suspects come first, the worst of them at the top") {
    Faces faces;
    const int suspects = faces.model.suspects();
    REQUIRE(suspects > 2);
    for (int row = 0; row < faces.model.rows(); ++row) {
        CHECK(faces.model.face(row).suspect == (row < suspects));
    }
    CHECK(faces.model.counts().found == 100);
    CHECK(faces.model.counts().kept == 100);
}

TEST_CASE("faces are sorted by what is asked for") {
    Faces faces;
    const auto ascends = [&](FaceSort sort, auto value) {
        faces.model.setSort(sort);
        faces.order();
        int falls = 0;
        int rises = 0;
        for (int row = 1; row < faces.model.rows(); ++row) {
            const auto a = value(faces.model.face(row - 1));
            const auto b = value(faces.model.face(row));
            falls += b < a;
            rises += b > a;
        }
        return std::min(falls, rises) == 0 && std::max(falls, rises) > 0;
    };
    CHECK(ascends(FaceSort::confidence, [](const auto& face) { return face.confidence; }));
    CHECK(ascends(FaceSort::jitter, [](const auto& face) { return face.jitter; }));
    CHECK(ascends(FaceSort::yaw, [](const auto& face) { return face.yaw; }));
    CHECK(ascends(FaceSort::time, [](const auto& face) { return face.key; }));
}

TEST_CASE("filters hide, and selection survives filters and sorting") {
    Faces faces;
    ui::FacesModel& model = faces.model;
    model.selectRows(0, 2, false);
    const FaceKey first = model.face(0).key;
    FaceFilter filter;
    filter.performer = "Ben";
    model.setFilter(filter);
    faces.order();
    CHECK(model.rows() == 40);
    for (int row = 0; row < model.rows(); ++row) {
        REQUIRE(model.performerOf(model.face(row).key.clip) == "Ben");
    }
    CHECK(model.selectedCount() == 3);
    filter.range(ui::FaceMeasure::confidence).least = 0.99f;
    filter.suspectsOnly = true;
    model.setFilter(filter);
    faces.order();
    CHECK(model.rows() == 0);
    model.setFilter({});
    model.setSort(FaceSort::time);
    faces.order();
    CHECK(model.rows() == 100);
    CHECK(model.selected(model.rowOf(first)));
}

TEST_CASE("a gesture is written at once, and taken back as one") {
    Faces faces;
    faces.sortByTime();
    faces.model.selectRows(0, 4, false);
    faces.model.decide(ReviewState::reject);
    CHECK(faces.model.counts().rejected == 5);
    CHECK(faces.onDisk("again").size() == 5);
    CHECK(faces.onDisk("again").at(1003) == ReviewState::reject);
    CHECK(ui::utf8(faces.undo.undoText()) == "Reject 5 faces");

    faces.undo.undo();
    CHECK(faces.model.counts().rejected == 0);
    for (const auto& [frame, state] : faces.onDisk("again")) {
        CHECK(state == ReviewState::undecided);
    }
    faces.undo.redo();
    CHECK(faces.onDisk("again").at(1005) == ReviewState::reject);
    CHECK(faces.model.counts().kept == 95);
}

TEST_CASE("what was rejected stays so when some of it is kept and that is taken back") {
    Faces faces;
    faces.sortByTime();
    faces.model.selectRows(1, 1, false);
    faces.model.decide(ReviewState::reject);
    faces.model.selectRows(0, 2, false);
    faces.model.decide(ReviewState::keep);
    CHECK(faces.onDisk("again").at(1002) == ReviewState::keep);
    faces.undo.undo();
    CHECK(faces.onDisk("again").at(1002) == ReviewState::reject);
    CHECK(faces.model.face(0).state == ReviewState::undecided);
}

TEST_CASE("deciding goes on to the next face, and can be told not to") {
    Faces faces;
    ui::FacesModel& model = faces.model;
    model.selectRows(3, 3, false);
    model.setCurrent(3);
    model.decide(ReviewState::keep);
    CHECK(model.current() == 4);
    CHECK(model.selected(4));
    CHECK_FALSE(model.selected(3));
    model.setAutoAdvance(false);
    model.decide(ReviewState::keep);
    CHECK(model.current() == 4);
    model.setAutoAdvance(true);
    model.selectRows(99, 99, false);
    model.setCurrent(99);
    model.decide(ReviewState::reject);
    CHECK(model.current() == 99);  // there is no next one
}

TEST_CASE("a decision leaves the view when its state is filtered out") {
    Faces faces;
    FaceFilter filter;
    filter.reject = false;
    faces.model.setFilter(filter);
    faces.order();
    faces.model.selectRows(0, 1, false);
    faces.model.decide(ReviewState::reject);
    faces.order();
    CHECK(faces.model.rows() == 98);
    faces.undo.undo();
    faces.order();
    CHECK(faces.model.rows() == 100);
}

TEST_CASE("faces that another program finds and decides arrive by themselves") {
    Faces faces;
    {
        auto project = media::Project::open(faces.path());
        addClipWithFaces(*project, {"help", "Anna", 10, 25, {}}, 64);
        const std::vector<int64_t> frames = {1001, 1002};
        REQUIRE(project->setReview("bird", frames, ReviewState::reject).ok());
    }
    REQUIRE(runUntil([&] { return faces.model.total() == 110; }));
    CHECK(faces.model.counts().rejected == 2);
    CHECK(faces.model.clipCount() == 3);
}

TEST_CASE("closing the project forgets its faces") {
    Faces faces;
    faces.session.close();
    CHECK(faces.model.rows() == 0);
    CHECK(faces.model.total() == 0);
    CHECK(faces.model.current() == -1);
}

TEST_CASE("thousands of faces stay in view and in hand while they are read anew") {
    Faces faces(5200, 16);
    ui::FacesModel& model = faces.model;
    model.setCurrent(5000);
    model.selectRows(5000, 5000, false);
    const FaceKey current = model.face(5000).key;
    {
        const BusyThreads busy;
        model.reload();
        REQUIRE(runUntil([&] { return !model.loading(); }));
        REQUIRE(model.rows() == 5240);
        REQUIRE(model.current() == 5000);
        CHECK(model.face(model.current()).key == current);
        model.decide(ReviewState::reject);
        faces.undo.undo();
        CHECK(model.counts().rejected == 0);
    }
    faces.onDisk("again");
}

TEST_CASE("a sort that was under way when faces were read anew does not count as one forever") {
    Faces faces;
    {
        const BusyThreads busy;
        faces.model.setSort(FaceSort::time);
        CHECK(faces.model.ordering());
        faces.model.reload();
        REQUIRE(runUntil([&] { return !faces.model.loading(); }));
    }
    CHECK(runUntil([&] { return !faces.model.ordering(); }, 5000));
    for (int row = 1; row < faces.model.rows(); ++row) {
        REQUIRE(faces.model.face(row - 1).key < faces.model.face(row).key);
    }
}

TEST_CASE("a pack that is still being cut does not take the pictures away") {
    Faces faces;
    const auto pictures = [&] {
        int count = 0;
        for (int row = 0; row < faces.model.rows(); ++row) {
            count += faces.model.face(row).record >= 0;
        }
        return count;
    };
    REQUIRE(pictures() == 100);
    const auto readAgain = [&] {
        faces.model.reload();
        REQUIRE(runUntil([&] { return !faces.model.loading(); }));
    };
    cutFaces(*media::Project::open(faces.path()), "again", 96, 7);
    readAgain();
    CHECK(pictures() == 100);
    CHECK(faces.model.packs().at(0)->header().size == 64);
    // Once it is whole it is the newer one.
    cutFaces(*media::Project::open(faces.path()), "again", 80);
    readAgain();
    CHECK(pictures() == 100);
    CHECK(faces.model.packs().at(0)->header().size == 80);
}

TEST_CASE("the filter of one project is not the next one's") {
    Faces faces;
    FaceFilter filter;
    filter.performer = "Anna";
    filter.keep = false;
    faces.model.setFilter(filter);
    faces.order();
    faces.session.close();
    CHECK(faces.model.filter() == FaceFilter{});
    CHECK(faces.model.selectedCount() == 0);
}

TEST_CASE("faces are filtered by a stretch of time, and by likeness to one of them") {
    Faces faces;
    faces.sortByTime();
    ui::FaceFilter filter;
    filter.range(ui::FaceMeasure::frame) = {1003, 1005};
    faces.model.setFilter(filter);
    REQUIRE(runUntil([&] { return !faces.model.ordering(); }));
    for (int row = 0; row < faces.model.rows(); ++row) {
        CHECK(faces.model.face(row).key.frame >= 1003);
        CHECK(faces.model.face(row).key.frame <= 1005);
    }
    CHECK(faces.model.rows() > 0);
    const int inTime = faces.model.rows();

    filter = {};
    filter.range(ui::FaceMeasure::likeness).least = 99;
    faces.model.setFilter(filter);
    REQUIRE(runUntil([&] { return !faces.model.ordering(); }));
    CHECK(faces.model.rows() == 0);  // nothing to compare with yet
    CHECK_FALSE(faces.model.compare());
    faces.model.setFilter({});
    REQUIRE(runUntil([&] { return faces.model.rows() > inTime; }));
    faces.model.setCurrent(3);
    const ui::FaceKey chosen = faces.model.face(3).key;
    REQUIRE(faces.model.compare());
    const auto& spread = faces.model.spreads()[static_cast<size_t>(ui::FaceMeasure::likeness)];
    CHECK(spread.known == faces.model.total());
    CHECK(spread.most == 100);
    faces.model.setFilter(filter);
    REQUIRE(runUntil([&] { return !faces.model.ordering(); }));
    CHECK(faces.model.rows() >= 1);
    CHECK(faces.model.rows() < faces.model.total());
    CHECK(faces.model.rowOf(chosen) >= 0);
    // Compared with what it was chosen as, also after the faces were read anew.
    const int alike = faces.model.rows();
    faces.model.reload();
    REQUIRE(runUntil([&] { return !faces.model.loading() && !faces.model.ordering(); }));
    CHECK(faces.model.rows() == alike);
}

TEST_CASE("decisions about a clip that was taken out are left out of undo") {
    Faces faces;
    bool failed = false;
    QObject::connect(&faces.session, &ui::ProjectSession::writeFailed, [&] { failed = true; });
    faces.sortByTime();
    faces.model.selectRows(0, 2, false);
    faces.model.decide(ReviewState::reject);
    faces.model.selectRows(58, 61, false);  // two of each clip
    faces.model.decide(ReviewState::reject);
    faces.session.write([](media::Project& project) { return project.removeClip("again"); });
    REQUIRE(runUntil([&] { return faces.model.total() == 40; }));
    CHECK(faces.onDisk("bird").at(1001) == ReviewState::reject);
    faces.undo.undo();
    for (const auto& [frame, state] : faces.onDisk("bird")) {
        CHECK(state == ReviewState::undecided);
    }
    REQUIRE(faces.undo.canUndo());
    faces.undo.undo();
    CHECK_FALSE(faces.undo.canUndo());
    CHECK(faces.undo.count() == 1);
    CHECK(runUntil([&] { return !faces.session.saving(); }));
    CHECK_FALSE(failed);
}

TEST_CASE("faces are assigned by one gesture, written at once and taken back as one") {
    using Assigned = std::map<int64_t, std::string>;
    Faces faces;
    ui::FacesModel& model = faces.model;
    faces.sortByTime();
    CHECK(model.performers() == std::vector<std::string>{"Anna", "Ben"});
    model.selectRows(1, 3, false);
    model.assign("Ben");
    CHECK(model.current() == 4);  // goes on, as after a decision
    CHECK(ui::utf8(faces.undo.undoText()) == "Assign 3 faces to Ben");
    CHECK(model.performerOf(model.face(1)) == "Ben");
    CHECK(model.face(1).assigned);
    CHECK(model.roleOf(model.face(1)) == ui::PerformerRole::destination);
    CHECK(faces.assignedOnDisk("again") == Assigned{{1002, "Ben"}, {1003, "Ben"}, {1004, "Ben"}});
    CHECK(model.counts().kept == 100);  // they train Ben

    model.selectRows(3, 4, false);
    model.assign("");
    CHECK(ui::utf8(faces.undo.undoText()) == "Assign 2 faces to nobody");
    CHECK(model.counts().kept == 98);
    CHECK(model.counts().nobodys == 2);
    CHECK(faces.assignedOnDisk("again") ==
          Assigned{{1002, "Ben"}, {1003, "Ben"}, {1004, ""}, {1005, ""}});

    faces.undo.undo();
    CHECK(faces.assignedOnDisk("again") == Assigned{{1002, "Ben"}, {1003, "Ben"}, {1004, "Ben"}});
    CHECK(model.counts().kept == 100);
    faces.undo.undo();
    CHECK(faces.assignedOnDisk("again").empty());
    CHECK_FALSE(model.face(1).assigned);
    faces.undo.redo();
    CHECK(faces.assignedOnDisk("again").size() == 3);

    // Back to the clip's own; what is so already is no gesture.
    model.selectRows(0, 3, false);
    model.assign("Anna");
    CHECK(ui::utf8(faces.undo.undoText()) == "Assign 3 faces to Anna");
    CHECK(faces.assignedOnDisk("again").empty());
    const int count = faces.undo.count();
    model.selectRows(0, 3, false);
    model.assign("Anna");
    CHECK(faces.undo.count() == count);
}

TEST_CASE("filter, counts and the project's numbers follow whose faces are") {
    Faces faces;
    faces.sortByTime();
    FaceFilter filter;
    filter.performer = "Anna";
    faces.model.setFilter(filter);
    faces.order();
    REQUIRE(faces.model.rows() == 60);
    faces.model.selectRows(0, 9, false);
    faces.model.assign("Ben");
    faces.order();
    CHECK(faces.model.rows() == 50);
    filter.performer = "Ben";
    faces.model.setFilter(filter);
    faces.order();
    CHECK(faces.model.rows() == 50);
    REQUIRE(runUntil([&] { return faces.session.snapshot().countsOf("Ben").kept == 50; }));
    const ui::ProjectSnapshot& snapshot = faces.session.snapshot();
    CHECK(snapshot.countsOf("Anna").kept == 50);
    CHECK(snapshot.countsOf({}).kept == 100);
    CHECK(snapshot.faces.at("again").kept == 60);
    CHECK(snapshot.performers() == std::vector<std::string>{"Anna", "Ben"});
    CHECK(snapshot.roleOf("Ben") == ui::PerformerRole::destination);
    CHECK(snapshot.roleOf("") == ui::PerformerRole::others);
    ui::ProjectSnapshot with = snapshot;
    with.runs = {{"r01", "Cleo", "Ben", ""}};
    CHECK(with.performersOf("r01", "again") == std::vector<std::string>{"Cleo", "Anna", "Ben"});
    CHECK(with.performersOf("r01", "bird") == std::vector<std::string>{"Cleo", "Ben"});
    CHECK(with.performersOf("", "bird") == std::vector<std::string>{"Ben"});
    // Read anew it is the same, and the names keep their numbers.
    faces.model.reload();
    REQUIRE(runUntil([&] { return !faces.model.loading(); }));
    CHECK(faces.model.rows() == 50);
    CHECK(faces.model.performers() == std::vector<std::string>{"Anna", "Ben"});
    faces.undo.undo();
    faces.order();
    CHECK(faces.model.rows() == 40);
}
