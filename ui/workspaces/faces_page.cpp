// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/faces_page.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QSlider>
#include <QVBoxLayout>
#include <utility>

#include "ui/models/face_words.h"
#include "ui/models/formatting.h"
#include "ui/models/job_requests.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

constexpr int kPlotHeight = 260;  // with what it is dragged by

}  // namespace

FacesPage::FacesPage(Studio& studio, QWidget* parent)
    : Page(PageId::faces, studio, parent), edits_(&studio.session, &studio.faces, &studio.undo) {
    auto* find = new Panel(tr("Find"));
    filters_ = new FaceFilters(&studio_.faces);
    find->body()->addWidget(filters_);
    QWidget* centre = buildCentre();
    QWidget* face = buildFace();
    buildPlots();
    buildDocks({{"Filters", tr("Filters"), find}}, 240, centre,
               {{"Face", tr("Face"), face},
                {"Pose", tr("Yaw and pitch"), posePanel_, kPlotHeight},
                {"Coverage", tr("Coverage"), coveragePanel_, kPlotHeight, true}},
               640, {buildNext()});
    buildTimeline();
    buildKeys();
    buildAssignKeys();
    buildEditKeys();
    connectEdits();
    connect(primary(), &QPushButton::clicked, this, [this] {
        Q_EMIT goTo(studio_.faces.counts().kept > 0 ? PageId::train : PageId::ingest);
    });
    FacesModel& faces = studio_.faces;
    connect(&faces, &FacesModel::layoutChanged, this, &FacesPage::refresh);
    connect(&faces, &FacesModel::layoutChanged, this, &FacesPage::tellMissing);
    connect(messages(), &MessageBar::actionPressed, this, &FacesPage::rebuildMissing);
    connect(&faces, &FacesModel::statesChanged, this, &FacesPage::refresh);
    connect(&faces, &FacesModel::selectionChanged, this, &FacesPage::refresh);
    connect(&studio_.jobs, &JobsModel::changed, this, &FacesPage::refresh);
    refresh();
}

QWidget* FacesPage::buildCentre() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget;
    bar->setFixedHeight(36);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 2, 12, 2);
    row->setSpacing(8);
    row->addWidget(label(tr("Sort"), theme::FontUse::body, theme::kSecond));
    sort_ = new QComboBox;
    sort_->setObjectName("faceSort");
    sort_->setToolTip(tr("The worst, the least usual or the most alike first."));
    for (int i = 0; i <= static_cast<int>(FaceSort::mouth); ++i) {
        sort_->addItem(sortName(static_cast<FaceSort>(i)));
        sort_->setItemData(i, sortMeaning(static_cast<FaceSort>(i)), Qt::ToolTipRole);
    }
    sort_->setMaxVisibleItems(sort_->count());
    connect(sort_, &QComboBox::activated, this,
            [this](int index) { sortBy(static_cast<FaceSort>(index), false); });
    row->addWidget(sort_);
    reverse_ =
        iconButton("up", tipWithKey(tr("Turn the order round"), "Ctrl+Shift+L"), "faceReverse");
    reverse_->setCheckable(true);
    connect(reverse_, &QToolButton::clicked, this,
            [this](bool on) { sortBy(studio_.faces.sort(), on); });
    row->addWidget(reverse_);
    row->addSpacing(8);
    row->addWidget(label(tr("Size"), theme::FontUse::body, theme::kSecond));
    auto* size = new QSlider(Qt::Horizontal);
    size->setObjectName("faceSize");
    size->setRange(64, 256);
    size->setPageStep(32);
    size->setFixedWidth(120);
    row->addWidget(size);
    row->addSpacing(8);
    lasso_ = iconButton("draw",
                        tipWithKey(tr("Lasso: drag round faces to select them, with Ctrl to add to "
                                      "the selection. Alt and drag does it without this tool"),
                                   "Shift+A"),
                        "faceLasso");
    lasso_->setCheckable(true);
    row->addWidget(lasso_);
    row->addStretch(1);
    column->addWidget(bar);
    counts_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    counts_->setObjectName("faceCounts");
    counts_->setContentsMargins(12, 0, 12, 4);
    column->addWidget(counts_);
    centre_ = new QStackedWidget;
    grid_ = new FacesGrid(&studio_.faces, &studio_.thumbnails);
    empty_ = new EmptyState("faces", tr("No faces yet."), tr("Find faces in a clip first."));
    empty_->setObjectName("facesEmpty");
    connect(empty_->addButton(tr("Go to Ingest"), "facesToIngest"), &QPushButton::clicked, this,
            [this] { Q_EMIT goTo(PageId::ingest); });
    noMatch_ = new EmptyState("search", tr("No face matches these filters."), {});
    connect(noMatch_->addButton(tr("Clear filters"), "facesClear"), &QPushButton::clicked, this,
            [this] { filters_->clear(); });
    // The face in its plate, and back: what "open" can mean here.
    connect(grid_, &FacesGrid::activated, this, [this] { view_->setPlate(!view_->plate()); });
    connect(grid_, &FacesGrid::menuRequested, this, &FacesPage::showFaceMenu);
    connect(grid_, &FacesGrid::decided, this, [this](media::ReviewState state) {
        const bool advance = studio_.faces.autoAdvance();
        studio_.faces.setAutoAdvance(false);  // the pointer stays where it is
        decide(state);
        studio_.faces.setAutoAdvance(advance);
    });
    connect(lasso_, &QToolButton::toggled, grid_, &FacesGrid::setLasso);
    connect(grid_, &FacesGrid::lassoChanged, lasso_, &QToolButton::setChecked);
    centre_->addWidget(grid_);
    centre_->addWidget(empty_);
    centre_->addWidget(noMatch_);
    column->addWidget(centre_, 1);
    connect(size, &QSlider::valueChanged, this, [this](int value) {
        grid_->setPictureSize(value);
        studio_.settings->setNumber("faces/size", value);
    });
    size->setValue(studio_.settings->number("faces/size", 128));
    grid_->setPictureSize(size->value());
    return box;
}

