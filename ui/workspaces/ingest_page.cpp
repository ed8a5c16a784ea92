// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/ingest_page.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/panels/column_scroll.h"
#include "ui/panels/consent_dialog.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

IngestPage::IngestPage(Studio& studio, QWidget* parent)
    : Page(PageId::ingest, studio, parent),
      import_(&studio.session),
      consent_(&studio.session, &studio.undo),
      edits_(&studio.session, &studio.undo),
      source_(&studio.session, &studio.jobs, &studio.plates, &studio.display,
              PerformerRole::source),
      destination_(&studio.session, &studio.jobs, &studio.plates, &studio.display,
                   PerformerRole::destination) {
    setAcceptDrops(true);
    buildColumns(buildBins(), 320, buildCentre(), buildRight(), 320);
    targets_ = new DropTargets(this);
    connect(targets_, &DropTargets::dropped, this, &IngestPage::import);
    buildKeys();

    connect(viewer_, &Player::opened, this, &IngestPage::refreshDetails);
    connect(primary(), &QPushButton::clicked, this, &IngestPage::act);
    connect(&studio_.session, &ProjectSession::changed, this, &IngestPage::refresh);
    connect(&studio_.session, &ProjectSession::closed, this, [this] {
        clip_.clear();
        viewer_->setClip({}, {}, {});
        messages()->dismiss();
        refresh();
    });
    connect(&studio_.jobs, &JobsModel::changed, this, &IngestPage::refresh);
    connect(&studio_.jobs, &JobsModel::facesFound, this, [this](const QString& clip) {
        if (clip == clip_) {
            loadOutlines();
        }
    });
    connect(&studio_.jobs, &JobsModel::jobEnded, this, &IngestPage::tellEnd);
    connect(&consent_, &ConsentEdits::failed, this, &IngestPage::showError);
    connect(&import_, &ClipImport::busyChanged, this, &IngestPage::refresh);
    connect(&import_, &ClipImport::finished, this, [this](const ImportResult& result) {
        tellImported(result);
        if (!result.added.empty()) {
            edits_.imported(result.added, result.role);
        }
        if (!result.clips.empty()) {
            showClip(text(result.clips.front().name));
        }
    });
    refresh();
}

// A search that failed: why, and once more.
void IngestPage::tellEnd(const QString& id) {
    const JobState* ended = studio_.jobs.find(utf8(id));
    if (ended == nullptr || ended->info.kind != "extract" || !ended->failed() ||
        !ended->info.error) {
        return;
    }
    const auto waiting = clipsToSearch();
    const bool again = std::any_of(waiting.begin(), waiting.end(),
                                   [&](const auto& clip) { return clip.name == ended->info.clip; });
    messages()->show(MessageBar::Kind::error,
                     tr("%1: %2").arg(text(ended->info.title), errorText(*ended->info.error)),
                     again && !studio_.session.readOnly() ? tr("Try again") : QString(),
                     [this] { findFaces(); });
}

// Errors before warnings, three lines of them.
void IngestPage::tellImported(const ImportResult& result) {
    QStringList lines;
    for (const Error& error : result.errors) {
        lines << errorText(error);
    }
    lines << result.warnings;
    if (lines.isEmpty()) {
        messages()->dismiss();
        return;
    }
    if (const auto more = lines.size() - 3; more > 0) {
        lines = lines.mid(0, 3) << tr("And %1 more.").arg(more);
    }
    messages()->show(result.errors.empty() ? MessageBar::Kind::warning : MessageBar::Kind::error,
                     lines.join('\n'));
}

QWidget* IngestPage::buildBins() {
    auto* box = new QWidget;
    bins_ = new QVBoxLayout(box);
    bins_->setContentsMargins(0, 0, 0, 0);
    bins_->setSpacing(4);
    sourceBin_ = addBin(&source_, PerformerRole::source);
    destinationBin_ = addBin(&destination_, PerformerRole::destination);
    addPerformer_ = new QPushButton(icon("add"), tr("Add performer"));
    addPerformer_->setObjectName("addPerformer");
    addPerformer_->setToolTip(
        tr("Somebody else: whose faces plates also show, or who makes a base model know more "
           "people"));
    connect(addPerformer_, &QPushButton::clicked, this, &IngestPage::addPerformer);
    bins_->addWidget(addPerformer_);
    auto* scroll = new ColumnScroll;
    scroll->setObjectName("performerBins");
    scroll->setWidget(box);
    return scroll;
}

