// SPDX-License-Identifier: GPL-3.0-or-later
// Masks by polygon in the large view, as they end in the project, and a close look while Z is held.
#include <QPushButton>

#include "tests/ui/faces_show.h"
#include "ui/panels/large_face.h"

using namespace understudy;
using namespace understudy::tests;
using ui::FaceTool;

namespace {

struct Polygons : FacesShow {
    // Round the nose, in the widget.
    QList<QPoint> square() {
        const QPoint nose = positionOf(30);
        return {nose + QPoint(-30, -30), nose + QPoint(30, -30), nose + QPoint(30, 30),
                nose + QPoint(-30, 30)};
    }
    void click(QPoint at) {
        QMouseEvent move(QEvent::MouseMove, at, canvas()->mapToGlobal(at), Qt::NoButton,
                         Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(canvas(), &move);
        QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, at);
    }
    void clickAll(const QList<QPoint>& points) {
        for (const QPoint& at : points) {
            click(at);
        }
    }
    qsizetype points() { return canvas()->polygon().points().size(); }
    // Of what was painted, at a landmark of the plate.
    uint8_t levelAt(int landmark) {
        const media::Point at = counting(key().frame)[static_cast<size_t>(landmark)];
        ui::MaskPaint paint;
        paint.open(640, 360, painted());
        return paint.level(static_cast<int>(at.x), static_cast<int>(at.y));
    }
};

}  // namespace

TEST_CASE("a polygon is clicked round a part of the face, closed, undone and cut anew") {
    Polygons show;
    show.press(Qt::Key_Q, Qt::ShiftModifier);
    CHECK(show.page->view()->tools()->tool() == FaceTool::excluding);
    show.clickAll(show.square());
    REQUIRE(show.points() == 4);
    CHECK(show.painted().empty());  // nothing before it is closed
    show.click(show.square().front() + QPoint(3, -2));
    CHECK(show.points() == 0);
    show.done(1);
    const media::MaskCorrection taken = show.painted();
    CHECK(taken.width() == 640);
    CHECK(show.levelAt(30) == 0);                             // the nose
    CHECK(show.levelAt(8) == media::MaskCorrection::kLeave);  // the chin
    CHECK(show.window->studio().undo.undoText() == "Paint mask");
    CHECK(show.find<QPushButton>("facesCut")->text() == "Cut 1 corrected face anew");

    show.press(Qt::Key_Q);
    CHECK(show.page->view()->tools()->tool() == FaceTool::including);
    show.clickAll(show.square());
    QTest::keyClick(show.canvas(), Qt::Key_Return);
    show.done(2);
    CHECK(show.levelAt(30) == 255);
    show.window->studio().undo.undo();
    show.saved();
    CHECK(show.painted() == taken);
    show.window->studio().undo.undo();
    show.saved();
    CHECK(show.painted().empty());
}

TEST_CASE("points are taken back one by one or all at once, and two of them close nothing") {
    Polygons show;
    show.press(Qt::Key_Q);
    REQUIRE(show.canvas()->hasFocus());
    show.clickAll(show.square());
    QTest::keyClick(show.canvas(), Qt::Key_Backspace);
    CHECK(show.points() == 3);
    QTest::keyClick(show.canvas(), Qt::Key_Backspace);
    CHECK(show.points() == 2);
    QTest::keyClick(show.canvas(), Qt::Key_Return);
    CHECK(show.points() == 2);
    QTest::keyClick(show.canvas(), Qt::Key_Escape);
    CHECK(show.points() == 0);
    // Nor does it go over to another picture, face or tool.
    for (const auto& leave : std::initializer_list<std::function<void()>>{
             [&] { show.choose(6); }, [&] { show.press(Qt::Key_D); },
             [&] { show.press(Qt::Key_V, Qt::ShiftModifier); }}) {
        show.press(Qt::Key_Q);
        show.clickAll(show.square());
        REQUIRE(show.points() == 4);
        leave();
        CHECK(show.points() == 0);
    }
    CHECK(show.window->studio().undo.count() == 0);
}

TEST_CASE("Return, Backspace and Escape are the polygon's own, whatever else they are keys of") {
    Polygons show;
    show.press(Qt::Key_Q);
    const auto own = [&](Qt::Key key) {
        QKeyEvent event(QEvent::ShortcutOverride, key, Qt::NoModifier);
        event.ignore();
        QApplication::sendEvent(show.canvas(), &event);
        return event.isAccepted();
    };
    CHECK_FALSE(own(Qt::Key_Backspace));
    show.clickAll(show.square());
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Backspace, Qt::Key_Escape}) {
        CHECK(own(key));
    }
    CHECK_FALSE(own(Qt::Key_P));
}

TEST_CASE("a face is shown large while Z is held, follows the pointer and selects nothing") {
    Polygons show;
    ui::FacesGrid* grid = show.page->grid();
    const auto before = show.faces().selection();
    const auto moveTo = [&](int row) {
        const QPoint at = grid->cellRect(row).center();
        QMouseEvent move(QEvent::MouseMove, at, grid->viewport()->mapToGlobal(at), Qt::NoButton,
                         Qt::NoButton, Qt::NoModifier);
        QApplication::sendEvent(grid->viewport(), &move);
    };
    moveTo(1);
    show.canvas()->setAttribute(Qt::WA_UnderMouse, false);
    grid->setFocus();
    QTest::keyPress(grid, Qt::Key_Z);
    auto* large = show.find<ui::LargeFace>("largeFace");
    REQUIRE(large != nullptr);
    CHECK(large->isVisible());
    CHECK(large->shown() == show.faces().face(1).key);
    CHECK(large->width() >= 2 * grid->pictureSize());
    CHECK(show.window->rect().contains(large->geometry()));
    moveTo(2);
    CHECK(large->shown() == show.faces().face(2).key);
    QTest::keyRelease(grid, Qt::Key_Z);
    CHECK_FALSE(large->isVisible());
    CHECK(show.faces().selection() == before);
    CHECK(show.faces().current() == 5);
    // It ends with the focus too.
    QTest::keyPress(grid, Qt::Key_Z);
    CHECK(large->isVisible());
    show.canvas()->setFocus();
    CHECK_FALSE(large->isVisible());
}

TEST_CASE("a look at the picture comes closer under the pointer and goes back as it was") {
    Polygons show;
    ui::FaceCanvas* canvas = show.canvas();
    const QTransform before = canvas->widgetFromPicture();
    const QPoint eye = show.positionOf(36);
    canvas->holdZoom();
    CHECK(canvas->widgetFromPicture().m11() > 1.4 * before.m11());
    QMouseEvent move(QEvent::MouseMove, eye, canvas->mapToGlobal(eye), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QApplication::sendEvent(canvas, &move);
    CHECK((show.positionOf(36) - eye).manhattanLength() <= 3);  // it stays under the pointer
    const double ratio = canvas->widgetFromPicture().m11() * canvas->devicePixelRatioF();
    CHECK(ratio == Approx(std::round(ratio)));
    QTest::keyRelease(canvas, Qt::Key_Z);
    CHECK(canvas->widgetFromPicture() == before);
    CHECK(canvas->fitted());
    canvas->zoomTo(4);
    CHECK(canvas->widgetFromPicture().m11() * canvas->devicePixelRatioF() == Approx(4));
}
