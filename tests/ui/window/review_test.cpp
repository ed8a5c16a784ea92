// SPDX-License-Identifier: GPL-3.0-or-later
// Review: versions and their status, what they are compared with, notes written and drawn, the way
// from a note to where it is dealt with, the picture alone, files.
#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QUndoStack>
#include <QtTest/QTest>
#include <algorithm>
#include <catch2/catch.hpp>

#include "media/base/file.h"
#include "tests/ui/folder_opener.h"
#include "tests/ui/reviewed.h"

using namespace understudy;
using namespace understudy::tests;
using ui::CompareMode;
using ui::PageId;
using ui::text;
using ui::utf8;

TEST_CASE("versions are listed newest first with their status, and the newest is shown") {
    Reviewed review;
    CHECK(review.list->item(0)->text().startsWith("v002   pending review"));
    CHECK(review.list->item(0)->text().contains("step 3,000"));
    CHECK(review.list->item(1)->text().startsWith("v001   retake"));
    CHECK(review.view()->picture() == review.file("bird_r01_v002", 1001));
    review.press(Qt::Key_2);
    CHECK(runUntil([&] { return review.view()->picture() == review.file("bird_r01_v001", 1001); }));
    // The frame stays from one version to the next.
    review.bar()->seek(1005);
    review.press(Qt::Key_1);
    CHECK(runUntil([&] { return review.view()->picture() == review.file("bird_r01_v002", 1005); }));
    CHECK(review.page->player()->ruler()->notes().size() == 2);
}

TEST_CASE("a version is compared with its plate, its mask and another version") {
    Reviewed review;
    auto* compared = review.find<QComboBox>("compareWith");
    REQUIRE(compared->count() == 3);
    CHECK(utf8(compared->itemText(0)) == "plate");
    CHECK(utf8(compared->itemText(1)) == "mask");
    CHECK(utf8(compared->itemText(2)) == "v001");
    const auto shows = [&](const QImage& wanted) {
        return runUntil([&] { return review.view()->second() == wanted; });
    };
    CHECK(shows(drawnPlate(0, 32)));
    review.press(Qt::Key_2, Qt::ShiftModifier);
    CHECK(shows(review.file("bird_r01_v002_matte", 1001)));
    review.press(Qt::Key_3, Qt::ShiftModifier);
    CHECK(shows(review.file("bird_r01_v001", 1001)));
    review.compare(CompareMode::difference);
    review.bar()->seek(1003);
    CHECK(shows(review.file("bird_r01_v001", 1003)));
    // Ways to compare go round with Shift+W; the two change places with the backquote.
    review.press(Qt::Key_W, Qt::ShiftModifier);
    CHECK(review.view()->mode() == CompareMode::overlay);
    review.press(Qt::Key_W);
    CHECK(review.view()->mode() == CompareMode::wipe);
    review.press(Qt::Key_QuoteLeft);
    CHECK(review.view()->picture() == review.file("bird_r01_v001", 1003));
    review.press(Qt::Key_QuoteLeft);
    CHECK(review.view()->picture() == review.file("bird_r01_v002", 1003));
}

