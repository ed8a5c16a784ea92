// SPDX-License-Identifier: GPL-3.0-or-later
// How clips say how far the search for their faces is, by shape and word, and what follows a search
// that failed.
#include <QAbstractItemView>
#include <QLabel>
#include <QPushButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;
using ui::ClipListModel;
using ui::PageId;
using ui::utf8;

namespace {

struct Search : ShowFixture {
    Search() {
        {
            auto project = media::Project::open(folder());
            REQUIRE(project->clearFaces("bird").ok());
        }
        window->studio().session.refresh();
        window->goTo(PageId::ingest);
        REQUIRE(runUntil([&] {
            return find<QAbstractButton>("ingestPrimary")->text() == "Find faces in 1 clip";
        }));
    }
    void tell(const char* state) {
        training::JobInfo info;
        info.job = "job-7";
        info.kind = "extract";
        info.clip = "bird";
        info.title = "Find faces in bird";
        info.project = folder().string();
        info.state = state;
        if (info.state == "failed") {
            info.error = training::JobError{66, "frame 1013 cannot be read", "bird.1013.png",
                                            "Render the frame again"};
        }
        gateway.tell(info);
    }
    // "error: search failed".
    std::string stateOf(const char* clip) const {
        for (const char* list : {"sourceClips", "destinationClips", "othersClips"}) {
            const auto* model = find<QAbstractItemView>(list)->model();
            for (int row = 0; row < model->rowCount(); ++row) {
                const auto index = model->index(row, 0);
                if (utf8(index.data().toString()) == clip) {
                    return utf8(index.data(ClipListModel::IconRole).toString() + ": " +
                                index.data(ClipListModel::StateRole).toString());
                }
            }
        }
        return "no such clip";
    }
    QString message() const {
        auto* bar = find<QWidget>("ingestMessages");
        return bar->isVisible() ? bar->findChild<QLabel*>("messageText")->text() : QString();
    }
};

}  // namespace

TEST_CASE("each state of a search has its own shape and word") {
    Search search;
    CHECK(search.stateOf("bird") == "queued: not searched yet");
    search.tell("running");
    CHECK(search.stateOf("bird") == "running: finding faces, running");
    search.tell("failed");
    CHECK(search.stateOf("bird") == "error: search failed");
    search.tell("running");
    search.tell("cancelled");
    CHECK(search.stateOf("bird") == "cancelled: search stopped");
    // What is left of a search that broke off is said with it.
    {
        auto project = media::Project::open(search.folder());
        std::vector<media::FaceTruth> faces(2);
        for (size_t i = 0; i < faces.size(); ++i) {
            faces[i].frame = 1001 + static_cast<int64_t>(i);
            faces[i].how = media::FoundHow::detected;
            faces[i].landmarks = drawnLandmarks(96, 0);
        }
        REQUIRE(project->putFaces("bird", faces).ok());
    }
    search.window->studio().session.refresh();
    CHECK(runUntil(
        [&] { return search.stateOf("bird") == "cancelled: search stopped, 2 faces so far"; }));
}

TEST_CASE("a search that failed says why on Ingest, and is tried again from there") {
    Search search;
    search.tell("running");
    search.tell("failed");
    REQUIRE(runUntil([&] { return search.message().contains("bird.1013.png"); }));
    CHECK(search.message().contains("Render the frame again"));
    auto* again = search.find<QWidget>("ingestMessages")->findChild<QPushButton*>("messageAction");
    QTest::mouseClick(again, Qt::LeftButton);
    REQUIRE(runUntil([&] { return search.gateway.started.size() == 1; }));
    CHECK(search.gateway.started[0].clip == "bird");
}