QWidget* FacesPage::buildFace() {
    auto* panel = new Panel(tr("Face"));
    panel->body()->setContentsMargins(0, 0, 0, 4);
    panel->body()->setSpacing(4);
    view_ =
        new FaceView(&studio_.faces, &studio_.session, &edits_, &studio_.display, studio_.decoding);
    panel->body()->addWidget(view_, 1);
    panel->body()->addWidget(buildDecisions());
    return panel;
}

// What is left to do on the page.
QWidget* FacesPage::buildNext() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(8, 4, 8, 0);
    column->setSpacing(4);
    hint_ = label({}, theme::FontUse::body, theme::kSecond);
    hint_->setObjectName("facesHint");
    hint_->setWordWrap(true);
    column->addWidget(hint_);
    cut_ = new QPushButton;
    cut_->setObjectName("facesCut");
    cut_->setToolTip(
        tr("The network learns from pictures that were cut before these corrections. "
           "Cutting them anew takes a moment and searches nothing again."));
    QSizePolicy keepsPlace = cut_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);  // the picture does not jump under the brush
    cut_->setSizePolicy(keepsPlace);
    connect(cut_, &QPushButton::clicked, this, &FacesPage::cutAnew);
    column->addWidget(cut_);
    return box;
}

QWidget* FacesPage::buildDecisions() {
    auto* buttons = new QWidget;
    auto* row = new QHBoxLayout(buttons);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    const auto add = [&](const char* iconName, const QString& text, const QString& tip,
                         const QString& key, const char* name, media::ReviewState state) {
        auto* button = new QPushButton(icon(iconName), text);
        button->setObjectName(name);
        button->setToolTip(tipWithKey(tip, key));
        button->setFocusPolicy(Qt::NoFocus);
        button->setMinimumHeight(28);
        row->addWidget(button, 1);
        connect(button, &QPushButton::clicked, this, [this, state] { decide(state); });
    };
    add("keep", tr("Keep"), tr("The selected faces are looked at and good"), "P", "faceKeep",
        media::ReviewState::keep);
    add("reject", tr("Reject"),
        tr("The selected faces neither train nor are swapped; nothing is "
           "deleted"),
        "X", "faceReject", media::ReviewState::reject);
    add("undecided", tr("Undecided"), tr("Take the decision back; undecided faces train"), "U",
        "faceUndecided", media::ReviewState::undecided);
    auto* whose = new QPushButton(tr("Assign to…"));
    whose->setObjectName("faceAssign");
    whose->setToolTip(tipWithKey(
        tr("Whose the selected faces are, where a clip shows others than its performer: they train "
           "that performer and are left as they are in swaps of this one"),
        "1-9"));
    whose->setFocusPolicy(Qt::NoFocus);
    whose->setMinimumHeight(28);
    auto* menu = new QMenu(whose);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillAssignMenu(menu); });
    whose->setMenu(menu);
    row->addWidget(whose, 1);
    return buttons;
}

