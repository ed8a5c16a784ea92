// SPDX-License-Identifier: GPL-3.0-or-later
// Versions of a clip, each played beside its plate, its mask, the truth or another version; notes
// written and drawn on them; their status.
#pragma once

#include <QComboBox>
#include <QStackedWidget>
#include <map>
#include <optional>

#include "media/notes/note_export.h"
#include "ui/panels/notes_panel.h"
#include "ui/panels/player.h"
#include "ui/panels/version_board.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class ReviewPage : public Page {
    Q_OBJECT
  public:
    explicit ReviewPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    QJsonObject place() const override;
    void setPlace(const QJsonObject& place) override;
    void leave() override;
    int attention() const override;  // versions that wait for somebody to look
    Player* player() const { return player_; }
    NotesPanel* notes() const { return notes_; }
    // All versions of the project in the place of the picture.
    void showBoard(bool on);
    VersionBoard* board() const { return board_; }

  Q_SIGNALS:
    // Each after goTo() to the page that does it.
    void trainWanted(const QString& run);
    void deliverWanted(qint64 version);
    void settingWanted(qint64 version);
    void renderWanted(const QString& run, const QString& clip);
    void facesWanted(const QString& clip, qint64 first, qint64 last,
                     understudy::media::NoteAction what);

  private:
    QWidget* buildCentre();
    QWidget* buildList();
    QWidget* buildStatus();
    void buildKeys();
    void refresh();
    void refreshWords();
    void choose();
    void fillComparisons(const Take& take);
    void compareWith(int row);
    void showMode(CompareMode mode);
    void checkLength();
    void showMarks();
    void addMark(const media::DrawingMark& mark);
    void setStatus(media::VersionStatus status);
    void act(const media::NoteRecord& note);
    void exportNotes(const QString& format, NoteScope scope);
    void writeNotes(media::NotesToWrite notes, media::NoteFormat format, const QString& file);
    void buildDrawKeys();
    void buildBoard();
    void openFromBoard(const QString& out);
    void exportSheet();
    void tellWritten(const QString& words, const QString& file);
    void presentOnly(bool on);
    const media::VersionRecord* version() const;
    void noteDamage(int64_t frame, const Error& error);
    void tellDamage();
    void renderAgain();
    void takeRendered(const QString& job);
    void reopen();

    FrameThumbnails thumbnails_;
    VersionList* list_;
    QStackedWidget* centre_;
    EmptyState* empty_;
    QPushButton* next_;  // of the empty place
    Player* player_;
    VersionBoard* board_;
    QPushButton* all_;  // opens it
    QComboBox* compared_;
    QComboBox* mode_;
    QLabel* facts_;
    QPushButton* folder_;
    QPushButton* sheet_;
    QComboBox* status_;
    NotesPanel* notes_;
    QAction* leave_;
    std::vector<PlayerSource> others_;
    QString wanted_;  // a take that is to be shown once it is known
    QString second_;  // name of what is compared with, kept from one version to the next
    Take shown_;
    std::map<int64_t, Error> damaged_;  // frames of what is shown that cannot be read
    std::optional<Error> unreadable_;   // all of it cannot
    std::string again_;                 // title of the job that renders something again
    bool writing_ = false;              // a sheet or notes
    bool presenting_ = false;
    bool boarded_ = false;  // all versions are looked at, once there are some
};

}  // namespace understudy::ui