TEST_CASE("the look changes what is shown and not what is probed") {
    Reviewed review;
    review.compare(CompareMode::off);
    const QImage plain = review.view()->picture();
    const QPoint pixel(300, 200);
    const QPoint place =
        review.view()->widgetFromPicture().map(QPointF(pixel) + QPointF(0.5, 0.5)).toPoint();
    QTest::mouseMove(review.view(), place);
    QMouseEvent move(QEvent::MouseMove, place, review.view()->mapToGlobal(place), Qt::NoButton,
                     Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(review.view(), &move);
    const QString before = review.page->player()->probeText();
    const QString red = QString::number(qRed(plain.pixel(pixel)) / 255.0, 'f', 3);
    INFO(utf8(before));
    CHECK(before.contains("A " + red));
    review.press(Qt::Key_R);
    const QRgb value = plain.pixel(pixel);
    CHECK(runUntil([&] {
        return review.view()->picture().pixel(pixel) == qRgb(qRed(value), qRed(value), qRed(value));
    }));
    QApplication::sendEvent(review.view(), &move);
    CHECK(review.page->player()->probeText().contains("A " + red));
    review.press(Qt::Key_R, Qt::ControlModifier);
    CHECK(review.view()->picture() == plain);
}

TEST_CASE("a status is set by key and menu, taken back, and approving open notes asks") {
    Reviewed review;
    review.press(Qt::Key_3, Qt::ControlModifier | Qt::ShiftModifier);
    CHECK(review.list->item(0)->text().startsWith("v002   retake"));
    REQUIRE(review.saved());
    CHECK(review.project().version("bird", "v002")->status == media::VersionStatus::retake);
    review.undo().undo();
    CHECK(review.list->item(0)->text().startsWith("v002   pending review"));
    review.dialogs.answer = false;
    review.press(Qt::Key_4, Qt::ControlModifier | Qt::ShiftModifier);
    REQUIRE(review.dialogs.questions.size() == 1);
    CHECK(review.dialogs.questions[0].contains("open"));
    CHECK(review.list->item(0)->text().startsWith("v002   pending review"));
    review.dialogs.answer = true;
    auto* status = review.find<QComboBox>("versionStatus");
    Q_EMIT status->activated(3);
    CHECK(utf8(review.find<QAbstractButton>("reviewPrimary")->text()) == "Deliver v002");
    REQUIRE(review.saved());
    CHECK(review.project().version("bird", "v002")->status == media::VersionStatus::approved);
}

TEST_CASE("a note is written, found again, resolved and taken back") {
    Reviewed review;
    review.bar()->seek(1001);
    review.press(Qt::Key_Semicolon);
    auto* words = review.find<QPlainTextEdit>("noteText");
    REQUIRE(words->isVisible());
    REQUIRE(words->hasFocus());
    QTest::keyClicks(words, "grain is gone");
    review.page->notes()->commitText();
    REQUIRE(review.saved());
    auto notes = review.notesOf("v002");
    REQUIRE(notes.size() == 3);
    CHECK(notes[0].text == "grain is gone");
    CHECK(notes[0].first == 1001);
    CHECK_FALSE(notes[0].author.empty());
    CHECK(review.find<QListWidget>("noteList")->count() == 3);
    review.find<QAbstractButton>("noteResolve")->click();
    REQUIRE(review.saved());
    CHECK_FALSE(review.notesOf("v002")[0].open());
    review.undo().undo();
    review.undo().undo();
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002").size() == 2);
    review.undo().redo();
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002")[0].text == "grain is gone");
    // Words are kept by themselves after a moment.
    review.press(Qt::Key_Semicolon);
    QTest::keyClicks(words, "by itself");
    REQUIRE(runUntil([&] { return review.notesOf("v002").size() == 4; }));
    review.undo().undo();
    REQUIRE(review.saved());
    // A note that is begun and left empty is none.
    review.press(Qt::Key_Semicolon);
    review.page->notes()->commitText();
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002").size() == 3);
    // One that is taken away while it is written comes back with its last words.
    review.find<QListWidget>("noteList")->setCurrentRow(0);
    words->setPlainText("words of a moment ago");
    review.find<QAbstractButton>("removeNote")->click();
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002").size() == 2);
    review.undo().undo();
    REQUIRE(review.saved());
    REQUIRE(review.notesOf("v002").size() == 3);
    CHECK(review.notesOf("v002")[0].text == "words of a moment ago");
}

TEST_CASE("drawing makes a note, goes on in it, and is undone stroke by stroke") {
    Reviewed review;
    review.bar()->seek(1001);
    REQUIRE(
        runUntil([&] { return review.view()->picture() == review.file("bird_r01_v002", 1001); }));
    review.press(Qt::Key_D);
    CHECK(review.view()->tool() == ui::DrawTool::freehand);
    review.drag(review.at(0.25, 0.5), review.at(0.5, 0.75));
    review.press(Qt::Key_D, Qt::ShiftModifier);
    review.drag(review.at(0.1, 0.1), review.at(0.2, 0.1));
    review.press(Qt::Key_T);
    QTest::mouseClick(review.view(), Qt::LeftButton, {}, review.at(0.6, 0.3));
    auto* field = review.find<QLineEdit>("drawnWords");
    REQUIRE(field != nullptr);
    QTest::keyClicks(field, "soft");
    QTest::keyClick(field, Qt::Key_Return);
    REQUIRE(review.saved());
    auto notes = review.notesOf("v002");
    REQUIRE(notes.size() == 3);
    REQUIRE(notes[0].drawing.marks.size() == 3);
    const auto& stroke = notes[0].drawing.marks[0];
    CHECK(stroke.kind == media::DrawingMark::Kind::freehand);
    CHECK(stroke.points.front().x == Approx(0.25).margin(0.01));
    CHECK(stroke.points.back().y == Approx(0.75).margin(0.01));
    CHECK(notes[0].drawing.marks[1].kind == media::DrawingMark::Kind::arrow);
    CHECK(notes[0].drawing.marks[2].text == "soft");
    CHECK(review.view()->drawing() == notes[0].drawing);
    review.undo().undo();
    review.undo().undo();
    CHECK(review.view()->drawing().marks.size() == 1);
    review.undo().undo();
    CHECK(review.view()->drawing().empty());
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002").size() == 2);
    // Esc lays the tool down; then dragging wipes.
    review.press(Qt::Key_Escape);
    CHECK(review.view()->tool() == ui::DrawTool::none);
    review.drag(review.at(0.5, 0.5), review.at(0.25, 0.5));
    CHECK(review.view()->split() == Approx(0.25).margin(0.01));
}

TEST_CASE("notes lead to their frames and to where they are dealt with") {
    Reviewed review;
    review.press(Qt::Key_Period);  // the first: add frames 1002 to 1006
    CHECK(review.bar()->frame() == 1002);
    review.press(Qt::Key_Period);
    CHECK(review.bar()->frame() == 1008);
    review.press(Qt::Key_Comma);
    review.find<QAbstractButton>("noteAct")->click();
    CHECK(review.window->currentPage() == static_cast<int>(PageId::faces));
    ui::FacesModel& faces = review.window->studio().faces;
    CHECK(faces.selectedCount() == 5);
    REQUIRE(faces.current() >= 0);
    CHECK(faces.face(faces.current()).key.frame == 1002);
    CHECK(utf8(faces.clipName(faces.face(faces.current()).key.clip)) == "bird");

    review.window->goTo(PageId::review);
    auto* action = review.find<QComboBox>("noteAction");
    const auto ask = [&](media::NoteAction what) {
        Q_EMIT action->activated(static_cast<int>(what));
        review.find<QAbstractButton>("noteAct")->click();
        const int shown = review.window->currentPage();
        review.window->goTo(PageId::review);
        return static_cast<PageId>(shown);
    };
    CHECK(ask(media::NoteAction::trainFurther) == PageId::train);
    CHECK(utf8(review.window->studio().run.name()) == "r01");
    CHECK(ask(media::NoteAction::changeSetting) == PageId::deliver);
    CHECK(ask(media::NoteAction::none) == PageId::review);
}

TEST_CASE("the picture alone has nothing round it, and Esc brings all back") {
    Reviewed review;
    // Of a clip whose plate is gone.
    REQUIRE(runUntil([&] { return review.find<QWidget>("windowMessages")->isVisible(); }));
    review.press(Qt::Key_Tab);
    CHECK(review.window->isFullScreen());
    for (const char* name : {"windowMessages", "jobDrawerButton", "serviceState", "versionList",
                             "notesPanel", "compareWith", "play", "reviewPrimary"}) {
        INFO(name);
        CHECK_FALSE(review.find<QWidget>(name)->isVisible());
    }
    CHECK(review.view()->isVisible());
    review.press(Qt::Key_Right);
    CHECK(review.bar()->frame() == 1002);
    review.press(Qt::Key_Escape);
    CHECK_FALSE(review.window->isFullScreen());
    CHECK(review.find<QWidget>("versionList")->isVisible());
    CHECK(review.find<QWidget>("serviceState")->isVisible());
    CHECK(review.find<QWidget>("windowMessages")->isVisible());
}

TEST_CASE("notes and a contact sheet become files") {
    Reviewed review;
    auto* bar = review.find<QWidget>("reviewMessages");
    const auto told = [&] { return bar->findChild<QLabel*>("messageText")->text(); };
    review.dialogs.output = text((review.temp / "sheet.png").string());
    review.find<QAbstractButton>("contactSheet")->click();
    REQUIRE(runUntil([&] { return told().contains("sheet.png"); }));
    CHECK(bar->isVisible());
    FolderOpener opener;
    auto* action = bar->findChild<QPushButton*>("messageAction");
    CHECK(utf8(action->text()) == "Open folder");
    QTest::mouseClick(action, Qt::LeftButton);
    CHECK(opener.opened == QStringList{text(review.temp.path().string())});
    const QImage sheet(review.dialogs.output);
    // Plate and two versions, eight frames.
    CHECK(sheet.width() == 72 + 3 * 328);
    CHECK(sheet.height() == 28 + 8 * 188);
    review.dialogs.output = text((review.temp / "notes.html").string());
    Q_EMIT review.page->notes()->exportRequested("html", ui::NoteScope::version);
    REQUIRE(runUntil([&] { return told().contains("notes.html"); }));
    const auto page = readFile(review.temp / "notes.html", 64 << 20);
    REQUIRE(page.ok());
    CHECK(page->find("Mouth is soft here.") != std::string::npos);
    CHECK(page->find("Jaw sits") == std::string::npos);  // of the other version
    review.dialogs.output = text((review.temp / "all.csv").string());
    Q_EMIT review.page->notes()->exportRequested("csv", ui::NoteScope::clip);
    REQUIRE(runUntil([&] { return told().contains("all.csv"); }));
    const auto table = readFile(review.temp / "all.csv", 1 << 20);
    REQUIRE(table.ok());
    CHECK(table->find("Mouth is soft") != std::string::npos);
    CHECK(table->find("Jaw sits") != std::string::npos);
}

TEST_CASE("damaged frames of a version are told, and rendered again as they were") {
    Reviewed review;
    auto* bar = review.find<QWidget>("reviewMessages");
    const auto told = [&] { return bar->findChild<QLabel*>("messageText")->text(); };
    auto* action = bar->findChild<QPushButton*>("messageAction");
    const auto folder = std::filesystem::path(utf8(review.projectFolder())) / "deliveries";
    const QImage whole = review.file("bird_r01_v002", 1004);
    for (const char* name : {"bird_r01_v002.1004.png", "bird_r01_v002.1005.png"}) {
        REQUIRE(writeFileAtomic(folder / name, "no picture").ok());
    }
    review.press(Qt::Key_2);
    review.press(Qt::Key_1);
    // Read ahead: nobody has to go there.
    REQUIRE(runUntil([&] { return bar->isVisible() && told().contains("1004-1005"); }));
    CHECK(told().startsWith("v002: 2 frames"));
    REQUIRE(action->isVisible());
    CHECK(utf8(action->text()) == "Render it again");
    review.bar()->seek(1004);
    REQUIRE(runUntil([&] { return review.view()->firstWords().contains("1004"); }));

    QTest::mouseClick(action, Qt::LeftButton);
    REQUIRE(runUntil([&] { return review.gateway.started.size() == 1; }));
    const auto job = review.gateway.started[0];
    const auto argument = [&](const char* name) {
        const auto at = std::find(job.arguments.begin(), job.arguments.end(), name);
        return at == job.arguments.end() ? std::string() : *(at + 1);
    };
    CHECK(job.kind == "swap");
    CHECK(job.arguments.back() == "--restore");
    CHECK(argument("--deliver") == "v002");
    CHECK(argument("--checkpoint") == "3000");
    CHECK(argument("--frames") == "1004-1005");
    CHECK(argument("--out") == (folder / "bird_r01_v002.####.png").string());
    CHECK(argument("--matte") == (folder / "bird_r01_v002_matte.####.png").string());

    auto info = review.gateway.jobOf(0);
    info.state = "running";
    review.gateway.tell(info);
    whole.save(text((folder / "bird_r01_v002.1004.png").string()));
    whole.save(text((folder / "bird_r01_v002.1005.png").string()));
    info.state = "finished";
    info.result = R"({"restored":true,"version":"v002","out":")" + argument("--out") + "\"}";
    review.gateway.tell(info);
    CHECK(runUntil([&] { return review.view()->picture() == whole; }));
    CHECK(told().contains("is done"));
    CHECK(review.bar()->frame() == 1004);
    CHECK(review.window->studio().swaps.swaps().empty());  // no result of its own
}

