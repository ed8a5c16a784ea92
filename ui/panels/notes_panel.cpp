// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/notes_panel.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

constexpr int kTextMerge = 7001;  // changes of one note's words fold into one command

QString framesText(const media::NoteRecord& note) {
    return note.last > note.first ? QStringLiteral("%1–%2").arg(note.first).arg(note.last)
                                  : QString::number(note.first);
}

QString firstLine(const media::NoteRecord& note) {
    const QString said = text(note.text).section('\n', 0, 0).trimmed();
    if (!said.isEmpty()) {
        return said.size() > 200 ? said.left(200) + QStringLiteral("…") : said;
    }
    return NotesPanel::tr("(drawing)");
}

QString titleOf(const media::NoteRecord& note) {
    return QStringLiteral("%1   %2").arg(
        framesText(note), note.open() ? NotesPanel::tr("open") : NotesPanel::tr("resolved"));
}

}  // namespace

QString actionText(media::NoteAction action) {
    switch (action) {
        case media::NoteAction::none:
            return NotesPanel::tr("Nothing to do");
        case media::NoteAction::addFrames:
            return NotesPanel::tr("Add these frames to the faceset");
        case media::NoteAction::fixAlignment:
            return NotesPanel::tr("Fix alignment here");
        case media::NoteAction::paintMask:
            return NotesPanel::tr("Paint the mask");
        case media::NoteAction::trainFurther:
            return NotesPanel::tr("Train further");
        case media::NoteAction::changeSetting:
            break;
    }
    return NotesPanel::tr("Change a setting");
}

NotesPanel::NotesPanel(VersionsModel* model, FrameThumbnails* pictures, PictureOf pictureOf,
                       QWidget* parent)
    : Panel(tr("Notes"), parent), model_(model), pictureOf_(std::move(pictureOf)) {
    body()->setContentsMargins(0, 0, 0, 0);
    body()->setSpacing(0);
    buildHeader();
    list_ = new QListWidget;
    list_->setObjectName("noteList");
    list_->setUniformItemSizes(true);
    list_->setItemDelegate(new PictureRows(
        pictures, [this](int row) { return rowOf(row); }, list_));
    connect(pictures, &FrameThumbnails::arrived, list_->viewport(), qOverload<>(&QWidget::update));
    body()->addWidget(list_, 1);
    empty_ = label({}, theme::FontUse::body, theme::kHint);
    empty_->setObjectName("notesEmpty");
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setContentsMargins(24, 24, 24, 24);
    body()->addWidget(empty_, 1);
    buildTools();
    buildEditor();
    typed_.setSingleShot(true);
    typed_.setInterval(600);
    connect(&typed_, &QTimer::timeout, this, &NotesPanel::commitText);
    connect(list_, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && static_cast<size_t>(row) < ids_.size()) {
            choose(ids_[static_cast<size_t>(row)]);
        }
    });
    connect(model_, &VersionsModel::changed, this, &NotesPanel::refresh);
    refresh();
}

void NotesPanel::buildHeader() {
    export_ = iconButton("deliver", tr("Export the notes"), "exportNotes");
    export_->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(export_);
    for (const auto& [title, scope] :
         {std::pair(tr("Of this version"), NoteScope::version),
          std::pair(tr("Of all versions of the clip"), NoteScope::clip),
          std::pair(tr("Of all clips"), NoteScope::all)}) {
        QMenu* part = menu->addMenu(title);
        for (const auto& [name, format] :
             {std::pair(tr("Page with pictures (HTML)…"), "html"),
              std::pair(tr("Table (CSV)…"), "csv"),
              std::pair(tr("Timeline with markers (OTIO)…"), "otio")}) {
            connect(part->addAction(name), &QAction::triggered, this,
                    [this, scope = scope, format = QString::fromLatin1(format)] {
                        Q_EMIT exportRequested(format, scope);
                    });
        }
    }
    export_->setMenu(menu);
    export_->setFixedWidth(36);  // with its arrow
    header()->addWidget(export_);
}

void NotesPanel::buildTools() {
    tools_ = new QWidget;
    auto* row = new QHBoxLayout(tools_);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(4);
    row->addWidget(label(tr("Draw"), theme::FontUse::caption, theme::kSecond));
    const auto add = [&](const char* iconName, const QString& tip, const char* name,
                         DrawTool tool) {
        auto* button = iconButton(iconName, tip, name);
        button->setCheckable(true);
        connect(button, &QToolButton::clicked, this,
                [this, tool](bool on) { setTool(on ? tool : DrawTool::none); });
        toolButtons_ << button;
        row->addWidget(button);
    };
    add("draw", tipWithKey(tr("Draw freehand over the picture"), "D"), "drawFreehand",
        DrawTool::freehand);
    add("arrow", tipWithKey(tr("Draw an arrow"), "Shift+D"), "drawArrow", DrawTool::arrow);
    add("text", tipWithKey(tr("Write on the picture"), "T"), "drawText", DrawTool::text);
    row->addStretch(1);
    body()->addWidget(separator(Qt::Horizontal));
    body()->addWidget(tools_);
}

