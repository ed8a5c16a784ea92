// SPDX-License-Identifier: GPL-3.0-or-later
// What Review sets going: the way from a note to where it is dealt with, notes and sheets as files.
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QUrl>
#include <stop_token>

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
            Q_EMIT facesWanted(text(now->clip), note.first, note.last, note.action);
            return;
        case media::NoteAction::trainFurther:
            Q_EMIT goTo(PageId::train);
            Q_EMIT trainWanted(text(now->run));
            return;
        case media::NoteAction::changeSetting:
            Q_EMIT goTo(PageId::deliver);
            Q_EMIT settingWanted(now->id);
            return;
    }
}

void ReviewPage::tellWritten(const QString& words, const QString& file) {
    messages()->show(MessageBar::Kind::note, words, tr("Open folder"), [file] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
    });
}

void ReviewPage::exportNotes(const QString& format, NoteScope scope) {
    const media::VersionRecord* now = version();
    if (writing_ || (now == nullptr && scope != NoteScope::all)) {
        return;
    }
    notes_->commitText();
    const QString name = scope == NoteScope::version
                             ? QStringLiteral("%1_%2").arg(shown_.clip, shown_.name)
                         : scope == NoteScope::clip ? shown_.clip
                                                    : studio_.session.name();
    const QString file = studio_.dialogs->outputFile(
        this,
        QStringLiteral("%1/deliveries/%2_notes.%3").arg(studio_.session.folder(), name, format));
    if (file.isEmpty()) {
        return;
    }
    media::NoteChoice choice;
    choice.clip = scope == NoteScope::all ? std::string() : utf8(shown_.clip);
    choice.version = scope == NoteScope::version ? utf8(shown_.name) : std::string();
    writing_ = true;
    // On the project's thread, after what was just written; pictures are read elsewhere.
    studio_.session.ask(
        this, [choice](media::Project& project) { return media::notesToWrite(project, choice); },
        [this, file,
         format = *media::noteFormatFromName(utf8(format))](Result<media::NotesToWrite> notes) {
            if (notes.ok()) {
                writeNotes(std::move(*notes), format, file);
            } else {
                writing_ = false;
                showError(notes.error());
            }
        });
}

void ReviewPage::writeNotes(media::NotesToWrite notes, media::NoteFormat format,
                            const QString& file) {
    const std::stop_source stop;
    const auto progress = [this, guard = QPointer<QObject>(this), stop](int64_t done, int64_t all) {
        onGuiThread(guard, [this, done, all, stop] {
            if (writing_ && !stop.stop_requested()) {
                messages()->show(MessageBar::Kind::note,
                                 tr("Writing notes: %1 of %2").arg(countText(done), countText(all)),
                                 tr("Stop"), [stop]() mutable { stop.request_stop(); });
            }
        });
    };
    runInBackground(
        this,
        [notes = std::move(notes), format, file = utf8(file), progress, stop] {
            return media::writeNotes(notes, format, file, progress, stop.get_token());
        },
        [this, file](Result<media::NoteExport> done) {
            writing_ = false;
            if (done.ok()) {
                tellWritten(tr("Wrote %1 notes to %2.").arg(done->notes).arg(file), file);
            } else if (done.error().code == ErrorCode::saved) {
                messages()->show(MessageBar::Kind::note,
                                 tr("Stopped. No notes were written to %1.").arg(file));
            } else {
                showError(done.error());
            }
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
    QStringList left;
    for (const Take& take : list_->listed()) {
        if (take.playable && columns.size() < kSheetColumns) {
            const PlayerSource source = sourceOf(studio_, take);
            columns.push_back({source.name, source.path, source.frames});
        } else {
            left << take.name;
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
        [this, left](Result<QString> done) {
            writing_ = false;
            refreshWords();
            if (!done.ok()) {
                showError(done.error());
                return;
            }
            const QString words = tr("The contact sheet is written: %1.").arg(*done);
            tellWritten(left.isEmpty() ? words
                                       : tr("%1 Not on it, for want of room or files: %2.")
                                             .arg(words, left.join(QStringLiteral(", "))),
                        *done);
        });
}

}  // namespace understudy::ui
