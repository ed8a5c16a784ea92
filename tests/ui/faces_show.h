// SPDX-License-Identifier: GPL-3.0-or-later
// The page Faces with a face in the large view, to be corrected by pointer and keys as a person
// would, and what is in the project afterwards.
#pragma once

#include <QApplication>
#include <QMouseEvent>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/workspaces/faces_page.h"

namespace understudy::tests {

struct FacesShow : ShowFixture {
    FacesShow() { begin(); }
    // The project as it is opened now.
    void begin() {
        window->goTo(ui::PageId::faces);
        page = find<ui::FacesPage>("facesPage");
        faces().setSort(ui::FaceSort::time);
        REQUIRE(runUntil([this] { return !faces().ordering() && faces().rows() == 216; }));
        choose(5);
    }
    ui::FacesModel& faces() { return window->studio().faces; }
    ui::FaceCanvas* canvas() { return page->view()->canvas(); }
    void choose(int row) {
        faces().selectRows(row, row, false);
        faces().setCurrent(row);
        REQUIRE(runUntil([this] {
            return page->view()->ready() && canvas()->hasLandmarks() &&
                   !canvas()->picture().isNull();
        }));
    }
    void saved() {
        REQUIRE(runUntil([this] {
            return !window->studio().session.saving() && !faces().loading() && !faces().ordering();
        }));
    }
    // A gesture is made of what the project says first, so it comes a moment later.
    void done(int commands) {
        REQUIRE(runUntil([&] { return window->studio().undo.index() == commands; }));
        saved();
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        page->grid()->setFocus();
        QTest::keyClick(page->grid(), key, modifiers);
    }
    std::string clip() { return ui::utf8(faces().clipName(key().clip)); }
    ui::FaceKey key() { return faces().face(faces().current()).key; }
    // As another program would see it.
    std::map<int64_t, media::LandmarkCorrection> placed() {
        return *media::Project::open(folder(), true)->landmarkCorrections(clip());
    }
    media::Landmarks counting(int64_t frame) {
        const auto all = *media::Project::open(folder(), true)->faces(clip());
        return std::find_if(all.begin(), all.end(),
                            [&](const auto& one) { return one.frame == frame; })
            ->landmarks;
    }
    media::MaskCorrection painted() {
        const auto all = *media::Project::open(folder(), true)->maskCorrections(clip());
        const auto found = all.find(key().frame);
        return found != all.end() ? found->second : media::MaskCorrection();
    }
    QPoint positionOf(int landmark) {
        const media::Point& at = canvas()->landmarks()[static_cast<size_t>(landmark)];
        return canvas()->widgetFromPicture().map(QPointF(at.x, at.y)).toPoint();
    }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::mousePress(canvas(), Qt::LeftButton, modifiers, from);
        for (const QPoint at : {(from + to) / 2, to}) {
            QMouseEvent move(QEvent::MouseMove, at, canvas()->mapToGlobal(at), Qt::NoButton,
                             Qt::LeftButton, modifiers);
            QApplication::sendEvent(canvas(), &move);
        }
        QTest::mouseRelease(canvas(), Qt::LeftButton, modifiers, to);
    }

    ui::FacesPage* page = nullptr;
};

}  // namespace understudy::tests
