// SPDX-License-Identifier: GPL-3.0-or-later
// The player says what it shows: two pictures of one frame or why not, values of what is under the
// pointer, the frame that is typed, the part that is dragged.
#include "ui/panels/player.h"

#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "media/source/frame_sink.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;
using ui::CompareMode;
using ui::text;
using ui::utf8;

namespace {

// Two plates of 48 frames from 1001, the second one compared with the first.
struct Two {
    Two() {
        ensureApplication();
        player.resize(1200, 700);
        player.setVisible(true);
        player.setSource({"one", text(file("one", 1001).string())}, std::nullopt, {}, 24);
        player.setSecond({"two", text(file("two", 1001).string())});
        REQUIRE(shows(1001));
    }
    std::filesystem::path file(const std::string& name, int64_t number) const {
        return temp / (name + "." + std::to_string(number) + ".png");
    }
    QImage picture(const std::string& name, int64_t number) const {
        return QImage(text(file(name, number).string())).convertToFormat(QImage::Format_RGB32);
    }
    ui::CompareView* view() const { return player.view(); }
    ui::TransportBar* bar() const { return player.transport(); }
    bool shows(int64_t number) const {
        const QImage wanted = picture("one", number);
        return runUntil(
            [&] { return view()->picture() == wanted && view()->firstWords().isEmpty(); });
    }
    void point(QPointF at, Qt::MouseButtons held = {}) const {
        QMouseEvent move(QEvent::MouseMove, at, view()->mapToGlobal(at), Qt::NoButton, held,
                         Qt::NoModifier);
        QApplication::sendEvent(view(), &move);
    }
    // Where a pixel of the first picture is.
    QPointF place(double x, double y) const {
        return view()->widgetFromPicture().map(QPointF(x + 0.5, y + 0.5));
    }

    TempFolder temp;
    std::string one = writePlate(temp.path(), "one", 48, 20);
    std::string two = writePlate(temp.path(), "two", 48, 200);
    ui::Player player{ui::makeDecodeThreads(), 16ll * 640 * 360 * 4};
};

QString red(const QImage& picture, QPoint at) {
    return QString::number(qRed(picture.pixel(at)) / 255.0, 'f', 3);
}

QPoint changedPixel(const QImage& a, const QImage& b) {
    for (int y = a.height() / 4; y < a.height(); ++y) {
        for (int x = a.width() / 4; x < a.width(); ++x) {
            if (std::abs(qRed(a.pixel(x, y)) - qRed(b.pixel(x, y))) > 20) {
                return {x, y};
            }
        }
    }
    FAIL("the plate does not move");
    return {};
}

}  // namespace

TEST_CASE("a frame that is not read yet is no other one's picture") {
    Two made;
    made.player.setMode(CompareMode::wipe);
    REQUIRE(runUntil([&] { return made.view()->second() == made.picture("two", 1001); }));
    made.bar()->seek(1048);  // far behind what is read ahead
    CHECK(utf8(made.view()->firstWords()) == "reading 1048…");
    CHECK(made.view()->second().isNull());
    CHECK(utf8(made.view()->secondWords()) == "reading 1048…");
    CHECK(made.player.probeText().isEmpty());
    REQUIRE(made.shows(1048));
    CHECK(runUntil([&] { return made.view()->second() == made.picture("two", 1048); }));
    CHECK(made.view()->secondWords().isEmpty());
}

TEST_CASE("B is never painted with A's picture") {
    Two made;
    const QImage alone = made.view()->grab().toImage();
    for (const CompareMode mode :
         {CompareMode::second, CompareMode::difference, CompareMode::side, CompareMode::wipe}) {
        made.player.setSecond({});
        made.player.setSecond({"two", text(made.file("two", 1001).string())});
        made.player.setMode(mode);
        INFO(static_cast<int>(mode));
        REQUIRE(made.view()->second().isNull());
        CHECK_FALSE(made.view()->secondWords().isEmpty());
        CHECK(made.view()->grab().toImage() != alone);
    }
}

TEST_CASE("while it plays both pictures are of one frame") {
    Two made;
    made.player.setMode(CompareMode::wipe);
    REQUIRE(runUntil([&] { return !made.view()->second().isNull(); }));
    int shown = 0;
    int apart = 0;
    QObject::connect(&made.player, &ui::Player::frameShown, &made.player, [&](qint64 frame) {
        ++shown;
        apart += made.view()->picture() != made.picture("one", frame) ||
                 made.view()->second() != made.picture("two", frame);
    });
    made.bar()->setPlaying(true);
    CHECK(runUntil([&] { return shown > 12; }));
    made.bar()->setPlaying(false);
    CHECK(apart == 0);
}

