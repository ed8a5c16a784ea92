// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/review_page.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QUrl>
#include <algorithm>
#include <utility>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"
#include "ui/workspaces/review_takes.h"

namespace understudy::ui {
namespace {

constexpr int64_t kGhostReach = 5;  // frames before and after
constexpr int kStatusHeight = 78;

}  // namespace

ReviewPage::ReviewPage(Studio& studio, QWidget* parent) : Page(PageId::review, studio, parent) {
    thumbnails_.follow(&studio_.display);
    QWidget* centre = buildCentre();
    QWidget* status = buildStatus();
    buildDocks({{"Versions", tr("Versions"), buildList()}}, 280, centre,
               {{"Status", tr("Status"), status, kStatusHeight}, {"Notes", tr("Notes"), notes_}},
               340);
    buildKeys();
    connect(&studio_.swaps, &SwapsModel::changed, this,
            [this] { whenSeen([this] { refresh(); }); });
    connect(&studio_.versions, &VersionsModel::changed, this, &ReviewPage::refresh);
    connect(&studio_.session, &ProjectSession::changed, this, &ReviewPage::refresh);
    connect(list_, &VersionList::chosen, this, &ReviewPage::choose);
    connect(player_, &Player::opened, this, &ReviewPage::checkLength);
    connect(player_, &Player::frameChanged, this, &ReviewPage::refreshWords);
    connect(player_, &Player::frameShown, this, &ReviewPage::showMarks);
    connect(player_, &Player::modeChanged, this, &ReviewPage::showMode);
    connect(player_->ruler(), &FrameRuler::noteRequested, this, [this](qint64 id) {
        notes_->choose(id);
        if (const media::NoteRecord* note = studio_.versions.note(id)) {
            player_->transport()->setPlaying(false);
            player_->transport()->seek(note->first);
        }
    });
    connect(player_, &Player::frameFailed, this, &ReviewPage::noteDamage);
    connect(player_, &Player::failed, this, [this](const Error& error) {
        unreadable_ = error;
        tellDamage();
    });
    connect(&studio_.jobs, &JobsModel::jobEnded, this, &ReviewPage::takeRendered);
    connect(player_->view(), &CompareView::markDrawn, this, &ReviewPage::addMark);
    connect(player_->view(), &CompareView::presentWanted, this,
            [this] { presentOnly(!presenting_); });
    connect(player_->view(), &CompareView::toolLaidDown, this,
            [this] { notes_->setTool(DrawTool::none); });
    connect(notes_, &NotesPanel::toolChanged, this, [this](DrawTool tool) {
        player_->transport()->setPlaying(player_->transport()->playing() && tool == DrawTool::none);
        player_->view()->setTool(tool);
    });
    connect(notes_, &NotesPanel::chosen, this, [this](const media::NoteRecord& note) {
        const int64_t frame = player_->transport()->frame();
        if (frame < note.first || frame > note.last) {
            player_->transport()->setPlaying(false);
            player_->transport()->seek(note.first);
        }
    });
    connect(notes_, &NotesPanel::rangeWanted, this,
            [this] { notes_->setRange(player_->transport()->in(), player_->transport()->out()); });
    connect(notes_, &NotesPanel::actRequested, this, &ReviewPage::act);
    connect(notes_, &NotesPanel::exportRequested, this, &ReviewPage::exportNotes);
    refresh();
}

QWidget* ReviewPage::buildList() {
    auto* panel = new Panel(tr("Versions"));
    panel->body()->setContentsMargins(0, 0, 0, 8);
    list_ = new VersionList(&thumbnails_, pictureOf);
    panel->body()->addWidget(list_, 1);
    facts_ = label({}, theme::FontUse::caption, theme::kSecond);
    facts_->setObjectName("swapFacts");
    facts_->setWordWrap(true);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    facts_->setContentsMargins(8, 0, 8, 0);
    panel->body()->addWidget(facts_);
    all_ = new QPushButton(icon("review"), tr("All versions"));
    all_->setObjectName("allVersions");
    all_->setCheckable(true);
    all_->setToolTip(tipWithKey(tr("The versions of all clips on one board"), tr("Shift+V")));
    auto* whole = new QHBoxLayout;
    whole->setContentsMargins(8, 0, 8, 0);
    whole->addWidget(all_);
    panel->body()->addLayout(whole);
    connect(all_, &QPushButton::clicked, this, &ReviewPage::showBoard);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(8, 0, 8, 0);
    sheet_ = new QPushButton(icon("sheet"), tr("Contact sheet…"));
    sheet_->setObjectName("contactSheet");
    folder_ = new QPushButton(icon("folder"), tr("Open folder"));
    folder_->setObjectName("swapFolder");
    row->addWidget(sheet_, 1);
    row->addWidget(folder_, 1);
    panel->body()->addLayout(row);
    connect(sheet_, &QPushButton::clicked, this, &ReviewPage::exportSheet);
    connect(folder_, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(shown_.out).absolutePath()));
    });
    return panel;
}