void NotesPanel::buildEditor() {
    editor_ = new QWidget;
    auto* column = new QVBoxLayout(editor_);
    column->setContentsMargins(8, 0, 8, 8);
    column->setSpacing(6);
    auto* top = new QHBoxLayout;
    about_ = label({}, theme::FontUse::caption, theme::kSecond);
    about_->setObjectName("noteAbout");
    about_->setWordWrap(true);
    top->addWidget(about_, 1);
    auto* range =
        iconButton("loop", tr("About the part that is played, from In to Out"), "noteRange");
    connect(range, &QToolButton::clicked, this, &NotesPanel::rangeWanted);
    top->addWidget(range);
    remove_ = iconButton("trash", tr("Take the note away"), "removeNote");
    connect(remove_, &QToolButton::clicked, this, [this] {
        if (!draft_) {
            commitText();  // so that undo brings its last words too
        }
        typed_.stop();
        unsaid_ = false;
        draft_.reset();
        model_->removeNote(note_);
        showNote();
    });
    top->addWidget(remove_);
    column->addLayout(top);
    text_ = new QPlainTextEdit;
    text_->setObjectName("noteText");
    text_->setPlaceholderText(tr("What should change here?"));
    text_->setTabChangesFocus(true);
    text_->setFixedHeight(96);
    column->addWidget(text_);
    action_ = new QComboBox;
    action_->setObjectName("noteAction");
    for (const media::NoteAction action : media::kNoteActions) {
        action_->addItem(actionText(action));
    }
    column->addWidget(action_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    act_ = new QPushButton(tr("Go there"));
    act_->setObjectName("noteAct");
    resolve_ = new QPushButton;
    resolve_->setObjectName("noteResolve");
    buttons->addWidget(act_, 1);
    buttons->addWidget(resolve_, 1);
    column->addLayout(buttons);
    body()->addWidget(editor_);
    connect(text_, &QPlainTextEdit::textChanged, this, [this] {
        unsaid_ = true;
        typed_.start();
    });
    connect(action_, &QComboBox::activated, this, [this](int action) {
        change([action](auto& note) { note.action = static_cast<media::NoteAction>(action); },
               tr("Change what a note asks for"));
    });
    connect(act_, &QPushButton::clicked, this, [this] {
        commitText();
        if (const auto* note = shown()) {
            Q_EMIT actRequested(media::NoteRecord(*note));
        }
    });
    connect(resolve_, &QPushButton::clicked, this, [this] {
        commitText();
        if (const auto* note = model_->note(note_)) {
            model_->resolveNote(note_, note->open());
        }
    });
}

void NotesPanel::setVersion(int64_t version) {
    commitText();
    version_ = version;
    note_ = 0;
    draft_.reset();
    refresh();
}

void NotesPanel::setEditable(bool on) {
    editable_ = on;
    tools_->setVisible(on);
    if (!on) {
        setTool(DrawTool::none);
    }
    showNote();
}

void NotesPanel::refresh() {
    const auto notes = model_->notesOf(version_);
    if (model_->note(note_) == nullptr || model_->note(note_)->version != version_) {
        note_ = 0;
    }
    fillList(notes);
    export_->setEnabled(model_->hasNotes());
    empty_->setVisible(notes.empty() || model_->problem());
    list_->setVisible(!notes.empty());
    empty_->setText(model_->problem() ? errorText(*model_->problem())
                    : version_ == 0   ? tr("Notes are written on versions.")
                                    : tr("No notes on this version yet.\nPress ; or draw over the "
                                         "picture (D)."));
    const auto open =
        std::count_if(notes.begin(), notes.end(), [](const auto& note) { return note.open(); });
    setTitle(notes.empty() ? tr("Notes") : tr("Notes   %1 open").arg(open));
    showNote();
}

void NotesPanel::fillList(const std::vector<media::NoteRecord>& notes) {
    const QSignalBlocker quiet(list_);
    list_->clear();
    ids_.clear();
    for (const media::NoteRecord& note : notes) {
        list_->addItem(QStringLiteral("%1\n%2").arg(titleOf(note), firstLine(note)));
        ids_.push_back(note.id);
        if (note.id == note_) {
            list_->setCurrentRow(list_->count() - 1);
        }
    }
}

PictureRow NotesPanel::rowOf(int row) const {
    const bool listed = row >= 0 && static_cast<size_t>(row) < ids_.size();
    const media::NoteRecord* note = listed ? model_->note(ids_[static_cast<size_t>(row)]) : nullptr;
    if (note == nullptr) {
        return {};
    }
    return {titleOf(*note),
            firstLine(*note),
            note->open() ? QStringLiteral("note") : QStringLiteral("ok"),
            note->open() ? theme::kWarning : theme::kOk,
            note->open() ? theme::kText : theme::kHint,
            pictureOf_(note->first),
            note->drawing};
}

void NotesPanel::showNote() {
    const media::NoteRecord* note = shown();
    editor_->setVisible(note != nullptr);
    if (note == nullptr) {
        return;
    }
    about_->setText(draft_ ? tr("%1   new note").arg(framesText(*note))
                           : tr("%1   %2, %3")
                                 .arg(framesText(*note), text(note->author),
                                      text(note->created).left(16).replace('T', ' ')));
    if (!unsaid_ && !text_->hasFocus() && text_->toPlainText() != text(note->text)) {
        const QSignalBlocker quiet(text_);
        text_->setPlainText(text(note->text));
    }
    action_->setCurrentIndex(static_cast<int>(note->action));
    act_->setEnabled(note->action != media::NoteAction::none);
    resolve_->setText(note->open() ? tr("Resolve") : tr("Open again"));
    resolve_->setVisible(!draft_);
    text_->setReadOnly(!editable_);
    for (QWidget* part : {static_cast<QWidget*>(action_), static_cast<QWidget*>(resolve_),
                          static_cast<QWidget*>(remove_)}) {
        part->setEnabled(editable_);
    }
}

const media::NoteRecord* NotesPanel::shown() const {
    return draft_ ? &*draft_ : model_->note(note_);
}

void NotesPanel::begin(int64_t first, int64_t last) {
    if (!editable_ || version_ == 0) {
        return;
    }
    commitText();
    note_ = 0;
    draft_ = media::NoteRecord();
    draft_->version = version_;
    draft_->first = first;
    draft_->last = last;
    {
        const QSignalBlocker quietList(list_);
        const QSignalBlocker quietText(text_);
        list_->setCurrentRow(-1);
        text_->clear();
    }
    showNote();
    write();
}

void NotesPanel::choose(int64_t id) {
    if (id == note_ && !draft_) {
        return;
    }
    commitText();
    const media::NoteRecord* note = model_->note(id);
    note_ = note != nullptr ? id : 0;
    draft_.reset();
    {
        const QSignalBlocker quiet(list_);
        const auto at = std::find(ids_.begin(), ids_.end(), note_);
        list_->setCurrentRow(at == ids_.end() ? -1 : static_cast<int>(at - ids_.begin()));
    }
    showNote();
    if (note != nullptr) {
        Q_EMIT chosen(media::NoteRecord(*note));
    }
}

void NotesPanel::stepNote(int by) {
    if (ids_.empty()) {
        return;
    }
    const auto at = std::find(ids_.begin(), ids_.end(), note_);
    const auto last = static_cast<int>(ids_.size()) - 1;
    const int row = at == ids_.end()
                        ? (by > 0 ? 0 : last)
                        : std::clamp(static_cast<int>(at - ids_.begin()) + by, 0, last);
    choose(ids_[static_cast<size_t>(row)]);
}

void NotesPanel::write() {
    if (editor_->isVisibleTo(this)) {
        text_->setFocus();
        text_->moveCursor(QTextCursor::End);
    }
}

void NotesPanel::commitText() {
    if (!unsaid_) {
        return;
    }
    unsaid_ = false;
    typed_.stop();
    const std::string said = utf8(text_->toPlainText());
    if (draft_) {
        if (!text_->toPlainText().trimmed().isEmpty()) {
            // A draft until it is there, so that who writes goes on writing.
            draft_->text = said;
            note_ = model_->addNote(*draft_);
            draft_.reset();
            refresh();
        }
        return;
    }
    const auto* note = model_->note(note_);
    if (note != nullptr && note->drawing.marks.empty() &&
        text_->toPlainText().trimmed().isEmpty()) {
        return;  // a note says something: it keeps its words until there are others
    }
    change([&said](auto& written) { written.text = said; }, tr("Write a note"), kTextMerge);
}

void NotesPanel::change(const std::function<void(media::NoteRecord&)>& what, const QString& text,
                        int merge) {
    if (draft_) {
        what(*draft_);
        showNote();
    } else if (const auto* note = model_->note(note_)) {
        media::NoteRecord after = *note;
        what(after);
        model_->changeNote(after, text, merge);
    }
}

void NotesPanel::setRange(int64_t first, int64_t last) {
    change(
        [&](auto& note) {
            note.first = first;
            note.last = last;
        },
        tr("Change the frames of a note"));
}

void NotesPanel::setTool(DrawTool wanted) {
    const DrawTool tool = editable_ ? wanted : DrawTool::none;
    tool_ = tool;
    for (int i = 0; i < toolButtons_.size(); ++i) {
        toolButtons_[i]->setChecked(static_cast<int>(tool) == i + 1);
    }
    Q_EMIT toolChanged(tool);
}

}  // namespace understudy::ui