TEST_CASE("A and B alone change places at full frame") {
    Two made;
    QSignalSpy modes(&made.player, &ui::Player::modeChanged);
    made.player.flip();
    CHECK(made.view()->mode() == CompareMode::second);
    CHECK(runUntil([&] { return made.view()->second() == made.picture("two", 1001); }));
    CHECK(made.view()->secondName().startsWith("two"));
    made.player.flip();
    CHECK(made.view()->mode() == CompareMode::off);
    CHECK(utf8(made.view()->firstName()) == "one");
    CHECK(modes.size() == 2);
}

TEST_CASE("light is shown through the view that is chosen, video as it is") {
    Two made;
    media::Frame frame;
    frame.number = 1001;
    frame.encoding.name = "scene_linear";
    frame.pixels = media::Image(64, 36, 3, media::SampleType::f32);
    for (int y = 0; y < 36; ++y) {
        std::fill_n(frame.pixels.row<float>(y), 3 * 64, 0.25f);
    }
    media::SinkOptions options;
    options.width = 64;
    options.height = 36;
    options.encoding = frame.encoding;
    const std::string light = (made.temp / "light.####.exr").string();
    auto sink = media::createSink(light, options);
    REQUIRE(sink.ok());
    REQUIRE((*sink)->write(frame).ok());
    REQUIRE((*sink)->finish().ok());

    ui::UiSettings settings(text((made.temp / "ui.ini").string()));
    ui::DisplayChoice display(&settings, [] { return media::DisplayViews::fromConfig(""); });
    made.player.look()->setDisplay(&display);
    REQUIRE(runUntil([&] { return display.current() == 0; }));
    auto* view = made.player.findChild<QComboBox*>("displayView");
    CHECK_FALSE(view->isVisible());
    made.player.setSecond({});
    made.player.setSource({"light", text(light)}, std::nullopt, {}, 24);
    const auto shown = [&](int value) {
        return runUntil([&] {
            const QImage& picture = made.view()->picture();
            return picture.width() == 64 && std::abs(qRed(picture.pixel(9, 9)) - value) <= 1;
        });
    };
    CHECK(shown(137));  // sRGB
    CHECK(view->isVisible());
    CHECK(view->currentText() == "sRGB");
    view->setCurrentIndex(2);
    Q_EMIT view->activated(2);
    CHECK(shown(64));
    CHECK(view->currentText() == "Raw");
    // Back to what the file has: the view is no part of that.
    made.player.look()->setLook({1, 1, {}, display.view()});
    CHECK(shown(128));
    made.player.look()->makeNeutral();
    CHECK(shown(64));
    made.player.setSource({"one", text(made.file("one", 1001).string())}, std::nullopt, {}, 24);
    CHECK(made.shows(1001));
    CHECK_FALSE(view->isVisible());
}

TEST_CASE("a missing frame leaves the one before it, hatched, also while it plays") {
    Two made;
    std::filesystem::remove(made.file("one", 1003));
    std::filesystem::remove(made.file("one", 1004));
    made.player.setSource({"gap", text(made.file("one", 1001).string())}, std::nullopt, {}, 24);
    REQUIRE(made.shows(1001));
    bool said = false;
    QObject::connect(&made.player, &ui::Player::frameShown, &made.player, [&](qint64 frame) {
        said = said || (frame == 1003 && !made.view()->picture().isNull() &&
                        made.view()->firstWords() == "no frame 1003");
    });
    made.bar()->setOut(1006);
    made.bar()->setPlaying(true);
    CHECK(runUntil([&] { return said; }));
    made.bar()->setPlaying(false);
}

TEST_CASE("values are of what is under the pointer, whatever moves beneath it") {
    Two made;
    const QPoint pixel = changedPixel(made.picture("one", 1001), made.picture("one", 1009));
    made.point(made.place(pixel.x(), pixel.y()));
    const auto told = [&] { return made.player.probeText(); };
    CHECK(told().contains("A " + red(made.picture("one", 1001), pixel)));
    made.bar()->seek(1009);
    REQUIRE(made.shows(1009));
    CHECK(told().contains("A " + red(made.picture("one", 1009), pixel)));
    // Over the right one of two it is the same pixel.
    made.player.setMode(CompareMode::side);
    REQUIRE(runUntil([&] { return !made.view()->second().isNull(); }));
    const QPointF left = made.place(pixel.x(), pixel.y());
    made.point(left);
    const QString there = told().left(told().indexOf("display"));
    made.point(left + QPointF((made.view()->width() - 4) / 2.0 + 4, 0));
    CHECK(told().left(told().indexOf("display")) == there);
    CHECK(told().contains("B " + red(made.picture("two", 1009), pixel)));
}

