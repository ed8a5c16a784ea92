// SPDX-License-Identifier: GPL-3.0-or-later
// What is done with clips and performers on Ingest: brought in, searched, moved, taken out, named.
#include <QFileInfo>
#include <QMenu>
#include <algorithm>

#include "ui/models/clip_people.h"
#include "ui/models/formatting.h"
#include "ui/models/job_requests.h"
#include "ui/panels/icons.h"
#include "ui/workspaces/ingest_page.h"

namespace understudy::ui {
namespace {

QMenu* newMenu(QWidget* parent, const char* name) {
    auto* menu = new QMenu(parent);
    menu->setObjectName(name);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    return menu;
}

}  // namespace

ClipBin* IngestPage::addBin(ClipListModel* model, PerformerRole role) {
    auto* bin = new ClipBin(model, role);
    const auto known = [model] { return model->performer(); };
    connect(bin, &ClipBin::addRequested, this,
            [this, role, known] { chooseFilesFor(role, known()); });
    connect(bin, &ClipBin::dropped, this, [this, role, known](const QStringList& paths) {
        role == PerformerRole::others ? importFor(known(), paths) : import(role, paths);
    });
    connect(bin, &ClipBin::clipsDropped, this,
            [this, bin](const QStringList& clips) { moveClips(clips, bin); });
    connect(bin, &ClipBin::clipActivated, this, &IngestPage::showClip);
    connect(bin, &ClipBin::consentRequested, this, &IngestPage::editConsent);
    connect(bin, &ClipBin::menuRequested, this, &IngestPage::askClipMenu);
    connect(bin, &ClipBin::performerMenuRequested, this,
            [this, bin](const QPoint& at) { showPerformerMenu(bin, at); });
    connect(bin, &ClipBin::renameRequested, this,
            [this](const QString& performer, const QString& name) {
                edits_.rename(utf8(performer), utf8(name));
            });
    // Before the button that adds another.
    bins_->insertWidget(addPerformer_ == nullptr ? bins_->count() : bins_->count() - 1, bin, 1);
    return bin;
}

std::vector<ClipBin*> IngestPage::allBins() const {
    std::vector<ClipBin*> bins = {sourceBin_, destinationBin_};
    bins.insert(bins.end(), otherBins_.begin(), otherBins_.end());
    return bins;
}

// A bin for everybody who is in the project, with what was agreed with them.
void IngestPage::showBins() {
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    std::vector<std::string> others;
    for (const std::string& performer : snapshot.performers()) {
        if (snapshot.roleOf(performer) == PerformerRole::others) {
            others.push_back(performer);
        }
    }
    std::erase_if(otherBins_, [&](ClipBin* bin) {
        const bool gone =
            std::find(others.begin(), others.end(), bin->model()->performer()) == others.end();
        if (gone) {
            bin->hide();
            bin->deleteLater();
        }
        return gone;
    });
    for (const std::string& performer : others) {
        const bool there = std::any_of(otherBins_.begin(), otherBins_.end(), [&](ClipBin* bin) {
            return bin->model()->performer() == performer;
        });
        if (!there) {
            auto* model = new ClipListModel(&studio_.session, &studio_.jobs, &studio_.plates,
                                            &studio_.display, PerformerRole::others, performer);
            ClipBin* bin = addBin(model, PerformerRole::others);
            model->setParent(bin);
            otherBins_.push_back(bin);
            if (performer == newPerformer_) {
                newPerformer_.clear();
                bin->editName();
            }
        }
    }
    const bool editable = studio_.session.isOpen() && !studio_.session.readOnly();
    addPerformer_->setEnabled(editable);
    const std::string today = media::today();
    for (ClipBin* bin : allBins()) {
        const std::string performer = bin->model()->performer();
        bin->showName();
        bin->setEditable(editable);
        bin->setConsent(consentWords(snapshot.consents, performer, today),
                        performer.empty() ? QStringList() : QStringList{text(performer)});
    }
}

// A name that nobody has.
QString IngestPage::freeName() const {
    const auto performers = studio_.session.snapshot().performers();
    for (size_t i = performers.size() + 1;; ++i) {
        const QString name = tr("Performer %1").arg(i);
        if (std::find(performers.begin(), performers.end(), utf8(name)) == performers.end()) {
            return name;
        }
    }
}

void IngestPage::addPerformer() {
    const QString name = freeName();
    newPerformer_ = utf8(name);
    edits_.addPerformer(newPerformer_);
}

void IngestPage::showPerformerMenu(ClipBin* bin, const QPoint& at) {
    const std::string performer = bin->model()->performer();
    const PerformerRole role = bin->role();
    auto* menu = newMenu(this, "performerMenu");
    menu->addAction(icon("add"), tr("Add clips…"),
                    [this, role, performer] { chooseFilesFor(role, performer); });
    menu->addAction(icon("folder"), tr("Add a folder…"), [this, performer] {
        importFor(performer, {studio_.dialogs->clipFolder(this, clipFolder())});
    });
    menu->addSeparator();
    menu->addAction(tr("Rename"), bin, &ClipBin::editName);
    for (const auto& [other, words] :
         {std::pair{PerformerRole::source, tr("Make the source: whose face appears")},
          std::pair{PerformerRole::destination, tr("Make the destination: who is replaced")}}) {
        if (other != role) {
            menu->addAction(words, [this, performer, other] { edits_.setRole(performer, other); });
        }
    }
    menu->addSeparator();
    auto* remove = menu->addAction(icon("trash"), tr("Take out of the project"),
                                   [this, performer] { edits_.removePerformer(performer); });
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    const bool empty = bin->model()->rowCount() == 0 && snapshot.countsOf(performer).found == 0;
    remove->setEnabled(empty);
    remove->setToolTip(empty ? QString() : tr("Clips or faces are of this performer"));
    menu->popup(at);
}

QString IngestPage::clipFolder() const {
    return studio_.settings->text("folder/clips", studio_.session.folder());
}

void IngestPage::chooseFilesFor(PerformerRole role, const std::string& performer) {
    const QStringList files = studio_.dialogs->clipFiles(this, clipFolder());
    performer.empty() ? import(role, files) : importFor(performer, files);
}

void IngestPage::chooseFiles(PerformerRole role) {
    chooseFilesFor(role, {});
}

void IngestPage::chooseFolder(PerformerRole role) {
    import(role, {studio_.dialogs->clipFolder(this, clipFolder())});
}

void IngestPage::importFor(const std::string& performer, QStringList paths, PerformerRole role) {
    paths.removeAll(QString());  // nothing was chosen
    if (!paths.isEmpty()) {
        studio_.settings->setText("folder/clips", QFileInfo(paths.front()).absolutePath());
        import_.run(paths, text(performer), role);
    }
}

void IngestPage::import(PerformerRole role, QStringList paths) {
    paths.removeAll(QString());
    if (paths.isEmpty()) {
        return;
    }
    QStringList taken;
    for (const std::string& performer : studio_.session.snapshot().performers()) {
        taken << text(performer);
    }
    if (role == PerformerRole::others) {
        importFor(utf8(ClipImport::performerFor(paths, freeName(), taken)), paths);
        return;
    }
    const bool toSource = role == PerformerRole::source;
    ClipBin* bin = toSource ? sourceBin_ : destinationBin_;
    if (const std::string known = bin->model()->performer(); !known.empty()) {
        importFor(known, paths);
        return;
    }
    QString performer = bin->wishedName();
    const ClipListModel& other = toSource ? destination_ : source_;
    if (performer.isEmpty() || performer == text(other.performer())) {
        performer = ClipImport::performerFor(paths, toSource ? tr("Source") : tr("Destination"),
                                             {text(other.performer())});
    }
    bin->setWishedName(performer);  // of what is dropped before these are in, too
    importFor(utf8(performer), paths, role);
}

std::vector<media::ClipRecord> IngestPage::records(const QStringList& clips) const {
    std::vector<media::ClipRecord> found;
    for (const media::ClipRecord& clip : studio_.session.snapshot().clips) {
        if (clips.contains(text(clip.name))) {
            found.push_back(clip);
        }
    }
    return found;
}

// Those selected together with the one that is shown.
QStringList IngestPage::chosenClips() const {
    for (const ClipBin* bin : allBins()) {
        if (const QStringList selected = bin->selected(); selected.contains(clip_)) {
            return selected;
        }
    }
    return clip_.isEmpty() ? QStringList() : QStringList{clip_};
}

// The people of one clip are read first.
void IngestPage::askClipMenu(const QStringList& clips, const QPoint& at) {
    if (clips.size() != 1) {
        showClipMenu(clips, {}, at);
        return;
    }
    studio_.session.ask(
        this,
        [clip = utf8(clips.front())](media::Project& project) { return peopleOf(project, clip); },
        [this, clips, at](Result<std::vector<PersonInClip>> people) {
            showClipMenu(clips, people.ok() ? *people : std::vector<PersonInClip>(), at);
        });
}

void IngestPage::showClipMenu(const QStringList& clips, const std::vector<PersonInClip>& people,
                              const QPoint& at) {
    const auto found = records(clips);
    if (found.empty()) {
        return;
    }
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    const bool searched = std::any_of(found.begin(), found.end(), [&](const auto& clip) {
        const auto counts = snapshot.faces.find(clip.name);
        return counts != snapshot.faces.end() && counts->second.searched > 0;
    });
    auto* menu = newMenu(this, "clipMenu");
    menu->addAction(icon("search"),
                    withKey(searched ? tr("Find faces again") : tr("Find faces"), findKey_),
                    [this, clips] { findFacesIn(clips); });
    if (clips.size() == 1) {
        QMenu* whose = menu->addMenu(tr("Whose face"));
        whose->setObjectName("whoseFace");
        fillPeople(whose, clips.front(), people);
    }
    QMenu* move = menu->addMenu(tr("Move to"));
    move->setObjectName("moveTo");
    for (ClipBin* bin : allBins()) {
        const std::string performer = bin->model()->performer();
        if (!performer.empty() && performer != found.front().performer) {
            move->addAction(text(performer), [this, clips, bin] { moveClips(clips, bin); });
        }
    }
    move->addAction(icon("add"), tr("Another performer"), [this, found] {
        newPerformer_ = utf8(freeName());
        edits_.give(found, newPerformer_);
    });
    menu->addSeparator();
    menu->addAction(icon("trash"), withKey(tr("Take out of the project"), removeKey_),
                    [this, clips] { removeClips(clips); });
    for (QAction* action : menu->actions()) {
        action->setEnabled(!studio_.session.readOnly());
    }
    menu->popup(at);
}

void IngestPage::fillPeople(QMenu* menu, const QString& clip,
                            const std::vector<PersonInClip>& people) {
    for (const PersonInClip& one : people) {
        auto* action = menu->addAction(one.words(), [this, clip, one] { follow(clip, one); });
        action->setCheckable(true);
        action->setChecked(one.chosen);
    }
    if (people.empty()) {
        menu->addAction(tr("Find the faces first: then those in the clip are listed here"))
            ->setEnabled(false);
    }
}

void IngestPage::choosePerson() {
    const QString clip = clip_;
    if (clip.isEmpty() || studio_.session.readOnly()) {
        return;
    }
    studio_.session.ask(
        this, [name = utf8(clip)](media::Project& project) { return peopleOf(project, name); },
        [this, clip](Result<std::vector<PersonInClip>> people) {
            auto* menu = newMenu(this, "whoseFace");
            fillPeople(menu, clip, people.ok() ? *people : std::vector<PersonInClip>());
            menu->popup(viewer_->mapToGlobal(viewer_->rect().center()));
        });
}

void IngestPage::follow(const QString& clip, const PersonInClip& person) {
    const bool sure =
        person.chosen ||
        studio_.dialogs->confirm(
            this, tr("Take the faces of person %1 in %2?").arg(person.number).arg(clip),
            tr("They replace those found so far, and faces that were assigned to others there no "
               "longer are. Decisions and corrections stay by frame."),
            tr("Find these faces"));
    if (sure) {
        findFacesIn({clip}, {"--person", std::to_string(person.number)});
    }
}

void IngestPage::findFacesIn(const QStringList& clips, const std::vector<std::string>& more) {
    auto options = search_->arguments();
    if (!options || studio_.session.readOnly()) {
        return;
    }
    options->insert(options->end(), more.begin(), more.end());
    const std::string project = utf8(studio_.session.folder());
    for (const media::ClipRecord& clip : records(clips)) {
        if (studio_.jobs.active("extract", {}, clip.name) != nullptr) {
            continue;
        }
        ++asked_;
        studio_.jobs.start(findFacesJob(project, clip.name, *options),
                           [this](const Status& status) {
                               --asked_;
                               if (!status.ok()) {
                                   showError(status.error());
                               }
                               refresh();
                           });
    }
    messages()->dismiss();
    refresh();
}

void IngestPage::moveClips(const QStringList& clips, ClipBin* bin) {
    auto moved = records(clips);
    std::string performer = bin->model()->performer();
    PerformerRole role = PerformerRole::others;
    if (performer.empty()) {  // nobody has this role yet
        role = bin->role();
        performer = utf8(bin->wishedName());
        performer = performer.empty() ? utf8(freeName()) : performer;
    }
    std::erase_if(moved, [&](const auto& clip) { return clip.performer == performer; });
    if (!moved.empty()) {
        edits_.give(moved, performer, role);
    }
}

void IngestPage::removeClips(const QStringList& clips) {
    const auto found = records(clips);
    if (found.empty() || studio_.session.readOnly()) {
        return;
    }
    std::vector<std::string> names;
    for (const media::ClipRecord& clip : found) {
        names.push_back(clip.name);
    }
    // A search that waits could only fail, and be resumed only to fail.
    std::vector<std::string> jobs;
    for (const JobState& job : studio_.jobs.jobs()) {
        if (job.active() && std::find(names.begin(), names.end(), job.info.clip) != names.end()) {
            jobs.push_back(job.info.job);
        }
    }
    const bool sure =
        jobs.empty() || studio_.dialogs->confirm(
                            this,
                            tr("A job works on %1. Stop it and take the clip out?")
                                .arg(clips.join(QStringLiteral(", "))),
                            tr("The clip comes back by undo, the job does not."), tr("Take out"));
    if (!sure) {
        return;
    }
    for (const std::string& job : jobs) {
        studio_.jobs.act(JobAction::stop, job);
    }
    edits_.remove(names);
    messages()->show(MessageBar::Kind::note,
                     tr("%1 is out of the project, with its faces and what was decided about them. "
                        "Undo (Ctrl+Z) or importing it again brings all of it back; the plate "
                        "stays untouched.")
                         .arg(clips.join(QStringLiteral(", "))));
    if (clips.contains(clip_)) {
        viewer_->setClip({}, {}, {});
        clip_.clear();
        viewed_ = false;
    }
}

}  // namespace understudy::ui
