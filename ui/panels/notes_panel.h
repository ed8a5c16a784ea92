// SPDX-License-Identifier: GPL-3.0-or-later
// The notes of the version that is looked at: a list, and the chosen one to write, draw, resolve
// and act on.
#pragma once

#include <QComboBox>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <functional>
#include <optional>
#include <vector>

#include "ui/models/versions_model.h"
#include "ui/panels/basics.h"
#include "ui/panels/compare_view.h"
#include "ui/panels/picture_rows.h"

namespace understudy::ui {

// Of what notes are exported.
enum class NoteScope { version, clip, all };

class NotesPanel : public Panel {
    Q_OBJECT
  public:
    // The picture of a frame of the version; asked for notes that are seen.
    using PictureOf = std::function<FrameOfFile(int64_t frame)>;
    NotesPanel(VersionsModel* model, FrameThumbnails* pictures, PictureOf pictureOf,
               QWidget* parent = nullptr);

    void setVersion(int64_t version);  // 0: none
    int64_t current() const { return note_; }
    void choose(int64_t note);
    void stepNote(int by);  // the next or previous of the list
    // A new note on these frames, which is kept once something is written into it.
    void begin(int64_t first, int64_t last);
    void setRange(int64_t first, int64_t last);
    // What was typed is kept now, not in a moment.
    DrawTool tool() const { return tool_; }
    // Keeps what was typed; otherwise a moment after the last key.
    void commitText();
    void setTool(DrawTool tool);
    // Writing needs a version and a project that can be written.
    void setEditable(bool on);

  Q_SIGNALS:
    void chosen(const understudy::media::NoteRecord& note);
    void toolChanged(understudy::ui::DrawTool tool);
    void actRequested(const understudy::media::NoteRecord& note);
    void exportRequested(const QString& format, understudy::ui::NoteScope scope);
    void rangeWanted();  // the note is to be about the part that is played: setRange()

  private:
    void buildHeader();
    void buildTools();
    void buildEditor();
    void refresh();
    const media::NoteRecord* shown() const;
    void write();  // puts the cursor into the text
    void fillList(const std::vector<media::NoteRecord>& notes);
    PictureRow rowOf(int row) const;
    void showNote();
    void change(const std::function<void(media::NoteRecord&)>& what, const QString& text,
                int merge = -1);

    VersionsModel* model_;
    PictureOf pictureOf_;
    QListWidget* list_;
    QLabel* empty_;
    QWidget* editor_;
    QLabel* about_;
    QPlainTextEdit* text_;
    QComboBox* action_;
    QPushButton* act_;
    QPushButton* resolve_;
    QToolButton* remove_;
    QToolButton* export_;
    QWidget* tools_;
    QList<QToolButton*> toolButtons_;
    QTimer typed_;         // until words are written down by themselves
    bool unsaid_ = false;  // words that are typed and not in the note yet
    std::vector<int64_t> ids_;
    int64_t version_ = 0;
    int64_t note_ = 0;
    std::optional<media::NoteRecord> draft_;
    DrawTool tool_ = DrawTool::none;
    bool editable_ = false;
};

// "Add these frames to the faceset", as a sentence and as what its button says.
QString actionText(media::NoteAction action);

}  // namespace understudy::ui
