// SPDX-License-Identifier: GPL-3.0-or-later
// Curves of several runs side by side: chosen in a menu of ticks, told apart by colour, dashes and
// marks, read out together, and there again in the next window.
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include <QComboBox>
#include <QSlider>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <set>

#include <qcustomplot.h>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/curve_axes.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/tick_field.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::utf8;

namespace {

// r02 is looked at; beside it r01 and six more.
struct Curves : StudioFixture {
    Curves() {
        makeShow(path(), temp / "plates");
        auto project = media::Project::open(path());
        REQUIRE(project.ok());
        for (int i = 3; i <= 8; ++i) {
            addRun(*project, "r0" + std::to_string(i), 400 * i, 4000);
        }
        openAndWait(projectFolder());
        window->resize(1600, 1000);
        window->show();
        lookAt("r02");
    }
    std::filesystem::path path() const { return utf8(projectFolder()); }
    void lookAt(const char* run) const {
        window->goTo(PageId::train);
        auto* runs = find<QComboBox>("runChoice");
        REQUIRE(runUntil([&] { return runs->findData(run) >= 0; }));
        runs->setCurrentIndex(runs->findData(run));
        Q_EMIT runs->activated(runs->currentIndex());
        REQUIRE(runUntil([&] { return curves()->pointsShown() > 500; }));
    }
    ui::LossCurves* curves() const { return find<ui::LossCurves>("lossCurves"); }
    ui::TickField* field() const { return find<ui::TickField>("curveCompare"); }
    QAction* entry(const QString& run) const {
        for (QAction* action : field()->menu()->actions()) {
            if (action->text() == run) {
                return action;
            }
        }
        return nullptr;
    }
    // By the pointer, in the menu that is open.
    void tick(const QString& run) const {
        REQUIRE(entry(run) != nullptr);
        QTest::mouseClick(field()->menu(), Qt::LeftButton, {},
                          field()->menu()->actionGeometry(entry(run)).center());
    }
    void choose(const char* shown) const {
        auto* choice = find<QComboBox>("curveChoice");
        choice->setCurrentIndex(choice->findText(shown));
    }
    bool drawnBecomes(const QStringList& names) const {
        return runUntil([&] { return curves()->drawn() == names; });
    }
    QStringList legend() const {
        QStringList names;
        const QCPLegend* legend = curves()->plot()->legend;
        for (int i = 0; i < legend->itemCount(); ++i) {
            names << qobject_cast<QCPPlottableLegendItem*>(legend->item(i))->plottable()->name();
        }
        return names;
    }
};

}  // namespace

TEST_CASE("runs are ticked in a menu that stays open, newest first") {
    Curves show;
    show.choose("Total");
    show.field()->showPopup();
    CHECK(show.field()->menu()->actions().front()->text() == "r08");
    CHECK_FALSE(show.entry("r02   shown")->isEnabled());
    show.tick("r01");
    show.tick("r03");
    CHECK(show.field()->menu()->isVisible());
    CHECK(show.drawnBecomes(
        {"r01 total", "r01 validation", "r03 total", "r03 validation", "total", "validation"}));
    CHECK(utf8(show.field()->currentText()) == "With 2 runs");
    CHECK(show.legend() == QStringList{"total", "validation", "r01", "r03", "checkpoint"});
    show.tick("r01");
    CHECK(show.drawnBecomes({"r03 total", "r03 validation", "total", "validation"}));
    for (const char* run : {"r01", "r04", "r05", "r06", "r07"}) {
        show.tick(run);
    }
    CHECK_FALSE(show.entry("r08")->isEnabled());  // six are compared
    show.tick("r08");
    CHECK_FALSE(show.curves()->compared().chosen().contains("r08"));
    show.tick("r04");
    CHECK(show.entry("r08")->isEnabled());
    show.entry("None")->trigger();
    CHECK(show.drawnBecomes({"total", "validation"}));
    CHECK(show.legend() == QStringList{"total", "validation", "checkpoint"});
}

TEST_CASE("what is compared is what is shown, by term too") {
    Curves show;
    show.curves()->compared().choose({"r01"});
    CHECK(show.drawnBecomes({"destination", "r01 destination", "r01 source", "r01 validation",
                             "source", "validation"}));
    show.choose("Source, by term");
    CHECK(show.drawnBecomes({"dssim", "mse", "r01 dssim", "r01 mse"}));
    CHECK(show.legend() == QStringList{"dssim", "mse", "r01", "checkpoint"});
    show.choose("Learning rate");
    CHECK(show.drawnBecomes({"learning rate", "r01 learning rate"}));
}

