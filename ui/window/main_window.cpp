// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QLineEdit>
#include <QStandardPaths>
#include <QUndoView>
#include <utility>

#include "ui/models/background.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/demo_maker.h"
#include "ui/models/formatting.h"
#include "ui/panels/demo_guide.h"
#include "ui/panels/log_panel.h"
#include "ui/window/flat_style.h"
#include "ui/window/key_overlay.h"
#include "ui/window/shortcuts.h"
#include "ui/workspaces/deliver_page.h"
#include "ui/workspaces/faces_page.h"
#include "ui/workspaces/ingest_page.h"
#include "ui/workspaces/review_page.h"
#include "ui/workspaces/train_page.h"

namespace understudy::ui {
void applyTheme() {
    QApplication::setStyle(new FlatStyle);
    QApplication::setPalette(theme::palette());
    QApplication::setFont(theme::font(theme::FontUse::body));
}

MainWindow::MainWindow(JobGateway* gateway, UserDialogs* dialogs, UiSettings* settings)
    : studio_(std::make_unique<Studio>(gateway, dialogs, settings)) {
    setObjectName("mainWindow");
    setWindowTitle(tr("Understudy"));
    setMinimumSize(1024, 640);
    resize(1920, 1080);
    bar_ = new TopBar;
    auto* middle = new QWidget;
    setCentralWidget(middle);
    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar_);
    lines_[0] = separator(Qt::Horizontal);
    column->addWidget(lines_[0]);
    banner_ = new MessageBar;
    banner_->setObjectName("windowMessages");
    column->addWidget(banner_);
    guide_ = new DemoGuide(*studio_);
    column->addWidget(guide_);
    connect(guide_, &DemoGuide::pageWanted, this, &MainWindow::goTo);
    stack_ = new QStackedWidget;
    stack_->setObjectName("pageStack");
    column->addWidget(stack_, 1);
    drawer_ = new JobsDrawer(&studio_->jobs, studio_->settings);
    drawer_->hide();
    column->addWidget(drawer_);
    lines_[1] = separator(Qt::Horizontal);
    column->addWidget(lines_[1]);
    strip_ = new JobStrip(&studio_->jobs);
    column->addWidget(strip_);

    start_ = new StartPage;
    stack_->addWidget(start_);
    buildPages();
    buildLog();
    buildMenus();
    collectKeys();
    connectStudio();
    connectDemo();
    restoreWindow();
    projectClosed();
    memory_.setSingleShot(true);
    memory_.setInterval(1000);
    connect(&memory_, &QTimer::timeout, this, &MainWindow::remember);
    qApp->installEventFilter(this);
    gateway->begin();
    refreshBar();
}

MainWindow::~MainWindow() {
    qApp->removeEventFilter(this);
    // The pages refer to the studio, so they go first.
    delete takeCentralWidget();
    delete logDock_;
    delete historyDock_;
}

void MainWindow::buildPages() {
    auto* train = new TrainPage(*studio_);
    auto* deliver = new DeliverPage(*studio_);
    auto* review = new ReviewPage(*studio_);
    auto* faces = new FacesPage(*studio_);
    pages_ = {new IngestPage(*studio_), faces, train, review, deliver};
    connect(review, &ReviewPage::facesWanted, faces, &FacesPage::dealWith);
    connect(review, &ReviewPage::trainWanted, train, &TrainPage::goOnWith);
    connect(review, &ReviewPage::settingWanted, deliver, &DeliverPage::changeLook);
    connect(review, &ReviewPage::renderWanted, deliver, &DeliverPage::chooseRun);
    connect(review, &ReviewPage::deliverWanted, deliver, &DeliverPage::chooseVersion);
    connect(faces, &FacesPage::previewsWanted, train, &TrainPage::showFaces);
    connect(train, &TrainPage::swapRequested, this, [this, deliver](const QString& run) {
        deliver->chooseRun(run);
        goTo(PageId::deliver);
    });
    for (Page* made : pages_) {
        stack_->addWidget(made);
        made->restoreLayout();
        connect(made, &Page::goTo, this, &MainWindow::goTo);
        connect(made, &Page::markChanged, this, &MainWindow::refreshMarks);
        connect(made, &Page::logWanted, this, &MainWindow::showLog);
        connect(made, &Page::presenting, this, &MainWindow::present);
    }
    connect(bar_, &TopBar::pageChosen, this, [this](int page) { goTo(static_cast<PageId>(page)); });
}

