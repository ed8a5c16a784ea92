// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/train_page.h"

#include <QGridLayout>
#include <QSplitter>
#include <QVBoxLayout>

#include "media/base/paths.h"
#include "training/plan/preview_faces.h"
#include "training/prepare/price.h"
#include "ui/models/formatting.h"
#include "ui/models/job_requests.h"
#include "ui/panels/column_scroll.h"
#include "ui/panels/icons.h"
#include "ui/panels/live_settings.h"
#include "ui/panels/zoom_keys.h"

namespace understudy::ui {
namespace {

constexpr int kRunHeight = 500;

}  // namespace

TrainPage::TrainPage(Studio& studio, QWidget* parent)
    : Page(PageId::train, studio, parent),
      goOnEdits_(
          &studio.undo, [this](const GoOn& choice) { goOnWithChoice(choice); },
          [this](const GoOn& choice) { return !holds(choice); }) {
    QWidget* plan = buildPlan();
    QWidget* centre = buildCentre();  // before the right side, which points into it
    numbers_ = new RunNumbers(&studio_.run, &studio_.jobs, &studio_.devices);
    connect(numbers_, &RunNumbers::checkpointChosen, board_,
            [this](qint64 step) { board_->showStep(step); });
    auto* numbers = new Panel(tr("Run"));
    auto* scroll = new ColumnScroll;
    scroll->setWidget(numbers_);
    numbers->body()->addWidget(scroll);
    auto* checkpoints = new Panel(tr("Checkpoints"));
    checkpoints->body()->addWidget(numbers_->checkpoints());
    auto* live = new LiveSettings(&studio_.run, &studio_.jobs, &studio_.undo);
    buildDocks(
        {{"Live", tr("Change while running"), live}, {"Plan", tr("Plan"), plan}}, 352, centre,
        {{"Run", tr("Run"), numbers, kRunHeight}, {"Checkpoints", tr("Checkpoints"), checkpoints}},
        320, {buildButtons()});
    buildKeys();
    connect(primary(), &QPushButton::clicked, this, &TrainPage::act);
    connect(form_, &TrainingForm::runChosen, this, &TrainPage::chooseRun);
    connect(form_, &TrainingForm::changed, this, &TrainPage::refreshJob);
    connect(form_, &TrainingForm::devicesChosen, this, &TrainPage::chooseDevices);
    connect(form_->devices(), &DeviceList::reserveFailed, this,
            [this](const QString& why) { messages()->show(MessageBar::Kind::error, why); });
    connect(form_, &TrainingForm::baseFolderWanted, this, [this] {
        const QString folder = studio_.dialogs->baseFolder(this, studio_.session.folder());
        if (!folder.isEmpty()) {
            form_->chooseBase(folder);
        }
    });
    connect(&studio_.session, &ProjectSession::changed, this, &TrainPage::refreshProject);
    connect(&studio_.session, &ProjectSession::closed, this, [this] {
        chosen_ = false;
        preparing_ = false;
        cutting_.clear();
        facesOfNext_.clear();
        goOnChoices_.clear();
        studio_.run.setRun({}, {});
        curves_->compared().setRuns({}, {});
        board_->setRuns({}, {});
        messages()->dismiss();
    });
    connect(&studio_.jobs, &JobsModel::changed, this, &TrainPage::refreshJob);
    connect(&studio_.jobs, &JobsModel::jobEnded, this, [this](const QString& id) {
        const JobState* ended = studio_.jobs.find(utf8(id));
        if (ended != nullptr) {
            takeCut(*ended);
        }
        if (ended != nullptr && ended->info.kind == "train" && ended->failed() &&
            ended->info.error) {
            tellFailure(*ended);
        }
        studio_.run.poll();
    });
    const auto pollRun = [this](const QString& run) {
        if (run == studio_.run.name()) {
            studio_.run.poll();
        }
    };
    connect(&studio_.jobs, &JobsModel::previewWritten, this, pollRun);
    connect(&studio_.run, &RunModel::runChanged, this, &TrainPage::refreshJob);
    connect(&studio_.run, &RunModel::historyChanged, this, &TrainPage::refreshJob);
    connect(&studio_.run, &RunModel::checkpointsChanged, this, &TrainPage::refreshJob);
    connect(&studio_.run, &RunModel::runChanged, this, &TrainPage::offerSteps);
    connect(&studio_.run, &RunModel::historyChanged, this, &TrainPage::offerSteps);
    refreshJob();
}

QWidget* TrainPage::buildPlan() {
    form_ = new TrainingForm(&studio_.devices, &studio_.undo);
    auto* plan = new Panel(tr("Plan"));
    plan->body()->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new ColumnScroll;
    scroll->setObjectName("planScroll");
    auto* inside = new QWidget;
    auto* insideColumn = new QVBoxLayout(inside);
    insideColumn->setContentsMargins(8, 8, 8, 8);
    insideColumn->addWidget(form_);
    scroll->setWidget(inside);
    plan->body()->setSpacing(0);
    plan->body()->addWidget(scroll, 1);
    plan->body()->addWidget(form_->card());
    return plan;
}

QWidget* TrainPage::buildCentre() {
    auto* split = new QSplitter(Qt::Vertical);
    split->setObjectName("trainCentre");
    curves_ = new LossCurves(&studio_.run);
    board_ = new PreviewBoard(&studio_.run);
    split->addWidget(curves_);
    split->addWidget(board_);
    split->setSizes({400, 570});
    split->setChildrenCollapsible(false);
    connect(curves_, &LossCurves::checkpointClicked, board_,
            [this](qint64 step) { board_->showStep(step); });
    connect(board_->facesMenu(), &QMenu::aboutToShow, this, &TrainPage::fillFacesMenu);
    empty_ = new EmptyState("curve", tr("Nothing trained yet."),
                            tr("Pick a preset; the estimate below the plan is for the devices that "
                               "are ticked."));
    empty_->setObjectName("trainEmpty");
    next_ = empty_->addButton({}, "trainNext");
    connect(next_, &QPushButton::clicked, this, &TrainPage::act);
    centre_ = new QStackedWidget;
    centre_->addWidget(split);
    centre_->addWidget(empty_);
    return centre_;
}

// What can be done to the run, above the primary button.
QWidget* TrainPage::buildButtons() {
    auto* box = new QWidget;
    auto* rows = new QVBoxLayout(box);
    rows->setContentsMargins(theme::kPadding, theme::kPadding, theme::kPadding, 0);
    rows->setSpacing(theme::kPadding);
    controls_ = new QWidget;
    auto* grid = new QGridLayout(controls_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(8);
    const auto add = [&](int row, int column, const char* iconName, const QString& text,
                         const QString& tip, const char* name, auto action) {
        auto* button = new QPushButton(icon(iconName), text);
        button->setObjectName(name);
        button->setToolTip(tip);
        button->setMinimumHeight(28);
        grid->addWidget(button, row, column);
        connect(button, &QPushButton::clicked, this, action);
        return button;
    };
    pause_ = add(0, 0, "pause", tr("Pause"),
                 tipWithKey(tr("Saves, and frees the device"), "Ctrl+Backspace"), "trainPause",
                 [this] { actOnJob(JobAction::pause); });
    stop_ =
        add(0, 1, "stop", tr("Stop"),
            tipWithKey(tr("Saves, and ends the job; it can be resumed"), "Ctrl+Shift+Backspace"),
            "trainStop", [this] { stop(); });
    checkpoint_ =
        add(1, 0, "checkpoint", tr("Checkpoint"), tipWithKey(tr("Save the state now"), "K"),
            "trainCheckpoint", [this] { actOnJob(JobAction::checkpoint); });
    preview_ = add(1, 1, "preview", tr("Preview"), tipWithKey(tr("Draw the previews now"), "N"),
                   "trainPreview", [this] { actOnJob(JobAction::preview); });
    rows->addWidget(controls_);
    swap_ = new QPushButton(icon("swap"), tr("Make swap…"));
    swap_->setObjectName("trainSwap");
    swap_->setMinimumHeight(28);
    swap_->setToolTip(tr("Put the face on a plate with the newest checkpoint"));
    connect(swap_, &QPushButton::clicked, this,
            [this] { Q_EMIT swapRequested(studio_.run.name()); });
    rows->addWidget(swap_);
    return box;
}

void TrainPage::buildKeys() {
    addKey("pause", tr("Pause"), QKeySequence("Ctrl+Backspace"),
           [this] { actOnJob(JobAction::pause); });
    addKey("stop", tr("Stop"), QKeySequence("Ctrl+Shift+Backspace"), [this] { stop(); });
    addKey("checkpoint", tr("Checkpoint now"), Qt::Key_K,
           [this] { actOnJob(JobAction::checkpoint); });
    addKey("preview", tr("Preview now"), Qt::Key_N, [this] { actOnJob(JobAction::preview); });
    addKey("earlierPreview", tr("Earlier preview"), Qt::Key_Left, [this] { board_->step(-1); });
    addKey("laterPreview", tr("Later preview"), Qt::Key_Right, [this] { board_->step(1); });
    addKey("playPreviews", tr("Play the previews"), Qt::Key_Space,
           [this] { board_->togglePlay(); });
    addKey("earlierShown", tr("Earlier preview of what is shown"), Qt::Key_Comma,
           [this] { board_->stepShown(-1); });
    addKey("laterShown", tr("Later preview of what is shown"), Qt::Key_Period,
           [this] { board_->stepShown(1); });
    addKey("wipe", tr("Wipe between two previews"), Qt::Key_W, [this] { board_->toggleWipe(); });
    addKey("flip", tr("Flip between two previews"), Qt::Key_QuoteLeft, [this] { board_->flip(); });
    addKey("wipeLeft", tr("Wipe further left"), QKeySequence("Shift+Left"),
           [this] { board_->moveSplit(-0.05); });
    addKey("wipeRight", tr("Wipe further right"), QKeySequence("Shift+Right"),
           [this] { board_->moveSplit(0.05); });
    addKey("fit", tr("Fit the previews or 1:1"), Qt::Key_F,
           [this] { board_->view()->toggleFit(); });
    addZoomKeys(
        keyAdder(), [this] { board_->view()->holdZoom(); },
        [this](int ratio) { board_->view()->zoomTo(ratio); });
    addKey("enlarge", tr("Enlarge curves or previews"), Qt::Key_Plus, [this] { zoom(1.5); });
    addKey("reduce", tr("Make curves or previews smaller"), Qt::Key_Minus,
           [this] { zoom(1 / 1.5); });
    addKey("wholeRun", tr("Whole run in the curves"), Qt::Key_Home, [this] { curves_->fit(); });
    addKey("overTime", tr("Curves over steps or time"), Qt::Key_T,
           [this] { curves_->toggleOverTime(); });
    addKey("logarithmic", tr("Logarithmic scale"), Qt::Key_U, [this] { curves_->toggleLog(); });
    addKey("smoothing", tr("Smoothing"), Qt::Key_S, [this] { curves_->cycleSmoothing(); });
    addKey("lastTenth", tr("Whole run or its last tenth"), Qt::Key_Q,
           [this] { curves_->toggleLastTenth(); });
}

QWidget* TrainPage::focusTarget() const {
    return curves_;
}

bool TrainPage::working() const {
    return studio_.jobs.active("train") != nullptr;
}

void TrainPage::refreshProject() {
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    form_->setProject(snapshot, studio_.session.folderPath() / "runs");
    numbers_->setCurrency(snapshot.currency);
    tellRuns();
    form_->chooseRun(studio_.run.name());  // one that was just made was not in the list before
    if (!chosen_ && !snapshot.runs.empty()) {
        // What trains now comes first, then the newest run.
        const JobState* active = studio_.jobs.active("train");
        chooseRun(text(active != nullptr ? active->info.run : snapshot.runs.back().name));
    }
    refreshJob();
}

void TrainPage::tellRuns() {
    QStringList runs;
    for (const auto& run : studio_.session.snapshot().runs) {
        runs << text(run.name);
    }
    curves_->compared().setRuns(runs, studio_.session.folderPath() / "runs");
    board_->setRuns(runs, studio_.session.folderPath() / "runs");
}

void TrainPage::chooseRun(const QString& run) {
    chosen_ = true;
    goOn_.clear();
    form_->chooseRun(run);
    messages()->dismiss();
    if (run.isEmpty()) {
        studio_.run.setRun({}, {});
    } else {
        studio_.run.setRun(run, studio_.session.folderPath() / "runs" / utf8(run));
    }
    refreshJob();
}

const JobState* TrainPage::job() const {
    return studio_.run.hasRun() ? studio_.jobs.newest("train", utf8(studio_.run.name())) : nullptr;
}

bool TrainPage::finished() const {
    return studio_.run.plan() && studio_.run.last() &&
           studio_.run.last()->step >= studio_.run.plan()->steps;
}

void TrainPage::refreshJob() {
    const JobState* current = job();
    const bool running = current != nullptr && current->running();
    const bool active = current != nullptr && current->active();
    std::optional<training::Plan> plan = studio_.run.hasRun() ? studio_.run.plan() : std::nullopt;
    if (plan) {
        plan->devices = devicesToGoOn();
    }
    form_->showPlan(plan, !active);
    const bool live = current != nullptr && current->info.state == "running";
    controls_->setVisible(active);
    pause_->setEnabled(live);
    checkpoint_->setEnabled(live);
    preview_->setEnabled(live);
    stop_->setEnabled(active && current->info.state != "stopping");
    const bool canSwap = !studio_.run.checkpoints().empty();
    swap_->setVisible(canSwap && !finished());
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    const bool facesReady = !snapshot.source.empty() && !snapshot.destination.empty() &&
                            snapshot.countsOf(snapshot.source).kept > 0 &&
                            snapshot.countsOf(snapshot.destination).kept > 0;
    primary()->setVisible(true);
    primary()->setEnabled(!preparing_ && !studio_.session.readOnly());
    if (preparing_) {
        primary()->setText(cutting_.empty() ? tr("Preparing…") : tr("Cutting faces…"));
    } else if (running) {
        primary()->setVisible(false);
    } else if (current != nullptr && current->info.state == "paused") {
        primary()->setText(tr("Resume training"));
    } else if (current != nullptr && active) {
        primary()->setVisible(false);
    } else if (studio_.run.hasRun()) {
        primary()->setText(finished() ? tr("Make swap…") : tr("Resume training"));
    } else if (!facesReady) {
        primary()->setText(tr("Find faces first"));
    } else {
        primary()->setText(tr("Start training"));
    }
    centre_->setCurrentIndex(studio_.run.hasRun() ? 0 : 1);
    next_->setText(primary()->text());
    next_->setEnabled(primary()->isEnabled());
    Q_EMIT markChanged();
}

void TrainPage::act() {
    const JobState* current = job();
    if (current != nullptr && current->info.state == "paused") {
        studio_.jobs.act(JobAction::resume, current->info.job, [this](const Status& status) {
            if (!status.ok()) {
                showError(status.error());
            }
        });
    } else if (studio_.run.hasRun()) {
        finished() ? Q_EMIT swapRequested(studio_.run.name()) : resume();
    } else {
        const ProjectSnapshot& snapshot = studio_.session.snapshot();
        const bool found = snapshot.countsOf(snapshot.source).kept > 0 &&
                           snapshot.countsOf(snapshot.destination).kept > 0 &&
                           !snapshot.destination.empty();
        found ? start() : Q_EMIT goTo(PageId::ingest);
    }
}

void TrainPage::start() {
    auto plan = form_->plan();
    if (!plan.ok()) {
        showError(plan.error());
        return;
    }
    training::RunRequest request;
    request.plan = std::move(*plan);
    prepare(std::move(request));
}

void TrainPage::resume() {
    goOnWithDevices(devicesToGoOn());
}

// Faces that the plan needs otherwise than they were cut are cut first, then this is done again.
void TrainPage::prepare(training::RunRequest request, bool mayCut) {
    messages()->dismiss();
    preparing_ = true;
    refreshJob();
    struct Outcome {
        std::vector<training::WantedCut> cuts;
        std::optional<training::PreparedRun> run;
        std::optional<double> price;
    };
    studio_.session.ask(
        this,
        [request, mayCut, faces = facesOfNext_](media::Project& project) -> Result<Outcome> {
            Outcome outcome;
            if (mayCut) {
                US_ASSIGN(outcome.cuts, training::wantedCuts(project, request));
            }
            if (outcome.cuts.empty()) {
                US_ASSIGN(outcome.price, training::pricePerHour(project, siteSettingsFiles()));
                US_ASSIGN(outcome.run, training::prepareRun(project, request));
                if (!outcome.run->existed && !faces.empty()) {
                    US_TRY(training::writePreviewFaces(
                        training::RunFolder{outcome.run->folder}.previewFaces(), faces));
                }
            }
            return outcome;
        },
        [this, request](Result<Outcome> outcome) {
            if (!outcome.ok()) {
                failPreparing(errorText(outcome.error()));
            } else if (outcome->run) {
                preparing_ = false;
                facesOfNext_.clear();
                studio_.session.refresh();
                launch(outcome->run->name, outcome->price);
            } else {
                cut(outcome->cuts, request);
            }
        });
}

void TrainPage::cut(const std::vector<training::WantedCut>& cuts,
                    const training::RunRequest& request) {
    cutFor_ = request;
    cutting_.clear();
    for (const auto& wanted : cuts) {
        cutting_.insert(wanted.clip);
    }
    for (const auto& wanted : cuts) {
        studio_.jobs.start(
            cutFacesJob(utf8(studio_.session.folder()), wanted.clip, wanted.type, wanted.size),
            [this](const Status& status) {
                if (!status.ok()) {
                    failPreparing(errorText(status.error()));
                }
            });
    }
    messages()->show(MessageBar::Kind::note,
                     tr("The faces are cut for this plan first; training starts by itself."));
    refreshJob();
}

void TrainPage::takeCut(const JobState& ended) {
    if (ended.info.kind != "extract" || cutting_.erase(ended.info.clip) == 0) {
        return;
    }
    if (ended.info.state != "finished") {
        failPreparing(ended.info.error
                          ? errorText(*ended.info.error)
                          : tr("Cutting the faces was stopped, so the training did not start."));
    } else if (cutting_.empty()) {
        prepare(cutFor_, false);
    }
}

void TrainPage::failPreparing(const QString& reason) {
    cutting_.clear();
    preparing_ = false;
    messages()->show(MessageBar::Kind::error, reason);
    refreshJob();
}

void TrainPage::launch(const std::string& run, std::optional<double> price) {
    studio_.jobs.start(trainJob(utf8(studio_.session.folder()), run, price),
                       [this](const Status& status) {
                           if (!status.ok()) {
                               showError(status.error());
                           }
                           refreshJob();
                       });
    chooseRun(text(run));
}

void TrainPage::actOnJob(JobAction action) {
    const JobState* current = job();
    if (current != nullptr && current->info.state == "running") {
        studio_.jobs.act(action, current->info.job, [this](const Status& status) {
            if (!status.ok()) {
                showError(status.error());
            }
        });
    }
}

void TrainPage::stop() {
    const JobState* current = job();
    if (current == nullptr || !current->active() || current->info.state == "stopping") {
        return;
    }
    studio_.jobs.act(JobAction::stop, current->info.job, [this](const Status& status) {
        if (!status.ok()) {
            showError(status.error());
        }
    });
}

}  // namespace understudy::ui
