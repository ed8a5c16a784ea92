// SPDX-License-Identifier: GPL-3.0-or-later
// What Review sets going: the way from a note to where it is dealt with, notes and sheets as files.
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QUrl>
#include <algorithm>
#include <set>

#include "media/notes/note_export.h"
#include "ui/models/background.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/models/review_sheet.h"
#include "ui/workspaces/review_page.h"
#include "ui/workspaces/review_takes.h"

namespace understudy::ui {
namespace {

constexpr size_t kSheetRows = 8;
constexpr size_t kSheetColumns = 6;

}  // namespace

void ReviewPage::act(const media::NoteRecord& note) {
    const media::VersionRecord* now = version();
    if (now == nullptr) {
        return;
    }
    switch (note.action) {
        case media::NoteAction::none:
            return;
        case media::NoteAction::addFrames:
        case media::NoteAction::fixAlignment:
        case media::NoteAction::paintMask:
            Q_EMIT goTo(PageId::faces);
            showFaces(text(now->clip), note.first, note.last);
            return;
        case media::NoteAction::trainFurther:
            Q_EMIT trainWanted(text(now->run));
            return;
        case media::NoteAction::changeSetting:
            Q_EMIT settingWanted(text(now->run), text(now->clip));
            return;
    }
}

// Selects the faces of these frames; a filter that hides all of them is taken away.
void ReviewPage::showFaces(const QString& clip, int64_t first, int64_t last, int tries) {
    FacesModel& faces = studio_.faces;
    std::set<FaceKey> keys;
    int firstRow = -1;
    for (int row = 0; row < faces.rows(); ++row) {
        const FaceKey key = faces.face(row).key;
        if (key.frame >= first && key.frame <= last && faces.clipName(key.clip) == clip) {
            keys.insert(key);
            firstRow = firstRow < 0 || key < faces.face(firstRow).key ? row : firstRow;
        }
    }
    if (firstRow >= 0) {
        faces.setCurrent(firstRow);
        faces.setSelection(std::move(keys));
        return;
    }
    if (tries > 0 && (faces.ordering() || !(faces.filter() == FaceFilter()))) {
        connect(
            &faces, &FacesModel::layoutChanged, this,
            [this, clip, first, last, tries] { showFaces(clip, first, last, tries - 1); },
            static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
        faces.setFilter(FaceFilter());
    }
}

void ReviewPage::tellWritten(const QString& words, const QString& file) {
    messages()->show(MessageBar::Kind::note, words, tr("Open folder"), [file] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
    });
}

void ReviewPage::exportNotes(const QString& format) {
    const media::VersionRecord* now = version();
    if (now == nullptr || writing_) {
        return;
    }
    notes_->commitText();
    const QString proposal = QStringLiteral("%1/deliveries/%2_%3_notes.%4")
                                 .arg(studio_.session.folder(), shown_.clip, shown_.name, format);
    const QString file = studio_.dialogs->outputFile(this, proposal);
    if (file.isEmpty()) {
        return;
    }
    writing_ = true;
    // On the project's thread, after what was just written.
    studio_.session.ask(
        this,
        [clip = utf8(shown_.clip), name = utf8(shown_.name), format = utf8(format),
         file = utf8(file)](media::Project& project) {
            return media::exportNotes(project, {clip, name, false},
                                      *media::noteFormatFromName(format), file);
        },
        [this, file](Result<media::NoteExport> done) {
            writing_ = false;
            done.ok() ? tellWritten(tr("Wrote %1 notes to %2.").arg(done->notes).arg(file), file)
                      : showError(done.error());
        });
}

void ReviewPage::exportSheet() {
    const QString file = studio_.dialogs->outputFile(
        this,
        QStringLiteral("%1/deliveries/%2_versions.png").arg(studio_.session.folder(), shown_.clip));
    const auto frames = spreadFrames(framesOf(studio_, shown_), kSheetRows);
    if (file.isEmpty() || frames.empty()) {
        return;
    }
    std::vector<SheetColumn> columns;
    if (const auto* clip = clipOf(studio_, shown_.clip)) {
        columns.push_back({tr("plate"), platePath(studio_.session, *clip), {}, clip->said});
    }
    for (const Take& take : list_->listed()) {
        if (take.playable && columns.size() < kSheetColumns) {
            const PlayerSource source = sourceOf(studio_, take);
            columns.push_back({source.name, source.path, source.frames});
        }
    }
    writing_ = true;
    refreshWords();
    runInBackground(
        this,
        [columns, frames, file]() -> Result<QString> {
            US_ASSIGN(const QImage sheet, reviewSheet(columns, frames, 320));
            QDir().mkpath(QFileInfo(file).absolutePath());
            if (!sheet.save(file)) {
                return Error{ErrorCode::cannotWrite, "the contact sheet cannot be written",
                             utf8(file), "Choose another place, and a name that ends in .png"};
            }
            return file;
        },
        [this](Result<QString> done) {
            writing_ = false;
            refreshWords();
            done.ok() ? tellWritten(tr("The contact sheet is written: %1.").arg(*done), *done)
                      : showError(done.error());
        });
}

}  // namespace understudy::ui