void MainWindow::connectStudio() {
    ProjectSession& session = studio_->session;
    connect(start_, &StartPage::newRequested, this, &MainWindow::chooseNew);
    connect(start_, &StartPage::openRequested, this, &MainWindow::chooseOpen);
    connect(start_, &StartPage::openFolder, this, &MainWindow::openProject);
    connect(&session, &ProjectSession::opened, this, &MainWindow::projectOpened);
    connect(&session, &ProjectSession::closed, this, &MainWindow::projectClosed);
    connect(&session, &ProjectSession::openFailed, this,
            [this](const QString& folder, const Error& error) {
                start_->messages()->show(MessageBar::Kind::error, errorText(error));
                runInBackground(
                    this, [folder] { return QDir(folder).exists(); },
                    [this, folder](bool there) {
                        if (!there) {
                            studio_->settings->removeRecentProject(folder);
                            start_->setRecent(recentProjects());
                        }
                    });
            });
    connect(&session, &ProjectSession::savingChanged, this, [this, &session] {
        refreshBar();
        if (!session.isOpen() && !session.saving()) {
            start_->setRecent(recentProjects());  // the picture of the one that was closed is there
        }
    });
    connect(&session, &ProjectSession::writeFailed, this, [this](const Error& error) {
        banner_->show(MessageBar::Kind::error, errorText(error));
    });
    connect(studio_->jobs.gateway(), &JobGateway::stateChanged, this, &MainWindow::refreshBar);
    connect(&studio_->jobs, &JobsModel::changed, this, &MainWindow::refreshMarks);
    connect(&studio_->jobs, &JobsModel::refused, this, [this](const Error& error) {
        banner_->show(MessageBar::Kind::error, errorText(error));
    });
    connect(&studio_->jobs, &JobsModel::facesFound, &session, &ProjectSession::refresh);
    connect(&studio_->jobs, &JobsModel::jobEnded, &session, &ProjectSession::refresh);
    connect(&studio_->jobs, &JobsModel::jobEnded, this, [this](const QString& job) {
        if (const JobState* ended = studio_->jobs.find(utf8(job))) {
            notices_.ended(*ended, studio_->session.name(), isActiveWindow());
        }
    });
    connect(&notices_, &EndNotices::notice, this,
            [this](const QString& title, const QString& detail, bool failed) {
                studio_->dialogs->notify(this, title, detail, failed);
            });
    connect(strip_, &JobStrip::drawerToggled, drawer_, &QWidget::setVisible);
    connect(strip_, &JobStrip::stopRequested, this, &MainWindow::stopJob);
    connect(drawer_, &JobsDrawer::stopRequested, this, &MainWindow::stopJob);
    connect(drawer_, &JobsDrawer::actionRequested, this,
            [this](const QString& job, JobAction action) { studio_->jobs.act(action, utf8(job)); });
    connect(drawer_, &JobsDrawer::logRequested, this, &MainWindow::showLog);
    connect(&studio_->plates, &PlateWatch::changed, this, &MainWindow::tellPlates);
    connect(banner_, &MessageBar::actionPressed, this, &MainWindow::relinkPlates);
}

// Log and history: at an edge at first, and wherever somebody puts them.
void MainWindow::buildLog() {
    log_ = new LogPanel(&studio_->jobs);
    logDock_ = new QDockWidget(tr("Log"), this);
    logDock_->setObjectName("logDock");
    logDock_->setWidget(log_);
    addDockWidget(Qt::BottomDockWidgetArea, logDock_);
    logDock_->hide();
    auto* history = new QUndoView(&studio_->undo);
    history->setEmptyLabel(tr("As it was opened"));
    history->setUniformItemSizes(true);
    historyDock_ = new QDockWidget(tr("History"), this);
    historyDock_->setObjectName("historyDock");
    historyDock_->setWidget(history);
    addDockWidget(Qt::RightDockWidgetArea, historyDock_);
    historyDock_->hide();
}

void MainWindow::showLog(const QString& job) {
    logDock_->show();
    logDock_->raise();
    log_->showJob(job);
}

// Plates may be moved while the project is open too.
void MainWindow::tellPlates() {
    const std::set<std::string>& gone = studio_->plates.gone();
    if (gone.size() > std::exchange(goneTold_, gone.size())) {
        QString first;
        for (const auto& clip : studio_->session.snapshot().clips) {
            if (clip.name == *gone.begin()) {
                first = platePath(studio_->session, clip);
            }
        }
        const QFileInfo plate(first);
        const QString where =
            tr("%1 of clip %2 is not in %3 any more. Faces and decisions are safe.")
                .arg(plate.fileName(), text(*gone.begin()), plate.path());
        goneText_ = gone.size() == 1 ? tr("Plate moved: %1").arg(where)
                                     : tr("%1 plates moved, among them: ")
                                               .arg(countText(static_cast<int64_t>(gone.size()))) +
                                           where;
        banner_->show(MessageBar::Kind::warning, goneText_, tr("Find files…"));
    } else if (gone.empty() && banner_->text() == goneText_) {
        banner_->dismiss();
    }
}

