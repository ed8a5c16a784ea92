// SPDX-License-Identifier: GPL-3.0-or-later
// The preview board: two steps or runs compared, enlarged, moved, scrolled; which faces are shown.
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QSlider>
#include <QWheelEvent>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/used_window.h"
#include "training/plan/preview_faces.h"
#include "ui/models/formatting.h"
#include "ui/panels/preview_board.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::PreviewSide;
using ui::utf8;

namespace {

constexpr int kCell = 64;
constexpr int kRows = 6;

struct Board : UsedWindow {
    Board() {
        window->resize(1600, 1000);
        window->show();
        window->goTo(PageId::train);
        REQUIRE(runUntil([this] { return board()->shownStep() == 12000; }));
        board()->setFocus();
    }
    ui::PreviewBoard* board() const { return find<ui::PreviewBoard>("previewBoard"); }
    ui::PreviewView* view() const { return board()->view(); }
    training::RunFolder run(const char* name) const { return {folder() / "runs" / name}; }
    // A sheet of one colour, in place of the one that was there.
    void paint(const char* name, int64_t step, const QColor& color,
               const char* clip = "bird") const {
        QImage sheet(6 * kCell, kRows * kCell, QImage::Format_RGB32);
        sheet.fill(color);
        const auto file = run(name).preview(step);
        QStringList faces;
        for (int i = 0; i < kRows; ++i) {
            faces << QStringLiteral("\"%1:%2\"").arg(clip).arg(i + 1);
        }
        auto words = file;
        std::ofstream(words.replace_extension(".json"))
            << R"({"faces":[)" << utf8(faces.join(','))
            << R"(],"columns":["source","source_out","destination","destination_out","swap","mask"],)"
            << R"("cell":)" << kCell << "}";
        const auto fresh = run(name).previews() / "fresh.bmp";
        REQUIRE(sheet.save(ui::text(fresh.string())));
        std::filesystem::rename(fresh, file);
    }
    // Of the cell at `row`, `column`, so far from its left.
    QColor colorAt(int row, int column, double part) const {
        const QRectF cell = view()->cellRect(row, column);
        const QImage seen = view()->viewport()->grab().toImage();
        return seen.pixelColor(static_cast<int>(cell.x() + cell.width() * part),
                               static_cast<int>(cell.center().y()));
    }
    bool becomes(int row, int column, double part, const QColor& color) const {
        return runUntil([&] { return colorAt(row, column, part) == color; });
    }
    void wheel(QPointF at, int steps) const {
        QWheelEvent event(at, view()->viewport()->mapToGlobal(at), {}, {0, 120 * steps},
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(view()->viewport(), &event);
    }
    QString words(const char* name) const {
        auto* label = find<QLabel>(name);
        return label->isVisible() ? label->text() : QString();
    }
    QAction* entry(const QString& start) const {
        QMenu* menu = board()->facesMenu();
        Q_EMIT menu->aboutToShow();
        for (QAction* action : menu->actions()) {
            if (action->text().startsWith(start)) {
                return action;
            }
        }
        FAIL("no entry " << start.toStdString());
        return nullptr;
    }
    void tell(const char* state) {
        training::JobInfo info;
        info.job = "job-7";
        info.kind = "train";
        info.run = "r02";
        info.project = folder().string();
        info.state = state;
        gateway.tell(info);
    }
};

}  // namespace

TEST_CASE("two steps of a run are compared by a wipe in every cell") {
    Board show;
    show.paint("r02", 12000, Qt::red);
    show.paint("r02", 6000, Qt::blue);
    REQUIRE(show.becomes(0, 0, 0.9, Qt::red));
    CHECK_FALSE(show.find<QWidget>("previewSecond")->isVisible());
    show.press(Qt::Key_W);
    CHECK(show.view()->side() == PreviewSide::wipe);
    REQUIRE(runUntil([&] { return show.board()->secondStep() == 6000; }));
    CHECK(show.words("previewStepB") == "step 6,000");
    CHECK(show.becomes(0, 4, 0.2, Qt::red));
    CHECK(show.colorAt(0, 4, 0.8) == QColor(Qt::blue));
    CHECK(show.colorAt(0, 1, 0.8) == QColor(Qt::blue));
    // The line by keys, and dragged.
    for (int i = 0; i < 8; ++i) {
        show.press(Qt::Key_Left, Qt::ShiftModifier);
    }
    CHECK(show.view()->split() == Approx(0.1));
    CHECK(show.colorAt(0, 4, 0.2) == QColor(Qt::blue));
    const QRectF cell = show.view()->cellRect(0, 4);
    const auto at = [&](double part) {
        return QPointF(cell.x() + cell.width() * part, cell.center().y()).toPoint();
    };
    QTest::mousePress(show.view()->viewport(), Qt::LeftButton, {}, at(0.1));
    QTest::mouseMove(show.view()->viewport(), at(0.9));
    QTest::mouseRelease(show.view()->viewport(), Qt::LeftButton, {}, at(0.9));
    CHECK(show.view()->split() == Approx(0.9).margin(0.02));
    // Each alone.
    show.press(Qt::Key_QuoteLeft);
    CHECK(show.view()->side() == PreviewSide::b);
    CHECK(show.colorAt(2, 0, 0.1) == QColor(Qt::blue));
    show.press(Qt::Key_Comma);
    CHECK(runUntil([&] { return show.board()->secondStep() == 5000; }));
    CHECK(show.board()->shownStep() == 12000);
    show.press(Qt::Key_QuoteLeft);
    CHECK(show.colorAt(2, 0, 0.9) == QColor(Qt::red));
    show.press(Qt::Key_Comma);
    CHECK(runUntil([&] { return show.board()->shownStep() == 11000; }));
    show.press(Qt::Key_Period);
    CHECK(runUntil([&] { return show.board()->shownStep() == 12000; }));
    show.find<QAbstractButton>("previewCompareEnd")->click();
    CHECK_FALSE(show.find<QWidget>("previewSecond")->isVisible());
    CHECK(show.view()->side() == PreviewSide::a);
}

TEST_CASE("another run lies beside, face by face; a face that it has not is said") {
    Board show;
    show.paint("r02", 12000, Qt::red);
    show.paint("r01", 3000, Qt::green);
    show.paint("r01", 2000, Qt::yellow, "milk");
    show.press(Qt::Key_W);
    auto* runs = show.find<QComboBox>("previewRunB");
    runs->setCurrentIndex(runs->findText("r01"));
    Q_EMIT runs->activated(runs->currentIndex());
    REQUIRE(runUntil([&] { return show.board()->secondStep() == 3000; }));
    CHECK(show.becomes(1, 2, 0.9, Qt::green));
    CHECK(show.colorAt(1, 2, 0.1) == QColor(Qt::red));
    show.find<QSlider>("previewSliderB")->setValue(1);
    REQUIRE(runUntil([&] { return show.board()->secondStep() == 2000; }));
    CHECK(runUntil([&] { return show.colorAt(1, 2, 0.985).lightness() < 60; }));
    // Another run is looked at: nothing is compared with it.
    auto* choice = show.find<QComboBox>("runChoice");
    choice->setCurrentIndex(choice->findData("r01"));
    Q_EMIT choice->activated(choice->currentIndex());
    CHECK(runUntil([&] { return show.board()->shownStep() == 3000; }));
    CHECK_FALSE(show.find<QWidget>("previewSecond")->isVisible());
}

TEST_CASE("a preview that is written again at its step is shown as it is now") {
    Board show;
    show.paint("r02", 12000, Qt::red);
    REQUIRE(show.becomes(0, 0, 0.5, Qt::red));
    show.paint("r02", 12000, Qt::blue);
    CHECK(show.becomes(0, 0, 0.5, Qt::blue));
    // One that was looked at before and is gone back to.
    show.paint("r02", 11000, Qt::green);
    show.board()->step(-1);
    REQUIRE(show.becomes(0, 0, 0.5, Qt::green));
    show.board()->step(1);
    REQUIRE(show.becomes(0, 0, 0.5, Qt::blue));
    show.paint("r02", 11000, Qt::yellow);
    show.board()->step(-1);
    CHECK(show.becomes(0, 0, 0.5, Qt::yellow));
}

TEST_CASE("rows that have no room are scrolled to; the wheel enlarges at the pointer") {
    Board show;
    show.paint("r02", 12000, Qt::red);
    REQUIRE(show.becomes(0, 0, 0.5, Qt::red));
    ui::PreviewView* view = show.view();
    CHECK(view->fitted());
    QScrollBar* down = view->verticalScrollBar();
    REQUIRE(down->maximum() > 0);
    CHECK(view->cellRect(kRows - 1, 0).bottom() > view->viewport()->height());
    down->setValue(down->maximum());
    CHECK(view->cellRect(kRows - 1, 0).bottom() <= view->viewport()->height());
    down->setValue(0);

    const QPointF anchor = view->cellRect(1, 4).center();
    const auto under = [&] {
        const QRectF cell = view->cellRect(1, 4);
        return QPointF((anchor.x() - cell.x()) / cell.width(),
                       (anchor.y() - cell.y()) / cell.height());
    };
    const double before = view->cellSize();
    show.wheel(anchor, 6);
    CHECK(view->cellSize() == Approx(before * std::pow(1.2, 6)));
    CHECK_FALSE(view->fitted());
    CHECK(under().x() == Approx(0.5).margin(0.02));
    CHECK(under().y() == Approx(0.5).margin(0.02));
    // Dragged, the picture goes with the pointer.
    const QRectF place = view->cellRect(1, 4);
    QTest::mousePress(view->viewport(), Qt::LeftButton, {}, anchor.toPoint());
    QTest::mouseMove(view->viewport(), anchor.toPoint() + QPoint(-40, -30));
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, {}, anchor.toPoint() + QPoint(-40, -30));
    CHECK(view->cellRect(1, 4).topLeft() == place.topLeft() + QPointF(-40, -30));
    show.press(Qt::Key_F);
    CHECK(view->fitted());
    CHECK(view->cellSize() == Approx(before));
    QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, anchor.toPoint());
    CHECK(view->cellSize() == kCell);
    QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, anchor.toPoint());
    CHECK(view->fitted());
    view->setFocus();
    show.press(Qt::Key_Plus);
    CHECK(view->cellSize() > before);
}