QWidget* IngestPage::buildCentre() {
    centre_ = new QStackedWidget;
    auto* empty = new EmptyState(
        "film", tr("Drop clips or folders here"),
        tr("Movies, or EXR, DPX, TIFF, PNG, JPEG sequences.\nPlates are read where they are and "
           "never changed."));
    empty->setObjectName("ingestEmpty");
    connect(empty->addButton(tr("Add source files…"), "addFiles"), &QPushButton::clicked, this,
            [this] { chooseFiles(PerformerRole::source); });
    connect(empty->addButton(tr("Add source folder…"), "addFolder"), &QPushButton::clicked, this,
            [this] { chooseFolder(PerformerRole::source); });
    centre_->addWidget(empty);
    viewer_ = new ClipViewer(studio_.decoding);
    viewer_->look()->setDisplay(&studio_.display);
    viewer_->setObjectName("ingestViewer");
    centre_->addWidget(viewer_);
    return centre_;
}

QWidget* IngestPage::buildRight() {
    auto* clip = new Panel(tr("Clip"));
    details_ = new ClipDetails;
    connect(details_, &ClipDetails::said, this, [this](const media::ReadAs& said) {
        if (const media::ClipRecord* shown = shownClip()) {
            edits_.say(*shown, said);
        }
    });
    connect(&edits_, &ClipEdits::failed, this, [this] {
        refreshDetails();
        for (ClipBin* bin : allBins()) {
            bin->showName(true);
        }
    });
    clip->body()->addWidget(details_);
    clip->body()->addStretch(1);
    auto* next = new Panel(tr("Next"));
    summary_ = label({}, theme::FontUse::body, theme::kSecond);
    summary_->setObjectName("ingestSummary");
    summary_->setWordWrap(true);
    next->body()->addWidget(summary_);
    search_ = new SearchForm;
    connect(search_, &SearchForm::chosen, this,
            [this](const std::string& option, const std::string& value) {
                studio_.session.write([option, value](media::Project& project) {
                    return project.putSetting(searchSetting(option), value);
                });
            });
    next->body()->addWidget(search_);
    // In a small window the options of a search are longer than the column.
    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(clip, 1);
    column->addWidget(next);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inside);
    return rightColumn({scroll}, primary(), scroll);
}

void IngestPage::buildKeys() {
    addKey("importClips", tr("Import clips"), QKeySequence("Ctrl+I"), [this] {
        chooseFiles(source_.performer().empty() || !destination_.performer().empty()
                        ? PerformerRole::source
                        : PerformerRole::destination);
    });
    viewer_->addKeys(keyAdder());
    addKey("outlines", tr("Show or hide the faces' outlines"), Qt::Key_M,
           [this] { viewer_->setOutlines(!viewer_->outlines()); });
    findKey_ = addKey("findFaces", tr("Find faces in the chosen clips"),
                      QKeySequence("Ctrl+Shift+F"), [this] { findFacesIn(chosenClips()); });
    addKey("choosePerson", tr("Whose face the chosen clip is searched for"),
           QKeySequence("Ctrl+Shift+W"), [this] { choosePerson(); });
    addKey("addPerformer", tr("Add a performer"), QKeySequence("Ctrl+Shift+I"),
           [this] { addPerformer(); });
    removeKey_ = addKey("removeClips", tr("Take the chosen clips out of the project"),
                        Qt::Key_Delete, [this] { removeClips(chosenClips()); });
}

QWidget* IngestPage::focusTarget() const {
    return viewer_->view();
}

bool IngestPage::working() const {
    return studio_.jobs.active("extract") != nullptr;
}

const media::ClipRecord* IngestPage::shownClip() const {
    const auto& clips = studio_.session.snapshot().clips;
    const auto found = std::find_if(clips.begin(), clips.end(),
                                    [this](const auto& clip) { return text(clip.name) == clip_; });
    return found == clips.end() ? nullptr : &*found;
}

void IngestPage::showClip(const QString& name) {
    if (name != clip_) {
        clip_ = name;
        viewed_ = false;
    }
    viewClip();
    refreshDetails();
}

// A clip that was just imported is chosen before the snapshot knows it.
void IngestPage::viewClip() {
    const media::ClipRecord* clip = shownClip();
    if (clip != nullptr && (!viewed_ || readAs_ != clip->said)) {
        viewed_ = true;
        readAs_ = clip->said;
        viewer_->setClip(clip_, platePath(studio_.session, *clip), readAs_);
        loadOutlines();
    }
}

void IngestPage::loadOutlines() {
    const std::string name = utf8(clip_);
    studio_.session.look(
        this,
        [name](media::Project& project) {
            std::map<int64_t, media::Landmarks> outlines;
            if (auto faces = project.faces(name); faces.ok()) {
                for (const auto& face : *faces) {
                    if (face.how != media::FoundHow::missed) {
                        outlines.emplace(face.frame, face.landmarks);
                    }
                }
            }
            return outlines;
        },
        [this, name](std::map<int64_t, media::Landmarks> outlines) {
            if (utf8(clip_) == name) {
                viewer_->setFaces(std::move(outlines));
            }
        });
}