// Where the faces look, and what that leaves out.
void FacesPage::buildPlots() {
    auto* pose = new Panel(tr("Yaw and pitch"));
    pose->body()->setContentsMargins(0, 0, 0, 0);
    plot_ = new PosePlot(&studio_.faces, &studio_.session);
    const auto tool = [&](const QString& text, const char* name, const QString& tip,
                          PosePlot::Tool which) {
        auto* button = new QToolButton;
        button->setObjectName(name);
        button->setText(text);
        button->setToolTip(tip);
        button->setCheckable(true);
        button->setAutoExclusive(true);
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::NoFocus);
        button->setChecked(which == plot_->tool());
        pose->header()->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this, which] { plot_->setTool(which); });
    };
    tool(tr("Lasso"), "poseLasso", tr("Drag round faces to select them"), PosePlot::Tool::lasso);
    tool(tr("Box"), "poseBox", tr("Drag a rectangle over faces to select them"),
         PosePlot::Tool::rectangle);
    pose->body()->addWidget(plot_);
    posePanel_ = pose;
    auto* coverage = new Panel(tr("Coverage"));
    coverage->body()->setContentsMargins(0, 0, 0, 0);
    coverage_ = new CoverageCard(&studio_.faces, &studio_.session);
    coverage->body()->addWidget(coverage_);
    coveragePanel_ = coverage;
}

void FacesPage::buildTimeline() {
    auto* panel = new Panel(tr("Timeline"));
    panel->body()->setContentsMargins(0, 0, 0, 0);
    timeline_ = new FaceTimeline(&studio_.faces, &studio_.session);
    timelineText_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    timelineText_->setObjectName("timelineSummary");
    timelineText_->setContentsMargins(0, 0, 12, 0);
    panel->header()->addWidget(timelineText_);
    connect(timeline_, &FaceTimeline::frameWanted, view_, &FaceView::openFrame);
    connect(timeline_, &FaceTimeline::summaryChanged, this,
            [this] { timelineText_->setText(timeline_->summary()); });
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(timeline_);
    panel->body()->addWidget(scroll);
    panel->setFixedHeight(theme::kHeaderHeight + 3 * FaceTimeline::kRowHeight + 4);
    timelineBox_ = panel;
    layout()->addWidget(separator(Qt::Horizontal));
    layout()->addWidget(panel);
}

// Where there is little room, pictures come first.
void FacesPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    const bool roomForPlots = height() >= 820;
    posePanel_->setVisible(roomForPlots);
    coveragePanel_->setVisible(roomForPlots);
    timelineBox_->setVisible(height() >= 620);
}

void FacesPage::connectEdits() {
    connect(&edits_, &FaceEdits::refused, this, &FacesPage::note);
    connect(&edits_, &FaceEdits::changed, this, &FacesPage::refresh);
    FaceTools* tools = view_->tools();
    connect(tools, &FaceTools::keyWanted, view_, &FaceView::makeKey);
    connect(tools, &FaceTools::betweenWanted, view_, &FaceView::interpolate);
    connect(tools, &FaceTools::asFoundWanted, view_, &FaceView::backToFound);
    connect(tools, &FaceTools::clearPaintWanted, view_, &FaceView::clearPainting);
}

void FacesPage::note(const QString& text) {
    messages()->show(MessageBar::Kind::note, text);
}

// Clips that have faces and no pictures of them, as somebody took the files away.
void FacesPage::tellMissing() {
    const FacesModel& faces = studio_.faces;
    std::set<std::string> missing;
    int last = -1;
    for (const FaceItem& face : faces.all()) {  // by clip
        if (face.key.clip != std::exchange(last, face.key.clip) &&
            !faces.packs().contains(face.key.clip)) {
            const std::string clip = utf8(faces.clipName(face.key.clip));
            if (studio_.jobs.active("extract", {}, clip) == nullptr) {
                missing.insert(clip);
            }
        }
    }
    if (missing == missing_) {
        return;
    }
    missing_ = std::move(missing);
    if (missing_.empty()) {
        messages()->dismiss();
        return;
    }
    QStringList names;
    for (const std::string& clip : missing_) {
        names << text(clip);
    }
    messages()->show(MessageBar::Kind::error,
                     tr("Face pictures of %1 are missing. Decisions and landmarks are safe.")
                         .arg(names.join(QStringLiteral(", "))),
                     studio_.session.readOnly() ? QString() : tr("Rebuild"));
}

