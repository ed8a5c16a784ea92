// SPDX-License-Identifier: GPL-3.0-or-later
// The look of every scene as far as a program can judge it, at the scale of QT_SCALE_FACTOR; what
// only people can judge is in tests/ui/README.md.
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QVBoxLayout>
#include <catch2/catch.hpp>
#include <set>

#include "tests/support/scoped_variable.h"
#include "tests/ui/found_texts.h"
#include "tests/ui/look_checks.h"
#include "tests/ui/scenes.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/icons.h"

using namespace understudy;
using namespace understudy::tests;
using ui::utf8;

namespace {

// Small, for speed; made once.
const RenderedShow& smallShow() {
    static const TempFolder folder;
    static const RenderedShow show = [] {
        ensureApplication();
        RenderedShow made{folder / "show"};
        made.frames = 10;
        made.dialogue = 64;
        made.size = {320, 180};
        made.make();
        writePrograms(folder / "bin", made.folder / "versions" / "v004.1001.jpg");
        return made;
    }();
    return show;
}

std::set<std::string> walk(QSize size) {
    const RenderedShow& show = smallShow();
    const ScopedVariable programs("UNDERSTUDY_BIN", (show.folder.parent_path() / "bin").string());
    std::set<std::string> names;
    Scenes scenes(show, size, [&](const std::string& name, QWidget& shown) {
        names.insert(name);
        INFO(name);
        const QStringList faults = allFaults(shown);
        INFO(utf8(faults.join('\n')));
        CHECK(faults.isEmpty());
    });
    scenes.walk();
    return names;
}

}  // namespace

TEST_CASE("every scene of the window at 1920x1080 is well made") {
    const AskedTexts asked;
    const auto names = walk({1920, 1080});
    const QStringList missing = asked.missingIn(foundTexts());
    INFO(utf8(missing.join('\n')));
    CHECK(missing.isEmpty());
    for (const char* page : {"start", "ingest", "faces", "train", "review", "deliver"}) {
        for (const char* state : {"empty", "working", "full", "error"}) {
            CHECK(names.contains(std::string(page) + '-' + state));
        }
    }
}

TEST_CASE("every scene of the window at 1280x720 is well made") {
    walk({1280, 720});
}

TEST_CASE("every scene of the window at 2560x1440 is well made", "[soak]") {
    walk({2560, 1440});
}

TEST_CASE("faults of the look are found") {
    ensureApplication();
    QWidget place;
    place.resize(300, 200);
    auto* narrow = new QLabel("much too long for its place", &place);
    narrow->setGeometry(0, 0, 40, 20);
    auto* cut = new QPushButton("reaches out", &place);
    cut->setGeometry(250, 40, 120, 24);
    auto* under = new QLabel("one", &place);
    under->setGeometry(0, 80, 100, 20);
    auto* over = new QLabel("other", &place);
    over->setGeometry(50, 85, 100, 20);
    auto* bare = new QLabel("step 12400 of 60000", &place);
    bare->setGeometry(0, 110, 200, 20);
    auto* hollow = new QToolButton(&place);
    hollow->setObjectName("hollow");
    hollow->setGeometry(0, 140, 24, 24);
    auto* green = new QLabel(&place);
    green->setGeometry(0, 170, 20, 20);
    QPixmap paint(20, 20);
    paint.fill(QColor(0, 200, 0));
    green->setPixmap(paint);
    place.show();
    CHECK(cutTexts(place).filter("no room").size() == 1);
    CHECK(cutTexts(place).filter("cut:").size() == 1);
    CHECK(cutTexts(place).filter("overlap").size() == 1);
    CHECK(bareNumbers(place).size() == 1);
    CHECK(emptyIcons(place).size() == 1);
    CHECK(strayColors(place).size() == 1);
    QWidget page;
    page.resize(400, 300);
    auto* filling = new QVBoxLayout(&page);
    auto* empty = new ui::EmptyState("film", "Nothing here", {});
    filling->addWidget(empty);
    page.show();
    CHECK(barePlaces(page).size() == 1);
    empty->addButton("Go on", "goOn");
    QCoreApplication::sendPostedEvents();  // the new button is shown and placed
    QCoreApplication::processEvents();
    CHECK(barePlaces(page).isEmpty());
}