void MainWindow::connectDemo() {
    demo_ = new DemoMaker(&studio_->session, this);
    connect(start_, &StartPage::demoRequested, this, [this] {
        start_->messages()->dismiss();
        start_->showDemo(std::pair<qint64, qint64>(0, 1));
        demo_->make(DemoMaker::freeFolder(studio_->settings->text(
            "folder/projects",
            QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))));
    });
    connect(start_, &StartPage::demoCancelled, demo_, &DemoMaker::cancel);
    connect(demo_, &DemoMaker::progressed, start_,
            [this](qint64 done, qint64 total) { start_->showDemo(std::pair(done, total)); });
    connect(demo_, &DemoMaker::made, this, [this] {
        start_->showDemo(std::nullopt);
        guide_->begin();
    });
    connect(demo_, &DemoMaker::cancelled, start_, [this] { start_->showDemo(std::nullopt); });
    connect(demo_, &DemoMaker::failed, start_, [this](const Error& error) {
        start_->showDemo(std::nullopt);
        start_->messages()->show(MessageBar::Kind::error, errorText(error));
    });
}

void MainWindow::goTo(PageId id) {
    if (!studio_->session.isOpen()) {
        return;
    }
    const int number = static_cast<int>(id);
    if (currentPage() >= 0 && currentPage() != number) {
        pages_[currentPage()]->leave();
    }
    stack_->setCurrentIndex(number + 1);
    bar_->setCurrentPage(number);
    if (QWidget* target = pages_[number]->focusTarget()) {
        target->setFocus();
    }
}

void MainWindow::openProject(const QString& folder) {
    start_->messages()->dismiss();
    rememberPage();
    studio_->session.open(folder);
}

void MainWindow::createProject(const QString& folder) {
    start_->messages()->dismiss();
    rememberPage();
    studio_->session.create(folder);
}

void MainWindow::chooseNew() {
    const QString folder = studio_->dialogs->newProjectFolder(
        this, studio_->settings->text("folder/projects", QDir::homePath()));
    if (!folder.isEmpty()) {
        studio_->settings->setText("folder/projects", QFileInfo(folder).absolutePath());
        createProject(folder);
    }
}

void MainWindow::chooseOpen() {
    const QString folder = studio_->dialogs->existingProjectFolder(
        this, studio_->settings->text("folder/projects", QDir::homePath()));
    if (!folder.isEmpty()) {
        studio_->settings->setText("folder/projects", QFileInfo(folder).absolutePath());
        openProject(folder);
    }
}

void MainWindow::projectOpened() {
    const QString folder = studio_->session.folder();
    studio_->settings->addRecentProject(folder);
    studio_->undo.clear();
    studio_->jobs.setProject(folder);
    bar_->setPagesVisible(true);
    for (QAction* action : projectActions_) {
        action->setEnabled(true);
    }
    setWindowTitle(tr("%1 – Understudy").arg(studio_->session.name()));
    if (studio_->session.readOnly()) {
        banner_->show(
            MessageBar::Kind::warning,
            tr("This project's disk cannot be written. You can look at everything; nothing is "
               "saved. To work on, copy the project's folder to a disk that can be written, and "
               "open the copy."));
    }
    restorePlaces();
    refreshBar();
}

void MainWindow::projectClosed() {
    stack_->setCurrentIndex(0);
    start_->setFocus();
    studio_->undo.clear();
    studio_->thumbnails.clear();
    studio_->jobs.setProject({});
    banner_->dismiss();
    bar_->setPagesVisible(false);
    for (QAction* action : projectActions_) {
        action->setEnabled(false);
    }
    setWindowTitle(tr("Understudy"));
    start_->setRecent(recentProjects());
    refreshBar();
}