TEST_CASE("compared runs are told apart without colours") {
    std::set<QVector<qreal>> dashes;
    std::set<QRgb> colors;
    for (size_t slot = 0; slot < ui::ComparedRuns::kMost; ++slot) {
        dashes.insert(ui::runPen(slot).dashPattern());
        colors.insert(ui::runPen(slot).color().rgb());
    }
    CHECK(dashes.size() == ui::ComparedRuns::kMost);
    CHECK(colors.size() == ui::ComparedRuns::kMost);
    Curves show;
    const auto marked = [&] {
        std::set<int> shapes;
        for (int i = 0; i < show.curves()->plot()->graphCount(); ++i) {
            const QCPGraph* graph = show.curves()->plot()->graph(i);
            const bool curve = graph->scatterSkip() > 0;  // and not checkpoints
            if (curve && graph->visible() && !graph->scatterStyle().isNone()) {
                shapes.insert(graph->scatterStyle().shape());
            }
        }
        return shapes.size();
    };
    CHECK(marked() == 0);  // one run needs no marks
    show.curves()->compared().choose({"r01"});
    CHECK(runUntil([&] { return marked() == 3; }));  // source, destination, validation
}

TEST_CASE("the cursor reads out each run by its name") {
    Curves show;
    show.choose("Total");
    show.curves()->compared().choose({"r01", "r03"});
    REQUIRE(runUntil([&] { return show.curves()->drawn().size() == 6; }));
    QCustomPlot* plot = show.curves()->plot();
    const QPoint at(static_cast<int>(plot->xAxis->coordToPixel(1000)),
                    plot->axisRect()->rect().center().y());
    QTest::mouseMove(plot, at);
    REQUIRE(show.curves()->cursor().visible());
    const QStringList rows = show.curves()->cursor().tableText().split('\n');
    REQUIRE(rows.size() == 3);
    const char* const names[] = {"r02", "r01", "r03"};
    for (int i = 0; i < 3; ++i) {
        const QStringList cells = rows[i].split(' ');  // name, total, validation
        REQUIRE(cells.size() == 3);
        CHECK(utf8(cells[0]) == names[i]);
        CHECK(cells[1].toDouble() > 0.1);
        CHECK(cells[2].toDouble() > 0.1);
    }
    // r03 has not come so far.
    QTest::mouseMove(plot, {static_cast<int>(plot->xAxis->coordToPixel(2000)), at.y()});
    CHECK(utf8(show.curves()->cursor().tableText().split('\n')[2]) == "r03 – –");
    show.curves()->compared().choose({});
    REQUIRE(runUntil([&] { return show.curves()->drawn().size() == 2; }));
    CHECK(show.curves()->cursor().visible());
    CHECK(show.curves()->cursor().tableText().isEmpty());
}

TEST_CASE("what is compared is there again in the next window, for its project") {
    Curves show;
    show.curves()->compared().choose({"r05", "r01"});
    show.restart();
    show.openAndWait(show.projectFolder());
    CHECK(show.curves()->compared().chosen() == QStringList{"r05", "r01"});
    REQUIRE(media::Project::create(utf8(show.projectFolder("other"))).ok());
    show.openAndWait(show.projectFolder("other"));
    CHECK(show.curves()->compared().chosen().isEmpty());
    CHECK(show.curves()->compared().count() == 0);
    show.openAndWait(show.projectFolder());
    CHECK(show.curves()->compared().chosen() == QStringList{"r05", "r01"});
}

TEST_CASE("smoothing draws the clear lines alone, and what is seen is what drawing all shows") {
    Curves show;
    show.choose("Total");
    show.curves()->compared().choose({"r01"});
    REQUIRE(show.drawnBecomes({"r01 total", "r01 validation", "total", "validation"}));
    QCustomPlot* plot = show.curves()->plot();
    const auto picture = [plot] { return plot->grab().toImage(); };
    const auto smooth = [&](int value) {
        const QImage before = picture();
        show.find<QSlider>("curveSmoothing")->setValue(value);
        REQUIRE(runUntil([&] { return picture() != before; }));
        return picture();
    };
    smooth(70);  // with what was still to be drawn of the choice
    smooth(80);
    const QImage before = smooth(60);
    int whole = 0;
    QObject::connect(plot, &QCustomPlot::afterReplot, plot, [&whole] { ++whole; });
    const QImage smoother = smooth(97);
    CHECK(smooth(60) == before);
    CHECK(whole == 0);
    CHECK(smooth(97) == smoother);
    plot->replot();
    CHECK(picture() == smoother);
}