QWidget* ReviewPage::buildCentre() {
    player_ = new Player(studio_.decoding);
    player_->look()->setDisplay(&studio_.display);
    player_->setObjectName("reviewPlayer");
    QHBoxLayout* row = player_->header();
    mode_ = new QComboBox;
    mode_->setObjectName("compareMode");
    mode_->setToolTip(tr("How A and B are compared (W, Shift+W)"));
    for (const QString& name : {tr("A alone"), tr("wipe"), tr("difference x4"), tr("overlay"),
                                tr("side by side"), tr("B alone")}) {
        mode_->addItem(name);
    }
    compared_ = new QComboBox;
    compared_->setObjectName("compareWith");
    compared_->setToolTip(tr("What A is compared with (Shift+1 to 9)"));
    compared_->setMinimumWidth(96);
    row->insertWidget(0, label(tr("A"), theme::FontUse::caption, theme::kSecond));
    row->insertWidget(3, mode_);
    row->insertWidget(4, label(tr("B"), theme::FontUse::caption, theme::kSecond));
    row->insertWidget(5, compared_);
    row->insertSpacing(6, 8);
    QToolButton* present =
        iconButton("present", tipWithKey(tr("Show the picture alone"), tr("Tab")), "present");
    row->addWidget(present);
    connect(present, &QToolButton::clicked, this, [this] { presentOnly(true); });
    connect(mode_, &QComboBox::activated, this,
            [this](int mode) { player_->setMode(static_cast<CompareMode>(mode)); });
    connect(compared_, &QComboBox::activated, this, &ReviewPage::compareWith);
    player_->setMode(CompareMode::wipe);
    showMode(CompareMode::wipe);
    centre_ = new QStackedWidget;
    empty_ = new EmptyState("review", tr("No versions yet."), tr("Make one from a checkpoint."));
    empty_->setObjectName("reviewEmpty");
    next_ = empty_->addButton(tr("Go to Train"), "reviewNext");
    connect(next_, &QPushButton::clicked, primary(), &QPushButton::click);
    centre_->addWidget(empty_);
    centre_->addWidget(player_);
    buildBoard();
    return centre_;
}

// And the notes, which point into it.
QWidget* ReviewPage::buildStatus() {
    auto* panel = new Panel(tr("Status"));
    status_ = new QComboBox;
    status_->setObjectName("versionStatus");
    status_->setToolTip(tr("How the version stands (Ctrl+Shift+1 to 4)"));
    status_->setIconSize({16, 16});
    for (const media::VersionStatus status : media::kVersionStatuses) {
        status_->addItem(icon(statusIcon(status), theme::stateColor(statusIcon(status))),
                         statusText(status));
    }
    panel->body()->addWidget(status_);
    connect(status_, &QComboBox::activated, this,
            [this](int status) { setStatus(static_cast<media::VersionStatus>(status)); });
    notes_ = new NotesPanel(&studio_.versions, &thumbnails_, [this](int64_t frame) {
        const auto number = player_->source().frames.inFile(frame);
        return number && shown_.playable ? FrameOfFile{shown_.out, number} : FrameOfFile();
    });
    notes_->setObjectName("notesPanel");
    connect(primary(), &QPushButton::clicked, this, [this] {
        const media::VersionRecord* now = version();
        if (now == nullptr) {
            Q_EMIT goTo(studio_.session.snapshot().runs.empty() ? PageId::train : PageId::deliver);
        } else if (now->status == media::VersionStatus::approved) {
            Q_EMIT goTo(PageId::deliver);
            Q_EMIT deliverWanted(now->id);
        } else {
            player_->transport()->setPlaying(false);
            notes_->begin(player_->transport()->frame(), player_->transport()->frame());
        }
    });
    return panel;
}

void ReviewPage::leave() {
    presentOnly(false);
    notes_->commitText();
}

QWidget* ReviewPage::focusTarget() const {
    return boarded_ ? static_cast<QWidget*>(board_->cards()) : player_->view();
}

int ReviewPage::attention() const {
    const auto& versions = studio_.versions.versions();
    return static_cast<int>(std::count_if(
        versions.begin(), versions.end(),
        [](const auto& version) { return version.status == media::VersionStatus::pendingReview; }));
}

const media::VersionRecord* ReviewPage::version() const {
    return shown_.version == 0 ? nullptr : studio_.versions.find(shown_.version);
}

void ReviewPage::showMode(CompareMode mode) {
    mode_->setCurrentIndex(static_cast<int>(mode));
    compared_->setEnabled(mode != CompareMode::off);
}

