// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/shortcut_table.h"

#include <QComboBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/panels/basics.h"
#include "ui/window/shortcuts.h"

namespace understudy::ui {

ShortcutTable::ShortcutTable(Shortcuts* shortcuts, QWidget* parent)
    : QDialog(parent), shortcuts_(shortcuts) {
    setObjectName("shortcutTable");
    setWindowTitle(tr("Keys"));
    resize(560, 640);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    search_ = new QLineEdit;
    search_->setObjectName("shortcutSearch");
    search_->setPlaceholderText(tr("Find an action or a key"));
    search_->setClearButtonEnabled(true);
    head->addWidget(search_, 1);
    head->addWidget(label(tr("Keys as in"), theme::FontUse::body, theme::kSecond));
    preset_ = new QComboBox;
    preset_->setObjectName("shortcutPreset");
    for (const QString& preset : Shortcuts::presets()) {
        preset_->addItem(Shortcuts::presetTitle(preset), preset);
    }
    head->addWidget(preset_);
    column->addLayout(head);
    table_ = new QTreeWidget;
    table_->setObjectName("shortcutList");
    table_->setRootIsDecorated(false);
    table_->setUniformRowHeights(true);
    table_->setHeaderLabels({tr("Where"), tr("Action"), tr("Key")});
    table_->header()->setSectionResizeMode(1, QHeaderView::Stretch);
    table_->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    table_->header()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    table_->header()->setStretchLastSection(false);
    column->addWidget(table_, 1);
    auto* edit = new QHBoxLayout;
    edit->setSpacing(8);
    edit->addWidget(label(tr("New key"), theme::FontUse::body, theme::kSecond));
    key_ = new QKeySequenceEdit;
    key_->setObjectName("shortcutKey");
    edit->addWidget(key_, 1);
    take_ = new QPushButton(tr("Use it"));
    take_->setObjectName("shortcutTake");
    edit->addWidget(take_);
    reset_ = new QPushButton(tr("As it was"));
    reset_->setObjectName("shortcutReset");
    reset_->setToolTip(tr("The key that the preset has for this action"));
    edit->addWidget(reset_);
    resetAll_ = new QPushButton(tr("All as they were"));
    resetAll_->setObjectName("shortcutResetAll");
    resetAll_->setToolTip(tr("Every key as the preset has it"));
    edit->addWidget(resetAll_);
    column->addLayout(edit);
    conflict_ = label({}, theme::FontUse::caption, theme::kWarning);
    conflict_->setObjectName("shortcutConflict");
    conflict_->setWordWrap(true);
    conflict_->setMinimumHeight(20);
    column->addWidget(conflict_);

    connect(search_, &QLineEdit::textChanged, this, &ShortcutTable::filter);
    connect(table_, &QTreeWidget::currentItemChanged, this, &ShortcutTable::showChosen);
    connect(table_, &QTreeWidget::itemDoubleClicked, this, [this] { key_->setFocus(); });
    connect(key_, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutTable::takeKey);
    connect(take_, &QPushButton::clicked, this, [this] {
        if (chosen() >= 0) {
            shortcuts_->assign(shortcuts_->entries()[static_cast<size_t>(chosen())],
                               key_->keySequence());
        }
    });
    connect(reset_, &QPushButton::clicked, this, [this] {
        if (chosen() >= 0) {
            shortcuts_->reset(shortcuts_->entries()[static_cast<size_t>(chosen())]);
        }
    });
    connect(resetAll_, &QPushButton::clicked, shortcuts_, &Shortcuts::resetAll);
    connect(preset_, &QComboBox::activated, this,
            [this] { shortcuts_->usePreset(preset_->currentData().toString()); });
    connect(shortcuts_, &Shortcuts::changed, this, &ShortcutTable::fill);
    fill();
    table_->setColumnWidth(0, 96);
    table_->setColumnWidth(2, 140);
}

int ShortcutTable::chosen() const {
    const QTreeWidgetItem* item = table_->currentItem();
    return item == nullptr ? -1 : item->data(0, Qt::UserRole).toInt();
}

void ShortcutTable::fill() {
    const int before = chosen();
    const QSignalBlocker quiet(table_);
    table_->clear();
    const auto& entries = shortcuts_->entries();
    for (size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        auto* item = new QTreeWidgetItem(
            table_, {entry.page ? pageTitle(*entry.page) : tr("Everywhere"), entry.title,
                     entry.action->shortcut().toString(QKeySequence::NativeText)});
        item->setData(0, Qt::UserRole, static_cast<int>(i));
        item->setSizeHint(0, QSize(0, theme::kRowHeight));
        item->setForeground(0, theme::kSecond);
        if (entry.action->shortcut() != entry.standard) {
            item->setForeground(2, theme::kAccent);
        }
        if (static_cast<int>(i) == before) {
            table_->setCurrentItem(item);
        }
    }
    preset_->setCurrentIndex(preset_->findData(shortcuts_->preset()));
    resetAll_->setEnabled(shortcuts_->changedByUser());
    filter();
    showChosen();
}

void ShortcutTable::filter() {
    const QString wanted = search_->text().trimmed();
    for (int i = 0; i < table_->topLevelItemCount(); ++i) {
        QTreeWidgetItem* item = table_->topLevelItem(i);
        bool fits = false;
        for (int c = 0; c < 3; ++c) {
            fits |= item->text(c).contains(wanted, Qt::CaseInsensitive);
        }
        item->setHidden(!fits);
    }
}

void ShortcutTable::showChosen() {
    const int at = chosen();
    key_->setEnabled(at >= 0);
    reset_->setEnabled(at >= 0);
    const QSignalBlocker quiet(key_);
    key_->setKeySequence(at >= 0 ? shortcuts_->entries()[static_cast<size_t>(at)].action->shortcut()
                                 : QKeySequence());
    takeKey();
}

void ShortcutTable::takeKey() {
    const int at = chosen();
    conflict_->clear();
    take_->setEnabled(false);
    take_->setText(tr("Use it"));
    if (at < 0) {
        return;
    }
    const auto& entry = shortcuts_->entries()[static_cast<size_t>(at)];
    take_->setEnabled(key_->keySequence() != entry.action->shortcut());
    if (const Shortcuts::Entry* other = shortcuts_->conflict(entry, key_->keySequence())) {
        conflict_->setText(tr("%1 is the key of \"%2\" (%3), which would have none.")
                               .arg(key_->keySequence().toString(QKeySequence::NativeText),
                                    other->title,
                                    other->page ? pageTitle(*other->page) : tr("everywhere")));
        take_->setText(tr("Take it"));
    }
}

}  // namespace understudy::ui