TEST_CASE("faces that are selected are shown in the previews of a run at work") {
    Board show;
    show.tell("running");
    CHECK_FALSE(show.entry("Show the faces that are selected")->isEnabled());
    auto& faces = show.window->studio().faces;
    REQUIRE(runUntil([&] { return faces.rows() > 0; }));
    show.window->goTo(PageId::faces);
    faces.selectRows(0, 1, false);
    const ui::FaceKey first = *faces.selection().begin();
    show.press(Qt::Key_N, Qt::ShiftModifier);
    CHECK(show.window->currentPage() == static_cast<int>(PageId::train));
    const training::RunFolder run = show.run("r02");
    REQUIRE(runUntil([&] { return !show.gateway.actions.empty(); }));
    CHECK(show.gateway.actions[0].first == ui::JobAction::preview);
    const auto chosen = training::readPreviewFaces(run.previewFaces()).value();
    REQUIRE(chosen.size() == 2);
    CHECK(chosen[0] == utf8(faces.clipName(first.clip)) + ":" + std::to_string(first.frame));
    // Too many are said, and not asked for.
    faces.selectRows(0, 20, false);
    show.entry("Show the 21 selected")->trigger();
    CHECK(show.find<QWidget>("trainMessages")
              ->findChild<QLabel*>("messageText")
              ->text()
              .contains("at most 12"));
    CHECK(training::readPreviewFaces(run.previewFaces()).value() == chosen);
    // None: as it was before somebody chose.
    show.entry("Some that are never")->trigger();
    CHECK(runUntil([&] { return training::readPreviewFaces(run.previewFaces())->empty(); }));
}