void ReviewPage::refresh() {
    const auto takes = reviewTakes(studio_);
    centre_->setCurrentWidget(takes.empty() ? empty_
                              : boarded_    ? static_cast<QWidget*>(board_)
                                            : player_);
    all_->setEnabled(!takes.empty());
    list_->setTakes(takes);
    board_->setTakes(takes);
    if (std::any_of(takes.begin(), takes.end(),
                    [this](const Take& take) { return take.out == wanted_; })) {
        list_->choose(std::exchange(wanted_, {}));
    }
    const bool hasRuns = !studio_.session.snapshot().runs.empty();
    empty_->setTexts(tr("No versions yet."),
                     hasRuns ? tr("Make one from a checkpoint: Deliver renders it.")
                             : tr("Train first; then make one from a checkpoint."));
    next_->setText(hasRuns ? tr("Go to Deliver") : tr("Go to Train"));
    if (takes.empty()) {
        shown_ = {};
        player_->setSource({}, std::nullopt, {});
        notes_->setVersion(0);
    }
    if (!shown_.out.isEmpty() &&
        player_->source().frames.counts() == sourceOf(studio_, shown_).frames.counts()) {
        fillComparisons(shown_);
    }
    refreshWords();
    showMarks();
    Q_EMIT markChanged();
}

void ReviewPage::refreshWords() {
    const media::VersionRecord* now = version();
    const bool editable = now != nullptr && !studio_.session.readOnly();
    status_->setEnabled(editable);
    if (now != nullptr) {
        status_->setCurrentIndex(static_cast<int>(now->status));
    }
    folder_->setEnabled(!shown_.out.isEmpty());
    sheet_->setEnabled(!shown_.out.isEmpty() && !writing_);
    if (now == nullptr) {
        primary()->setText(studio_.session.snapshot().runs.empty() ? tr("Train first")
                                                                   : tr("Make a version…"));
    } else if (now->status == media::VersionStatus::approved) {
        primary()->setText(tr("Deliver %1").arg(shown_.name));
    } else {
        primary()->setText(tr("Add note at %1").arg(player_->transport()->frame()));
    }
    primary()->setEnabled(now == nullptr || editable);
}

void ReviewPage::choose() {
    const Take* take = list_->current();
    if (take == nullptr) {
        return;
    }
    const bool same = take->out == shown_.out && take->playable == shown_.playable &&
                      take->known == shown_.known && take->frames == shown_.frames;
    const int64_t before = shown_.version;
    shown_ = *take;
    board_->cards()->setCurrent(take->out);
    const QDateTime made = QDateTime::fromString(take->created, Qt::ISODate).toLocalTime();
    QString facts = tr("%1 with %2").arg(take->clip, take->run);
    if (!take->face.isEmpty()) {
        facts += tr(", face of %1").arg(take->face);
    }
    facts += tr("\nMade %1\n%2").arg(made.toString("yyyy-MM-dd hh:mm"), take->out);
    if (!take->known) {
        facts +=
            tr("\n\nThis swap is %1. Render it again before anybody uses it.").arg(take->state);
    }
    facts_->setText(facts);
    notes_->setEditable(take->version != 0 && !studio_.session.readOnly());
    if (take->version != before || !same) {
        notes_->setVersion(take->version);
    }
    if (!same) {
        messages()->dismiss();
        damaged_.clear();
        unreadable_.reset();
        if (!take->playable) {
            const bool running = take->icon == QStringLiteral("running");
            player_->setSource(
                {take->name, {}, {}}, std::nullopt,
                running ? tr("This swap is being rendered.")
                : take->replaced
                    ? tr("%1 was %2: its files show that one.").arg(take->name, take->state)
                    : tr("The file is not there: %1. Render it again, or put it back.")
                          .arg(take->out));
            if (!running && !take->replaced) {
                unreadable_ = Error{ErrorCode::missingInput, utf8(tr("the file is not there")),
                                    utf8(take->out), ""};
                tellDamage();
            }
        } else {
            const PlayerSource source = sourceOf(studio_, *take);
            const auto frames = framesOf(studio_, *take);
            const auto* clip = clipOf(studio_, take->clip);
            std::optional<Timeline> timeline;
            if (source.frames.counts()) {
                timeline = Timeline{frames.front(), frames.back(), clip->fps, {}};
                for (int64_t frame = frames.front(); frame <= frames.back(); ++frame) {
                    if (!std::binary_search(frames.begin(), frames.end(), frame)) {
                        timeline->missing.push_back(frame);
                    }
                }
            }
            player_->setSource(source, timeline, tr("Opening…"), clip ? clip->fps : 0);
        }
    }
    fillComparisons(*take);
    refreshWords();
    showMarks();
}

