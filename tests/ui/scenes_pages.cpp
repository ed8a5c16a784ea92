// SPDX-License-Identifier: GPL-3.0-or-later
// What is done on each page of a full project.
#include <QCheckBox>
#include <QContextMenuEvent>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QToolButton>
#include <QtTest/QTest>

#include "tests/ui/scenes.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/panels/clip_viewer.h"
#include "ui/panels/compare_view.h"
#include "ui/panels/deliver_form.h"
#include "ui/panels/drop_targets.h"
#include "ui/panels/faces_grid.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/pose_plot.h"
#include "ui/panels/preview_board.h"
#include "ui/panels/tick_field.h"
#include "ui/panels/training_form.h"
#include "ui/workspaces/page_docks.h"
#include "ui/workspaces/review_page.h"

namespace understudy::tests {

using ui::PageId;

void Scenes::ingest() {
    fixture_.window->goTo(PageId::ingest);
    auto* view = find<QWidget>("ingestViewer")->findChild<ui::CompareView*>();
    movePointer(view, view->rect().center());
    find<QWidget>("ingestViewer")->findChild<ui::LookBar*>()->setLook({1.5, 1, {}});
    see("ingest-probe");
    find<QWidget>("ingestViewer")->findChild<ui::LookBar*>()->makeNeutral();
    seeMissing();
    auto* targets = fixture_.window->findChild<ui::DropTargets*>();
    targets->appear(QRect(view->mapTo(targets->parentWidget(), QPoint()), view->size()));
    see("ingest-drop");
    targets->hide();
    ingestClips();
    find<QToolButton>("sourceConsent")->click();
    settle();
    auto* dialog = find<QDialog>("consentDialog");
    seeNow("consent", dialog);
    dialog->close();
}

// More than two performers, what is done with a clip, and how faces are searched for.
void Scenes::ingestClips() {
    auto& undo = fixture_.window->studio().undo;
    find<QPushButton>("addPerformer")->click();
    runUntil([&] { return undo.count() == 1 && find<QWidget>("othersBin") != nullptr; });
    find<QWidget>("searchOptions")->findChild<QToolButton*>()->click();
    see("ingest-performers");
    find<QWidget>("searchOptions")->findChild<QToolButton*>()->click();
    auto* list = find<QListView>("sourceClips");
    const QPoint first = list->visualRect(list->model()->index(0, 0)).center();
    QContextMenuEvent ask(QContextMenuEvent::Mouse, first, list->viewport()->mapToGlobal(first));
    QCoreApplication::sendEvent(list->viewport(), &ask);
    runUntil([&] { return find<QMenu>("clipMenu") != nullptr; });
    auto* menu = find<QMenu>("clipMenu");
    seeNow("ingest-clip-menu", menu);
    menu->close();
    undo.undo();
    runUntil([&] { return !fixture_.window->studio().session.saving(); });
    undo.clear();
}

// A frame that a plate lacks, over the one before it.
void Scenes::seeMissing() {
    auto* viewer = find<ui::ClipViewer>("ingestViewer");
    const auto& session = fixture_.window->studio().session;
    const auto show = [&](const char* name, int64_t frame) {
        for (const auto& clip : session.snapshot().clips) {
            if (clip.name == name) {
                viewer->setClip(ui::text(clip.name), ui::platePath(session, clip), clip.said);
            }
        }
        runUntil([&] { return !viewer->transport()->empty(); });
        viewer->transport()->seek(frame);
        settle();
    };
    show(RenderedShow::kShot, 1030);
    viewer->transport()->step(2);
    see("ingest-missing");
    show(RenderedShow::kLook, 1001);
}

void Scenes::faces() {
    fixture_.window->goTo(PageId::faces);
    auto& faces = fixture_.window->studio().faces;
    auto* grid = find<ui::FacesGrid>("facesGrid")->viewport();
    QTest::mousePress(grid, Qt::LeftButton, Qt::AltModifier, {40, 40});
    for (const QPoint at : {QPoint(440, 60), QPoint(480, 300), QPoint(200, 330), QPoint(60, 200)}) {
        QMouseEvent move(QEvent::MouseMove, at, grid->mapToGlobal(at), Qt::NoButton, Qt::LeftButton,
                         Qt::AltModifier);
        QCoreApplication::sendEvent(grid, &move);
    }
    see("faces-lasso-grid");
    QTest::mouseRelease(grid, Qt::LeftButton, Qt::AltModifier, {60, 200});
    auto* plot = find<ui::PosePlot>("posePlot");
    if (plot->isVisible()) {
        QTest::mousePress(plot, Qt::LeftButton, {}, plot->positionOf(4, 12).toPoint());
        for (const auto& [yaw, pitch] : {std::pair(22, 14), std::pair(26, 0), std::pair(20, -10)}) {
            movePointer(plot, plot->positionOf(static_cast<float>(yaw), static_cast<float>(pitch)),
                        true);
        }
        see("faces-lasso-pose");
        QTest::mouseRelease(plot, Qt::LeftButton, {}, plot->positionOf(6, -12).toPoint());
    }
    faces.selectRows(2, 2, false);
    faces.setCurrent(2);
    key(Qt::Key_T);
    see("faces-landmarks");
    key(Qt::Key_D);
    auto* canvas = find<QWidget>("facePicture");
    movePointer(canvas, canvas->rect().center());
    see("faces-brush");
    key(Qt::Key_Q, Qt::ShiftModifier);
    for (const QPoint& by : {QPoint(-40, -30), QPoint(30, -40), QPoint(50, 20), QPoint(0, 50)}) {
        QTest::mouseClick(canvas, Qt::LeftButton, Qt::NoModifier, canvas->rect().center() + by);
    }
    movePointer(canvas, canvas->rect().center() + QPoint(-50, 30));
    see("faces-polygon");
    auto* cells = find<ui::FacesGrid>("facesGrid");
    movePointer(grid, cells->cellRect(1).center());
    cells->holdLarge();
    see("faces-large");
    QTest::keyRelease(cells, Qt::Key_Z);
    key(Qt::Key_V);
    find<QCheckBox>("filterUndecided")->click();
    find<QCheckBox>("filterKeep")->click();
    find<QCheckBox>("filterReject")->click();
    see("faces-no-match");
    find<QPushButton>("filterClear")->click();
}

void Scenes::train() {
    fixture_.window->goTo(PageId::train);
    auto* plot = find<QWidget>("lossPlot");
    movePointer(plot, {plot->width() * 0.55, plot->height() * 0.5});
    see("train-cursor");
    auto* compare = find<ui::TickField>("curveCompare");
    compare->showPopup();
    for (QAction* action : compare->menu()->actions()) {
        if (action->isCheckable() && action->isEnabled()) {
            action->trigger();
        }
    }
    seeNow("train-compare-menu", compare->menu());
    compare->hidePopup();
    movePointer(plot, {plot->width() * 0.25, plot->height() * 0.5});
    see("train-compared");
    choose("curveChoice", 1);
    movePointer(plot, {plot->width() * 0.7, plot->height() * 0.5});
    see("train-compared-total");
    choose("curveChoice", 0);
    find<ui::LossCurves>("lossCurves")->compared().choose({});
    key(Qt::Key_W);
    key(Qt::Key_T);
    see("train-wipe");
    key(Qt::Key_Plus);
    key(Qt::Key_T);
    auto* previews = find<ui::PreviewBoard>("previewBoard");
    previews->view()->zoom(2.5);
    see("train-enlarged");
    previews->view()->toggleFit();
    find<QAbstractButton>("previewCompareEnd")->click();
    key(Qt::Key_Home);
    choose("runChoice", 0);
    see("train-new");
    find<QCheckBox>("deviceAutomatic")->click();
    find<QCheckBox>("device.cuda:1")->click();
    for (auto* fold : find<ui::TrainingForm>("trainingForm")->findChildren<ui::FoldSection*>()) {
        fold->setOpen(true);
    }
    see("train-advanced");
    auto gone = workstation().telemetry;
    gone.gpus.erase(gone.gpus.begin() + 1);
    Q_EMIT fixture_.gateway.received(gone);
    see("train-gpu-gone");
    Q_EMIT fixture_.gateway.received(workstation().telemetry);
    find<QCheckBox>("deviceAutomatic")->click();
    choose("runChoice", 1);
}

// The ways to compare, a note being drawn on, and the picture alone.
void Scenes::review() {
    fixture_.window->goTo(PageId::review);
    auto* page = static_cast<ui::ReviewPage*>(fixture_.window->page(PageId::review));
    auto* view = page->findChild<ui::CompareView*>();
    page->player()->transport()->seek(1004);
    page->notes()->stepNote(1);
    page->notes()->setTool(ui::DrawTool::freehand);
    settle();
    QTest::mousePress(view, Qt::LeftButton, {}, view->rect().center());
    for (int i = 1; i < 12; ++i) {
        movePointer(view, view->rect().center() + QPointF(14 * i, 6 * (i % 4)), true);
    }
    see("review-note");
    QTest::mouseRelease(view, Qt::LeftButton, {}, view->rect().center());
    page->notes()->setTool(ui::DrawTool::none);
    movePointer(view, view->rect().center() - QPointF(80, 40));
    static const std::pair<ui::CompareMode, const char*> kModes[] = {
        {ui::CompareMode::difference, "review-difference"},
        {ui::CompareMode::side, "review-side"},
        {ui::CompareMode::overlay, "review-overlay"},
        {ui::CompareMode::second, "review-b-alone"}};
    for (const auto& [mode, name] : kModes) {
        choose("compareMode", static_cast<int>(mode));
        page->player()->look()->setLook({mode == ui::CompareMode::side ? 1.5 : 0, 1, {}});
        page->player()->transport()->setIn(1004);
        page->player()->transport()->setOut(1022);
        see(name);
    }
    page->player()->look()->makeNeutral();
    page->player()->transport()->clearPart();
    choose("compareMode", static_cast<int>(ui::CompareMode::wipe));
    auto* rate = page->findChild<QLabel*>("frameRate");
    page->player()->transport()->togglePlaying();
    runUntil([&] { return rate->text().contains("skipped"); });
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    seeNow("review-playing");
    page->player()->transport()->setPlaying(false);
    find<QToolButton>("present")->click();
    fixture_.window->setWindowState(Qt::WindowNoState);  // the screen here is of another size
    fixture_.window->resize(size_);
    see("review-present");
    QTest::keyClick(fixture_.window.get(), Qt::Key_Escape);
    fixture_.window->resize(size_);
    page->showBoard(true);
    see("review-board");
    page->showBoard(false);
    auto* docks = find<ui::PageDocks>("reviewDocks");
    docks->addDockWidget(Qt::BottomDockWidgetArea, docks->docks()[0]);
    see("review-docks");
    page->resetLayout();
}

// A version in another form with its live preview, a new look, and a name that cannot be.
void Scenes::deliver() {
    fixture_.window->goTo(PageId::deliver);
    auto* form = find<ui::DeliverForm>("deliverForm");
    const auto& versions = fixture_.window->studio().versions.versions();
    form->chooseVersion(versions.back().id);
    find<QCheckBox>("deliverLive")->setChecked(true);
    runUntil([&] { return find<QLabel>("previewState")->text().startsWith("rendered"); });
    see("deliver-version");
    find<QDoubleSpinBox>("lookBlur")->setValue(0.2);
    for (auto* fold : form->findChildren<ui::FoldSection*>()) {
        fold->setOpen(true);
    }
    see("deliver-new-look");
    for (auto* fold : form->findChildren<ui::FoldSection*>()) {
        fold->setOpen(false);
    }
    find<QPushButton>("deliverAsItWas")->click();
    auto* name = find<QLineEdit>("deliverName");
    const QString kept = name->text();
    name->setText("{clip}_{verson}.{frame}");
    Q_EMIT name->textEdited(name->text());
    see("deliver-name-fault");
    name->setText(kept);
    Q_EMIT name->textEdited(kept);
    find<QCheckBox>("deliverLive")->setChecked(false);
}

}  // namespace understudy::tests