std::vector<media::ClipRecord> IngestPage::clipsToSearch() const {
    std::vector<media::ClipRecord> clips;
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    for (const auto& clip : snapshot.clips) {
        const auto counts = snapshot.faces.find(clip.name);
        const bool complete =
            counts != snapshot.faces.end() && counts->second.searched >= clip.frames;
        if (!complete && studio_.jobs.active("extract", {}, clip.name) == nullptr) {
            clips.push_back(clip);
        }
    }
    return clips;
}

void IngestPage::act() {
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    if (snapshot.clips.empty()) {
        chooseFiles(PerformerRole::source);
    } else if (!clipsToSearch().empty()) {
        findFaces();
    } else if (destination_.performer().empty()) {
        chooseFiles(PerformerRole::destination);
    } else {
        Q_EMIT goTo(PageId::faces);
    }
}

void IngestPage::findFaces() {
    QStringList clips;
    for (const auto& clip : clipsToSearch()) {
        clips << text(clip.name);
    }
    findFacesIn(clips);
}

void IngestPage::refresh() {
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    const bool any = !snapshot.clips.empty();
    centre_->setCurrentIndex(any ? 1 : 0);
    showBins();
    search_->setChosen(snapshot.search);
    search_->setEnabled(!studio_.session.readOnly());
    if (any && clip_.isEmpty()) {
        showClip(text(snapshot.clips.front().name));
    }
    viewClip();
    const FaceCounts all = snapshot.countsOf({});
    const auto waiting = static_cast<int>(clipsToSearch().size());
    const JobState* search = studio_.jobs.active("extract");
    primary()->setEnabled(!studio_.session.readOnly() && !import_.busy() && asked_ == 0);
    if (import_.busy()) {
        summary_->setText(tr("Reading the clips…"));
        primary()->setText(tr("Importing…"));
    } else if (!any) {
        summary_->setText(tr(
            "Add clips of the performer whose face is used, and of the one who is in the plates."));
        primary()->setText(tr("Add clips…"));
    } else if (waiting > 0 && asked_ == 0) {
        summary_->setText(
            waiting == 1
                ? tr("1 clip of %1 is not searched for faces yet.").arg(snapshot.clips.size())
                : tr("%1 clips of %2 are not searched for faces yet.")
                      .arg(waiting)
                      .arg(snapshot.clips.size()));
        primary()->setText(waiting == 1 ? tr("Find faces in 1 clip")
                                        : tr("Find faces in %1 clips").arg(waiting));
    } else if (search != nullptr || asked_ > 0) {
        summary_->setText(search == nullptr
                              ? tr("Starting…")
                              : tr("%1: %2. New faces appear on the Faces page.")
                                    .arg(text(search->info.title), search->progressText()));
        primary()->setText(all.found > 0 ? tr("Review faces") : tr("Finding faces…"));
        primary()->setEnabled(all.found > 0);
    } else if (destination_.performer().empty()) {
        summary_->setText(tr("%1 faces found. Now add the clips of the destination performer.")
                              .arg(countText(all.found)));
        primary()->setText(tr("Add destination clips…"));
    } else {
        summary_->setText(
            tr("%1 clips, %2 faces.").arg(snapshot.clips.size()).arg(countText(all.found)));
        primary()->setText(tr("Review faces"));
    }
    refreshDetails();
    Q_EMIT markChanged();
}

void IngestPage::editConsent(const QString& performer) {
    const auto& records = studio_.session.snapshot().consents;
    const auto* record = media::consentOf(records, utf8(performer), media::today());
    media::ConsentRecord shown;
    if (record != nullptr) {
        shown = *record;
    } else {
        shown.performer = utf8(performer);
        shown.scope = utf8(tr("training, swap, delivery"));
        shown.production = utf8(studio_.session.name());
        shown.signedOn = media::today();
        shown.approver = studio_.session.snapshot().person;
    }
    auto* dialog = new ConsentDialog(shown, studio_.dialogs, studio_.session.folder(),
                                     studio_.session.readOnly(), this);
    connect(dialog, &ConsentDialog::saved, &consent_, &ConsentEdits::put);
    connect(dialog, &ConsentDialog::removed, &consent_, &ConsentEdits::remove);
    dialog->open();
}

void IngestPage::refreshDetails() {
    const media::ClipRecord* clip = shownClip();
    const auto& faces = studio_.session.snapshot().faces;
    const auto counts = clip == nullptr ? faces.end() : faces.find(clip->name);
    details_->show(clip, counts == faces.end() ? FaceCounts() : counts->second,
                   viewer_->loader().info(), !studio_.session.readOnly());
}

void IngestPage::dragEnterEvent(QDragEnterEvent* event) {
    if (!studio_.session.readOnly() && !localPaths(event->mimeData()).isEmpty()) {
        targets_->appear(
            centre_->geometry().translated(centre_->parentWidget()->mapTo(this, QPoint())));
        event->ignore();  // the targets take it from here
    }
}

void IngestPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    targets_->hide();
}

}  // namespace understudy::ui