TEST_CASE("faces are chosen for a run that is not made yet, and taken out of one at rest") {
    Board show;
    show.paint("r02", 12000, Qt::red);
    REQUIRE(show.becomes(0, 0, 0.5, Qt::red));
    ui::PreviewView* view = show.view();
    Q_EMIT view->faceMenuWanted("bird:2", {10, 10});
    show.entry("Show bird:2 no more")->trigger();
    show.board()->facesMenu()->close();
    const auto chosen = [&](const char* run) {
        return training::readPreviewFaces(show.run(run).previewFaces()).value();
    };
    CHECK(runUntil([&] {
        return chosen("r02") ==
               std::vector<std::string>{"bird:1", "bird:3", "bird:4", "bird:5", "bird:6"};
    }));
    auto* choice = show.find<QComboBox>("runChoice");
    choice->setCurrentIndex(0);
    Q_EMIT choice->activated(0);
    auto& faces = show.window->studio().faces;
    REQUIRE(runUntil([&] { return faces.rows() > 0; }));
    faces.selectRows(0, 0, false);
    show.entry("Show the 1 selected")->trigger();
    show.window->page(PageId::train)->pressPrimary();
    REQUIRE(runUntil([&] { return !show.gateway.started.empty(); }));
    CHECK(chosen("r03").size() == 1);
}