TEST_CASE("what is drawn over the right picture lies where it was drawn") {
    Two made;
    made.player.setMode(CompareMode::side);
    REQUIRE(runUntil([&] { return !made.view()->second().isNull(); }));
    made.view()->setTool(ui::DrawTool::freehand);
    std::vector<media::DrawingMark> marks;
    QObject::connect(made.view(), &ui::CompareView::markDrawn, &made.player,
                     [&](const media::DrawingMark& mark) { marks.push_back(mark); });
    const QPointF from = made.place(160, 90);
    const QPointF besides((made.view()->width() - 4) / 2.0 + 4, 0);
    for (const QPointF& start : {from, from + besides}) {
        QTest::mousePress(made.view(), Qt::LeftButton, {}, start.toPoint());
        made.point(start + QPointF(40, 20), Qt::LeftButton);
        QTest::mouseRelease(made.view(), Qt::LeftButton, {}, (start + QPointF(40, 20)).toPoint());
    }
    REQUIRE(marks.size() == 2);
    CHECK(marks[0].points[0].x == Approx(0.25).margin(0.01));
    CHECK(marks[1].points[0].x == Approx(marks[0].points[0].x).margin(0.01));
    CHECK(marks[1].points[1].y == Approx(marks[0].points[1].y).margin(0.01));
}

TEST_CASE("exposure and gamma follow a drag while their key is held") {
    Two made;
    made.view()->holdLook(ui::LookDrag::exposure);
    const QPoint middle = made.view()->rect().center();
    const auto drag = [&](int by) {
        QTest::mousePress(made.view(), Qt::LeftButton, {}, middle);
        made.point(middle + QPoint(by, 0), Qt::LeftButton);
        QTest::mouseRelease(made.view(), Qt::LeftButton, {}, middle + QPoint(by, 0));
    };
    drag(made.view()->width() / 4);
    CHECK(made.player.look()->look().exposure == Approx(2).margin(0.05));
    drag(-made.view()->width() / 4);
    CHECK(made.player.look()->look().exposure == Approx(0).margin(0.05));
    QTest::keyRelease(made.view(), Qt::Key_E);
    drag(made.view()->width() / 4);  // now it wipes, or does nothing
    CHECK(made.player.look()->look().exposure == Approx(0).margin(0.05));
}

TEST_CASE("the frame can be typed, as a number and as a timecode") {
    Two made;
    auto* field = made.player.findChild<QLineEdit*>("frameNumber");
    auto* other = made.player.findChild<QToolButton*>("frameTimecode");
    const auto type = [&](const char* words) {
        field->setText(words);
        QTest::keyClick(field, Qt::Key_Return);
    };
    type("1020");
    CHECK(made.bar()->frame() == 1020);
    type("99999");
    CHECK(made.bar()->frame() == 1048);
    type("not a frame");
    CHECK(made.bar()->frame() == 1048);
    CHECK(utf8(field->text()) == "1048");
    CHECK(other->isHidden());
    made.bar()->setTimecode("10:00:00:00");
    CHECK(utf8(other->text()) == "10:00:01:23");
    type("10:00:00:10");
    CHECK(made.bar()->frame() == 1011);
    other->click();
    CHECK(utf8(field->text()) == "10:00:00:10");
    CHECK(utf8(other->text()) == "1011");
}

TEST_CASE("the ruler has the ends of the part to drag, and notes to go to") {
    Two made;
    ui::FrameRuler* ruler = made.player.ruler();
    const auto at = [&](double frame) {
        return QPoint(static_cast<int>(12 + (frame - 1001) / 48 * (ruler->width() - 24)), 8);
    };
    const auto drag = [&](QPoint from, QPoint to, Qt::KeyboardModifiers keys = {}) {
        QTest::mousePress(ruler, Qt::LeftButton, keys, from);
        QMouseEvent move(QEvent::MouseMove, to, ruler->mapToGlobal(to), Qt::NoButton,
                         Qt::LeftButton, keys);
        QApplication::sendEvent(ruler, &move);
        QTest::mouseRelease(ruler, Qt::LeftButton, keys, to);
    };
    drag(at(1011.5), at(1030.5), Qt::ShiftModifier);
    CHECK(made.bar()->in() == 1011);
    CHECK(made.bar()->out() == 1030);
    CHECK(made.bar()->frame() == 1001);
    drag(at(1011), at(1005.5));
    CHECK(made.bar()->in() == 1005);
    drag(at(1031), at(1040.5));
    CHECK(made.bar()->out() == 1040);
    drag(at(1020.5), at(1021.5));
    CHECK(made.bar()->frame() == 1021);
    QSignalSpy notes(ruler, &ui::FrameRuler::noteRequested);
    ruler->setNotes({{1002, 1006, true, 7, "Mouth is soft"}});
    QTest::mouseClick(ruler, Qt::LeftButton, {}, at(1002.5) + QPoint(0, 13));
    REQUIRE(notes.size() == 1);
    CHECK(notes[0][0].toLongLong() == 7);
    CHECK(made.bar()->frame() == 1021);
}
