// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/faces_page.h"

#include <QHBoxLayout>
#include <QSlider>
#include <QVBoxLayout>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

FacesPage::FacesPage(Studio& studio, QWidget* parent) : Page(PageId::faces, studio, parent) {
    auto* find = new Panel(tr("Find"));
    filters_ = new FaceFilters(&studio_.faces);
    find->body()->addWidget(filters_);
    buildColumns(find, 240, buildCentre(), buildRight(), 480);
    buildKeys();
    connect(primary(), &QPushButton::clicked, this, [this] {
        Q_EMIT goTo(studio_.faces.counts().kept > 0 ? PageId::train : PageId::ingest);
    });
    FacesModel& faces = studio_.faces;
    connect(&faces, &FacesModel::layoutChanged, this, &FacesPage::refresh);
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
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    row->addWidget(label(tr("Sort"), theme::FontUse::body, theme::kSecond));
    sort_ = new QComboBox;
    sort_->setObjectName("faceSort");
    for (const QString& name : {tr("suspects first"), tr("confidence"), tr("jitter"), tr("turn"),
                                tr("size"), tr("time")}) {
        sort_->addItem(name);
    }
    connect(sort_, &QComboBox::activated, this,
            [this](int index) { studio_.faces.setSort(static_cast<FaceSort>(index)); });
    row->addWidget(sort_);
    row->addSpacing(8);
    row->addWidget(label(tr("Size"), theme::FontUse::body, theme::kSecond));
    auto* size = new QSlider(Qt::Horizontal);
    size->setObjectName("faceSize");
    size->setRange(64, 256);
    size->setPageStep(32);
    size->setFixedWidth(120);
    row->addWidget(size);
    row->addStretch(1);
    counts_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    counts_->setObjectName("faceCounts");
    row->addWidget(counts_);
    column->addWidget(bar);
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

QWidget* FacesPage::buildRight() {
    auto* panel = new Panel(tr("Face"));
    panel->body()->setContentsMargins(0, 0, 0, 0);
    view_ = new FaceView(&studio_.faces, &studio_.session);
    panel->body()->addWidget(view_, 1);
    auto* buttons = new QWidget;
    auto* row = new QHBoxLayout(buttons);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    const auto add = [&](const char* iconName, const QString& text, const QString& key,
                         const char* name, media::ReviewState state) {
        auto* button = new QPushButton(icon(iconName), text);
        button->setObjectName(name);
        button->setToolTip(tipWithKey(text, key));
        button->setFocusPolicy(Qt::NoFocus);
        button->setMinimumHeight(28);
        row->addWidget(button, 1);
        connect(button, &QPushButton::clicked, this, [this, state] { decide(state); });
    };
    add("keep", tr("Keep"), "P", "faceKeep", media::ReviewState::keep);
    add("reject", tr("Reject"), "X", "faceReject", media::ReviewState::reject);
    add("undecided", tr("Undecided"), "U", "faceUndecided", media::ReviewState::undecided);
    panel->body()->addWidget(buttons);
    hint_ = label({}, theme::FontUse::body, theme::kSecond);
    hint_->setObjectName("facesHint");
    hint_->setWordWrap(true);
    hint_->setContentsMargins(8, 0, 8, 0);
    panel->body()->addWidget(hint_);
    return rightColumn({panel}, primary(), panel);
}

void FacesPage::buildKeys() {
    addKey(tr("Keep"), Qt::Key_P, [this] { decide(media::ReviewState::keep); });
    addKey(tr("Reject"), Qt::Key_X, [this] { decide(media::ReviewState::reject); });
    addKey(tr("Undecided"), Qt::Key_U, [this] { decide(media::ReviewState::undecided); });
    addKey(tr("Next suspect"), Qt::Key_Period, [this] { goToSuspect(1); });
    addKey(tr("Previous suspect"), Qt::Key_Comma, [this] { goToSuspect(-1); });
    addKey(tr("Select all"), QKeySequence("Ctrl+A"), [this] { studio_.faces.selectAll(); });
    addKey(tr("Show or hide the landmarks"), Qt::Key_H,
           [this] { view_->setLandmarks(!view_->landmarks()); });
    addKey(tr("Face or plate"), Qt::Key_V, [this] { view_->setPlate(!view_->plate()); });
    addKey(tr("Fit or 1:1"), Qt::Key_F, [this] { view_->view()->toggleFit(); });
    addKey(tr("Find"), QKeySequence("Ctrl+F"),
           [this] { filters_->findChild<QComboBox*>("filterPerformer")->setFocus(); });
}

QWidget* FacesPage::focusTarget() const {
    return grid_;
}

int FacesPage::attention() const {
    return studio_.faces.suspects();
}

void FacesPage::decide(media::ReviewState state) {
    if (studio_.session.readOnly()) {
        messages()->show(MessageBar::Kind::warning,
                         tr("This project is read-only. Nothing can be decided here."));
        return;
    }
    studio_.faces.decide(state);
}

void FacesPage::goToSuspect(int direction) {
    FacesModel& faces = studio_.faces;
    for (int row = faces.current() + direction; row >= 0 && row < faces.rows(); row += direction) {
        const FaceItem& face = faces.face(row);
        if (face.suspect && face.state == media::ReviewState::undecided) {
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
    const FaceCounts& counts = faces.counts();
    QString line =
        tr("%1 kept   %2 rejected").arg(countText(counts.kept), countText(counts.rejected));
    if (faces.rows() != faces.total()) {
        line =
            tr("%1 of %2 shown   ").arg(countText(faces.rows()), countText(faces.total())) + line;
    }
    if (faces.selectedCount() > 1) {
        line =
            tr("%1 selected   ").arg(countText(static_cast<int64_t>(faces.selectedCount()))) + line;
    }
    counts_->setText(any ? line : QString());
    const int suspects = faces.suspects();
    hint_->setText(
        !any ? QString()
        : suspects > 0
            ? tr("%1 suspects first: low confidence, or jumping against their neighbours.")
                  .arg(countText(suspects))
            : tr("No suspects left. Next: train."));
    primary()->setText(!any ? tr("Find faces first")
                            : tr("Train with %1 faces").arg(countText(counts.kept)));
    Q_EMIT markChanged();
}

}  // namespace understudy::ui