void ReviewPage::fillComparisons(const Take& take) {
    auto others =
        take.playable ? comparisons(studio_, take, list_->listed()) : std::vector<PlayerSource>();
    const auto same = [](const PlayerSource& a, const PlayerSource& b) {
        return a.name == b.name && a.path == b.path;
    };
    if (std::equal(others.begin(), others.end(), others_.begin(), others_.end(), same)) {
        return;
    }
    others_ = std::move(others);
    const QSignalBlocker quiet(compared_);
    compared_->clear();
    int chosen = 0;
    for (size_t i = 0; i < others_.size(); ++i) {
        compared_->addItem(others_[i].name);
        chosen = others_[i].name == second_ ? static_cast<int>(i) : chosen;
    }
    if (others_.empty()) {
        player_->setSecond({});
    } else {
        compared_->setCurrentIndex(chosen);
        player_->setSecond(others_[static_cast<size_t>(chosen)]);
    }
}

void ReviewPage::compareWith(int row) {
    compared_->setCurrentIndex(row);
    second_ = others_[static_cast<size_t>(row)].name;
    if (player_->view()->mode() == CompareMode::off) {
        player_->setMode(CompareMode::wipe);
    }
    player_->setSecond(others_[static_cast<size_t>(row)]);
}

// A movie that is not as long as what was rendered: nobody can say which frames it shows.
void ReviewPage::checkLength() {
    const FrameMap& frames = player_->source().frames;
    const int64_t length = player_->loader().info()->frames;
    if (!frames.counts() || frames.length() == length) {
        return;
    }
    messages()->show(MessageBar::Kind::warning,
                     tr("This movie has %1 frames, and it is not known which of the plate they "
                        "are. It cannot be compared with the plate.")
                         .arg(countText(length)));
    player_->setSource({shown_.name, shown_.out, {}}, std::nullopt, tr("Opening…"));
    player_->setSecond({});
    const QSignalBlocker quiet(compared_);
    compared_->clear();
    others_.clear();
}

void ReviewPage::showMarks() {
    const int64_t frame = player_->shownFrame();
    media::NoteDrawing here;
    media::NoteDrawing near;
    std::vector<FrameRuler::NoteSpan> spans;
    const auto add = [](media::NoteDrawing& drawing, const media::NoteRecord& note) {
        drawing.marks.insert(drawing.marks.end(), note.drawing.marks.begin(),
                             note.drawing.marks.end());
    };
    for (const auto& note : studio_.versions.notesOf(shown_.version)) {
        spans.push_back({note.first, note.last, note.open(), note.id, text(note.text)});
        if (frame >= note.first && frame <= note.last) {
            add(here, note);
        } else if (frame >= note.first - kGhostReach && frame <= note.last + kGhostReach) {
            add(near, note);
        }
    }
    if (player_->transport()->playing()) {
        near = {};
    }
    player_->view()->setDrawing(std::move(here), std::move(near));
    if (!(spans == player_->ruler()->notes())) {
        player_->ruler()->setNotes(std::move(spans));
    }
}

// Into the note that is chosen where it is about this frame, else into a new one.
void ReviewPage::addMark(const media::DrawingMark& mark) {
    if (version() == nullptr || studio_.session.readOnly()) {
        return;
    }
    notes_->commitText();
    const int64_t frame = player_->transport()->frame();
    const media::NoteRecord* chosen = studio_.versions.note(notes_->current());
    if (chosen != nullptr && frame >= chosen->first && frame <= chosen->last) {
        media::NoteRecord after = *chosen;
        after.drawing.marks.push_back(mark);
        studio_.versions.changeNote(after, tr("Draw"));
        return;
    }
    media::NoteRecord note;
    note.version = shown_.version;
    note.first = note.last = frame;
    note.drawing.marks.push_back(mark);
    notes_->choose(studio_.versions.addNote(note));
}

void ReviewPage::setStatus(media::VersionStatus status) {
    const media::VersionRecord* now = version();
    if (now == nullptr || now->status == status || studio_.session.readOnly()) {
        return;
    }
    const int open = studio_.versions.openNotes(now->id);
    if (status == media::VersionStatus::approved && open > 0 &&
        !studio_.dialogs->confirm(this,
                                  open == 1 ? tr("1 note is open. Approve anyway?")
                                            : tr("%1 notes are open. Approve anyway?").arg(open),
                                  tr("They stay with the version."), tr("Approve"))) {
        refreshWords();
        return;
    }
    studio_.versions.setStatus(now->id, status);
}

void ReviewPage::presentOnly(bool on) {
    if (on == presenting_ || (on && centre_->currentWidget() != player_)) {
        return;
    }
    presenting_ = on;
    leave_->setEnabled(on);
    notes_->setTool(DrawTool::none);
    if (on) {
        messages()->dismiss();
    }
    hideSides(on);
    player_->setBare(on);
    Q_EMIT presenting(on);
    player_->view()->setFocus();
}

}  // namespace understudy::ui