TEST_CASE("a version whose files are gone is rendered again, or why not is told") {
    Reviewed review;
    auto* bar = review.find<QWidget>("reviewMessages");
    const auto told = [&] { return bar->findChild<QLabel*>("messageText")->text(); };
    auto* action = bar->findChild<QPushButton*>("messageAction");
    {
        auto project = media::Project::open(utf8(review.projectFolder()));
        media::VersionRecord version = project->versions()->back();
        version.out = (review.temp / "gone.mp4").string();
        version.matte.clear();
        REQUIRE(project->addVersion(version).ok());
    }
    REQUIRE(runUntil([&] { return review.list->count() == 3; }));
    review.press(Qt::Key_1);
    const QString gone = text((review.temp / "gone.mp4").string());
    REQUIRE(runUntil(
        [&] { return review.window->studio().results.of(gone).known && bar->isVisible(); }));
    CHECK(told().contains("gone.mp4"));
    QTest::mouseClick(action, Qt::LeftButton);
    REQUIRE(runUntil([&] { return review.gateway.started.size() == 1; }));
    const auto& arguments = review.gateway.started[0].arguments;
    const auto frames = std::find(arguments.begin(), arguments.end(), "--frames");
    REQUIRE(frames != arguments.end());
    CHECK(*(frames + 1) == "1001-1008");
    auto info = review.gateway.jobOf(0);
    info.state = "failed";
    info.error = training::JobError{64, "v003 would not be what it was: the clip's faces",
                                    "gone.mp4", "Render a new version"};
    review.gateway.tell(info);
    REQUIRE(runUntil([&] { return told().contains("would not be what it was"); }));
    CHECK(utf8(action->text()) == "Show log");
    QTest::mouseClick(action, Qt::LeftButton);
    CHECK(review.find<QWidget>("logDock")->isVisible());
}

TEST_CASE("another writer's version appears by itself") {
    Reviewed review;
    {
        auto project = media::Project::open(utf8(review.projectFolder()));
        media::VersionRecord version = project->versions()->back();
        version.out = (review.temp / "gone.mp4").string();
        REQUIRE(project->addVersion(version).ok());
    }
    REQUIRE(runUntil([&] { return review.list->count() == 3; }));
    CHECK(review.list->item(0)->text().startsWith("v003"));
    // What is looked at stays; the new one's file is not there.
    CHECK(review.list->currentRow() == 1);
    review.press(Qt::Key_1);
    CHECK(review.view()->picture().isNull());
}