void MainWindow::refreshBar() {
    const ProjectSession& session = studio_->session;
    bar_->setProject(session.name(), session.saving()     ? tr("saving…")
                                     : !session.isOpen()  ? QString()
                                     : session.readOnly() ? tr("read-only")
                                                          : tr("saved"));
    const JobGateway* gateway = studio_->jobs.gateway();
    switch (gateway->state()) {
        case JobGateway::State::starting:
            bar_->setService("queued", tr("service starting…"), gateway->problem());
            break;
        case JobGateway::State::ready:
            bar_->setService("ok", tr("service ready"),
                             tr("Jobs run in the background, with or without this window."));
            break;
        case JobGateway::State::lost:
            bar_->setService("warning",
                             gateway->attempts() > 0
                                 ? tr("service lost, reconnecting (%1)").arg(gateway->attempts())
                                 : tr("service lost, reconnecting"),
                             gateway->problem());
            break;
    }
}

void MainWindow::refreshMarks() {
    for (Page* each : pages_) {
        bar_->tab(static_cast<int>(each->id()))->setMark(each->working(), each->attention());
    }
}

// The picture alone, on the whole screen.
void MainWindow::present(bool on) {
    for (QWidget* part : {static_cast<QWidget*>(bar_), static_cast<QWidget*>(strip_),
                          static_cast<QWidget*>(lines_[0]), static_cast<QWidget*>(lines_[1])}) {
        part->setVisible(!on);
    }
    guide_->setVisible(!on && guide_->step() > 0);
    if (on) {
        bannerWasShown_ = banner_->isVisible();
    }
    banner_->setVisible(!on && bannerWasShown_);
    presented_ = on;
    if (on) {
        before_ = {windowState(), drawer_->isVisible(), logDock_->isVisible()};
        strip_->setDrawerOpen(false);
        logDock_->hide();
        setWindowState(windowState() | Qt::WindowFullScreen);
    } else {
        strip_->setDrawerOpen(before_.drawer);
        logDock_->setVisible(before_.log);
        setWindowState(before_.state);  // maximised again, if it was
    }
}

void MainWindow::stopJob(const QString& id) {
    const auto jobs = studio_->jobs.everyones();
    const auto job = std::find_if(jobs.begin(), jobs.end(),
                                  [&](const JobState& each) { return text(each.info.job) == id; });
    if (job == jobs.end() || !job->active()) {
        return;
    }
    const bool sure = studio_->dialogs->confirm(
        this, tr("Stop \"%1\"?").arg(text(job->info.title)),
        tr("What is done is saved first, and it can be resumed later."), tr("Stop"));
    if (sure) {
        studio_->jobs.act(JobAction::stop, utf8(id), [this](const Status& status) {
            if (!status.ok()) {
                banner_->show(MessageBar::Kind::error, errorText(status.error()));
            }
        });
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    rememberPage();
    remember();
    if (studio_->jobs.activeCount() > 0 && !studio_->settings->flag("told/closingStopsNothing")) {
        studio_->settings->setFlag("told/closingStopsNothing", true);
        studio_->dialogs->inform(
            this, tr("Training goes on in the background."),
            tr("Closing the window stops no job. Open Understudy any time to see it."));
    }
    studio_->settings->sync();
    event->accept();
}

// Letters and arrows are keys of the page; where a list, a slider or a box has the focus, the keys
// that move in it are its own. Return and Esc in a field give the focus back.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {  // all that somebody changes ends with one of these
        case QEvent::MouseButtonRelease:
        case QEvent::KeyRelease:
        case QEvent::Wheel:
        case QEvent::Drop:
            if (!memory_.isActive()) {  // not later for one who never pauses
                memory_.start();
            }
            break;
        default:
            break;
    }
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool moves = (key->key() >= Qt::Key_Home && key->key() <= Qt::Key_PageDown) ||
                           key->key() == Qt::Key_Space;
        const bool own = watched->inherits("QAbstractItemView") ||
                         watched->inherits("QAbstractSlider") || watched->inherits("QComboBox") ||
                         watched->inherits("QAbstractButton");
        if (moves && own && key->modifiers() == Qt::NoModifier &&
            !(key->key() != Qt::Key_Space && watched->inherits("QAbstractButton"))) {
            event->accept();
            return true;
        }
    } else if (event->type() == QEvent::KeyPress &&
               (watched->inherits("QLineEdit") || watched->inherits("QPlainTextEdit"))) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool leaves = key->key() == Qt::Key_Escape ||
                            (key->key() == Qt::Key_Return && watched->inherits("QLineEdit"));
        if (leaves && currentPage() >= 0) {
            if (QWidget* target = pages_[currentPage()]->focusTarget()) {
                QTimer::singleShot(0, target, [target] { target->setFocus(); });
            }
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

}  // namespace understudy::ui