void FacesPage::rebuildMissing() {
    messages()->dismiss();
    for (const std::string& clip : missing_) {
        studio_.jobs.start(findFacesJob(utf8(studio_.session.folder()), clip),
                           [this](const Status& status) {
                               if (!status.ok()) {
                                   showError(status.error());
                               }
                           });
    }
}

void FacesPage::cutAnew() {
    const std::string project = utf8(studio_.session.folder());
    for (const auto& [clip, count] : studio_.faces.stale()) {
        const auto pack = studio_.faces.packs().find(clip);
        const std::string name = utf8(studio_.faces.clipName(clip));
        const training::StartJob job = pack != studio_.faces.packs().end()
                                           ? cutFacesJob(project, name, pack->second->header().type,
                                                         pack->second->header().size)
                                           : findFacesJob(project, name);
        studio_.jobs.start(job, [this](const Status& status) {
            if (!status.ok()) {
                showError(status.error());
            }
            refresh();
        });
    }
}

QWidget* FacesPage::focusTarget() const {
    return grid_;
}

int FacesPage::attention() const {
    return studio_.faces.suspects();
}

bool FacesPage::mayDecide() {
    if (studio_.session.readOnly()) {
        messages()->show(MessageBar::Kind::warning,
                         tr("This project is read-only. Nothing can be decided here."));
        return false;
    }
    return true;
}

void FacesPage::decide(media::ReviewState state) {
    if (mayDecide()) {
        studio_.faces.decide(state);
    }
}

void FacesPage::sortBy(FaceSort sort, bool reversed) {
    if (!studio_.faces.setSort(sort, reversed)) {
        messages()->show(MessageBar::Kind::note,
                         tr("Choose a face first; the others are then sorted by how much they look "
                            "like it."));
    }
    refresh();
}

void FacesPage::goToSuspect(int direction) {
    FacesModel& faces = studio_.faces;
    for (int row = faces.current() + direction; row >= 0 && row < faces.rows(); row += direction) {
        const FaceItem& face = faces.face(row);
        if (face.wantsLook()) {
            faces.selectRows(row, row, false);
            faces.setCurrent(row);
            return;
        }
    }
}

void FacesPage::refresh() {
    const FacesModel& faces = studio_.faces;
    const JobState* search = studio_.jobs.active("extract");
    const bool any = faces.total() > 0;
    centre_->setCurrentIndex(!any ? 1 : faces.rows() == 0 && !faces.ordering() ? 2 : 0);
    if (!any) {
        search != nullptr
            ? empty_->setTexts(text(search->info.title),
                               tr("%1. New faces appear here.").arg(search->progressText()))
            : empty_->setTexts(tr("No faces yet."), tr("Find faces in a clip first."));
    }
    sort_->setCurrentIndex(static_cast<int>(faces.sort()));
    reverse_->setChecked(faces.reversed());
    const FaceCounts& counts = faces.counts();
    const int suspects = faces.suspects();
    counts_->setText(any ? countsText(faces) : QString());
    int toCut = 0;
    for (const auto& [clip, count] : studio_.faces.stale()) {
        toCut += count;
    }
    cut_->setVisible(toCut > 0);
    cut_->setEnabled(search == nullptr && !studio_.session.readOnly());
    cut_->setText(search != nullptr ? tr("Cutting faces…")
                  : toCut == 1      ? tr("Cut 1 corrected face anew")
                                    : tr("Cut %1 corrected faces anew").arg(countText(toCut)));
    hint_->setText(
        !any                ? QString()
        : search != nullptr ? tr("%1: %2. New faces appear here.")
                                  .arg(text(search->info.title), search->progressText())
        : suspects > 0
            ? tr("%1 suspects: low confidence, jumping, blurred, covered or not like the others. "
                 "Full stop goes to the next.")
                  .arg(countText(suspects))
            : tr("No suspects left. Next: train."));
    primary()->setText(!any ? tr("Find faces first")
                            : tr("Train with %1 faces").arg(countText(counts.kept)));
    Q_EMIT markChanged();
}

}  // namespace understudy::ui
