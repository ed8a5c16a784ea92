// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/action_finder.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/theme.h"
#include "ui/window/shortcuts.h"

namespace understudy::ui {
namespace {

// Whether the letters come in this order in the text: "mv" finds "Make version".
bool fits(const QString& letters, const QString& text) {
    qsizetype at = 0;
    for (const QChar letter : letters) {
        at = text.indexOf(letter, at, Qt::CaseInsensitive);
        if (at < 0) {
            return false;
        }
        ++at;
    }
    return true;
}

}  // namespace

ActionFinder::ActionFinder(Shortcuts* shortcuts, QWidget* parent)
    : QWidget(parent), shortcuts_(shortcuts) {
    setObjectName("actionFinder");
    setAttribute(Qt::WA_StyledBackground);
    QPalette dark = palette();
    dark.setColor(QPalette::Window, theme::kPanel);
    setPalette(dark);
    setAutoFillBackground(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    search_ = new QLineEdit;
    search_->setObjectName("finderSearch");
    search_->setPlaceholderText(tr("What do you want to do?"));
    column->addWidget(search_);
    list_ = new QListWidget;
    list_->setObjectName("finderList");
    list_->setFocusPolicy(Qt::NoFocus);
    column->addWidget(list_, 1);
    search_->installEventFilter(this);
    connect(search_, &QLineEdit::textChanged, this, &ActionFinder::fill);
    connect(list_, &QListWidget::itemClicked, this, &ActionFinder::run);
    hide();
}

void ActionFinder::appear(std::optional<PageId> page) {
    page_ = page;
    search_->clear();
    fill();
    const QSize size(480, 360);
    setGeometry(QRect(QPoint((parentWidget()->width() - size.width()) / 2, 72), size));
    raise();
    show();
    search_->setFocus();
}

void ActionFinder::fill() {
    list_->clear();
    const auto& entries = shortcuts_->entries();
    for (size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        if ((entry.page && entry.page != page_) || !entry.action->isEnabled() ||
            !fits(search_->text().remove(' '), entry.title)) {
            continue;
        }
        const QString key = entry.action->shortcut().toString(QKeySequence::NativeText);
        auto* item = new QListWidgetItem(key.isEmpty() ? entry.title
                                                       : entry.title + QStringLiteral("   ") + key);
        item->setData(Qt::UserRole, static_cast<int>(i));
        item->setSizeHint(QSize(0, theme::kRowHeight));
        list_->addItem(item);
    }
    list_->setCurrentRow(0);
}

void ActionFinder::run() {
    const QListWidgetItem* item = list_->currentItem();
    hide();
    if (item != nullptr) {
        shortcuts_->entries()[item->data(Qt::UserRole).toUInt()].action->trigger();
    }
}

bool ActionFinder::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) {
        hide();
    }
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape) {
            hide();
            parentWidget()->setFocus();
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            run();
            return true;
        }
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            const int step = key == Qt::Key_Up ? -1 : 1;
            list_->setCurrentRow(
                std::max(0, std::min(list_->currentRow() + step, list_->count() - 1)));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace understudy::ui
