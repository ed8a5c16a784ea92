// SPDX-License-Identifier: GPL-3.0-or-later
// The window: start page or the five pages of an open project, the bar above, the job strip below.
#pragma once

#include <QDockWidget>
#include <QMainWindow>
#include <QStackedWidget>
#include <QTimer>
#include <set>

#include "ui/models/end_notices.h"
#include "ui/models/studio.h"
#include "ui/panels/job_strip.h"
#include "ui/panels/jobs_drawer.h"
#include "ui/panels/start_page.h"
#include "ui/window/top_bar.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class ActionFinder;
class DemoGuide;
class DemoMaker;
class KeyOverlay;
class LogPanel;
class Shortcuts;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    MainWindow(JobGateway* gateway, UserDialogs* dialogs, UiSettings* settings);
    ~MainWindow() override;

    void openProject(const QString& folder);
    void createProject(const QString& folder);
    Studio& studio() { return *studio_; }
    Page* page(PageId id) const { return pages_[static_cast<int>(id)]; }
    void goTo(PageId id);
    int currentPage() const { return stack_->currentIndex() - 1; }  // -1: start page

  protected:
    void closeEvent(QCloseEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void buildMenus();
    void addBrightness(QMenu* menu);
    void buildPages();
    void connectStudio();
    void connectDemo();
    void chooseNew();
    void chooseOpen();
    void projectOpened();
    void projectClosed();
    void refreshBar();
    void refreshMarks();
    void stopJob(const QString& job);
    void showKeys();
    void collectKeys();
    void findAction();
    void editKeys();
    void editSettings();
    void rememberPage();
    void remember();
    void restoreWindow();
    void restorePlaces();
    std::vector<RecentProject> recentProjects() const;
    void present(bool on);
    void buildLog();
    void showLog(const QString& job);
    void fillPanelsMenu();
    void tellPlates();
    void relinkPlates();

    std::unique_ptr<Studio> studio_;
    TopBar* bar_;
    QStackedWidget* stack_;  // start page, then the pages
    StartPage* start_;
    QList<Page*> pages_;
    JobStrip* strip_;
    JobsDrawer* drawer_;
    QDockWidget* logDock_;
    QDockWidget* historyDock_;  // what can be undone
    LogPanel* log_;
    QMenu* panels_ = nullptr;  // of the page that is shown
    size_t goneTold_ = 0;      // plates that were not where they were
    QString goneText_;         // what the banner said of them
    MessageBar* banner_;
    QFrame* lines_[2];
    struct Shown {
        Qt::WindowStates state;
        bool drawer = false;
        bool log = false;
    };
    Shown before_;  // the picture was presented alone
    bool bannerWasShown_ = false;
    bool presented_ = false;
    QTimer memory_;
    EndNotices notices_;
    KeyOverlay* overlay_ = nullptr;
    Shortcuts* shortcuts_;
    DemoMaker* demo_;
    DemoGuide* guide_;
    ActionFinder* finder_ = nullptr;
    QList<QAction*> projectActions_;
};

// Style, palette and font of the whole program. Once, before the first widget.
void applyTheme();

}  // namespace understudy::ui
