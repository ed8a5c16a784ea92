// SPDX-License-Identifier: GPL-3.0-or-later
// What the window can be asked for by menu and key.
#include <QActionGroup>
#include <QDir>
#include <QMenu>

#include "ui/window/action_finder.h"
#include "ui/window/key_overlay.h"
#include "ui/window/key_tips.h"
#include "ui/window/main_window.h"
#include "ui/window/relink_dialog.h"
#include "ui/window/settings_dialog.h"
#include "ui/window/shortcut_table.h"
#include "ui/window/shortcuts.h"

namespace understudy::ui {

void MainWindow::buildMenus() {
    QMenuBar* menus = bar_->menus();
    const auto add = [this](QMenu* menu, const QString& id, const QString& text,
                            const QKeySequence& key, auto action, bool needsProject = false) {
        auto* made = new QAction(text, this);
        made->setObjectName(id);
        made->setShortcut(key);
        menu->addAction(made);
        addAction(made);  // so that it works while its menu is closed
        connect(made, &QAction::triggered, this, action);
        if (needsProject) {
            projectActions_ << made;
        }
        return made;
    };
    QMenu* file = menus->addMenu(tr("&File"));
    add(file, "newProject", tr("New project…"), QKeySequence("Ctrl+N"), [this] { chooseNew(); });
    add(file, "openProject", tr("Open…"), QKeySequence("Ctrl+O"), [this] { chooseOpen(); });
    add(
        file, "closeProject", tr("Close project"), QKeySequence("Ctrl+W"),
        [this] {
            rememberPage();
            studio_->session.close();
        },
        true);
    add(
        file, "relink", tr("Find moved files…"), {}, [this] { relinkPlates(); }, true);
    file->addSeparator();
    add(file, "quit", tr("Quit"), QKeySequence("Ctrl+Q"), [this] { close(); });
    QMenu* edit = menus->addMenu(tr("&Edit"));
    QAction* undo = studio_->undo.createUndoAction(this, tr("Undo"));
    undo->setObjectName("undo");
    undo->setShortcut(QKeySequence("Ctrl+Z"));
    QAction* redo = studio_->undo.createRedoAction(this, tr("Redo"));
    redo->setObjectName("redo");
    redo->setShortcut(QKeySequence("Ctrl+Shift+Z"));
    edit->addAction(undo);
    edit->addAction(redo);
    addActions({undo, redo});
    add(
        edit, "history", tr("History"), QKeySequence("Ctrl+Alt+Z"),
        [this] { historyDock_->setVisible(!historyDock_->isVisible()); }, true);
    edit->addSeparator();
    add(edit, "settings", tr("Settings…"), QKeySequence("Ctrl+,"), [this] { editSettings(); });
    QMenu* view = menus->addMenu(tr("&View"));
    for (int i = 0; i < kPageCount; ++i) {
        const auto page = static_cast<PageId>(i);
        add(
            view, pageKey(page), pageTitle(page), QKeySequence(QStringLiteral("Alt+%1").arg(i + 1)),
            [this, page] { goTo(page); }, true);
    }
    view->addSeparator();
    add(
        view, "primary", tr("What the page asks for next"), QKeySequence("Ctrl+Return"),
        [this] {
            if (currentPage() >= 0) {
                pages_[currentPage()]->pressPrimary();
            }
        },
        true);
    add(
        view, "sides", tr("Side panels"), QKeySequence("F4"),
        [this] {
            if (currentPage() >= 0) {
                pages_[currentPage()]->toggleSides();
            }
        },
        true);
    add(
        view, "resetLayout", tr("Reset this page's layout"), {},
        [this] {
            if (currentPage() >= 0) {
                pages_[currentPage()]->resetLayout();
            }
        },
        true);
    addBrightness(view->addMenu(tr("Brightness")));
    panels_ = view->addMenu(tr("Panels"));
    panels_->setObjectName("panelsMenu");
    connect(panels_, &QMenu::aboutToShow, this, &MainWindow::fillPanelsMenu);
    add(view, "fullScreen", tr("Full screen"), QKeySequence("F11"),
        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    QMenu* jobs = menus->addMenu(tr("&Jobs"));
    add(jobs, "jobs", tr("All jobs"), QKeySequence("Ctrl+J"),
        [this] { strip_->setDrawerOpen(!drawer_->isVisible()); });
    add(jobs, "log", tr("Log"), QKeySequence("Ctrl+L"),
        [this] { logDock_->isVisible() ? logDock_->hide() : showLog({}); });
    QMenu* help = menus->addMenu(tr("&Help"));
    add(help, "keys", tr("Keys of this page"), QKeySequence("F1"), [this] { showKeys(); });
    add(help, "findAction", tr("Find an action…"), QKeySequence("Ctrl+K"),
        [this] { findAction(); });
    add(help, "changeKeys", tr("Change keys…"), QKeySequence("Ctrl+Alt+K"), [this] { editKeys(); });
    add(help, "about", tr("About Understudy"), {}, [this] {
        studio_->dialogs->inform(
            this, tr("Understudy %1").arg(QStringLiteral(US_VERSION)),
            tr("The window is free software under the GNU General Public License, version 3 or "
               "later; the other parts are under the Apache License 2.0. It comes without any "
               "warranty."));
    });
}

void MainWindow::addBrightness(QMenu* menu) {
    auto* group = new QActionGroup(menu);
    const int now = studio_->settings->number("brightness", 100);
    const std::pair<QString, int> choices[] = {{tr("Darker"), 75},
                                               {tr("As it is made"), 100},
                                               {tr("Brighter"), 130},
                                               {tr("Brightest"), 160}};
    for (const auto& [title, percent] : choices) {
        QAction* choice = menu->addAction(title);
        choice->setCheckable(true);
        choice->setChecked(percent == now);
        group->addAction(choice);
        connect(choice, &QAction::triggered, this, [this, percent] {
            studio_->settings->setNumber("brightness", percent);
            studio_->dialogs->inform(this, tr("The next window is like that"),
                                     tr("Close this one and open it again. Jobs go on meanwhile."));
        });
    }
}

void MainWindow::fillPanelsMenu() {
    panels_->clear();
    if (currentPage() >= 0 && pages_[currentPage()]->docks() != nullptr) {
        for (QDockWidget* dock : pages_[currentPage()]->docks()->docks()) {
            panels_->addAction(dock->toggleViewAction());
        }
    }
    panels_->addAction(logDock_->toggleViewAction());
    panels_->addAction(historyDock_->toggleViewAction());
}

void MainWindow::relinkPlates() {
    auto* dialog = new RelinkDialog(*studio_, studio_->plates.gone(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::showKeys() {
    if (overlay_ == nullptr) {
        overlay_ = new KeyOverlay(centralWidget());
    }
    if (overlay_->isVisible()) {
        overlay_->hide();
        return;
    }
    const int page = currentPage();
    overlay_->appear(page < 0 ? tr("Start") : pageTitle(static_cast<PageId>(page)),
                     page < 0 ? QList<QAction*>() : pages_[page]->keys(), actions());
}

// Once all actions are there.
void MainWindow::collectKeys() {
    shortcuts_ = new Shortcuts(studio_->settings, this);
    shortcuts_->add({}, actions());
    for (const Page* page : pages_) {
        shortcuts_->add(page->id(), page->keys());
    }
    new KeyTips(shortcuts_, this);
}

void MainWindow::findAction() {
    if (finder_ == nullptr) {
        finder_ = new ActionFinder(shortcuts_, centralWidget());
    }
    const int page = currentPage();
    finder_->appear(page < 0 ? std::nullopt : std::optional(static_cast<PageId>(page)));
}

void MainWindow::editSettings() {
    auto* dialog = new SettingsDialog(*studio_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SettingsDialog::keysWanted, this, &MainWindow::editKeys);
    dialog->open();
}

void MainWindow::editKeys() {
    auto* table = new ShortcutTable(shortcuts_, this);
    table->setAttribute(Qt::WA_DeleteOnClose);
    table->open();
}

}  // namespace understudy::ui
