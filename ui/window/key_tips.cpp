// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/key_tips.h"

#include <QApplication>
#include <QHelpEvent>
#include <QToolTip>
#include <QWidget>

#include "ui/panels/basics.h"
#include "ui/window/shortcuts.h"

namespace understudy::ui {

KeyTips::KeyTips(const Shortcuts* shortcuts, QObject* parent)
    : QObject(parent), shortcuts_(shortcuts) {
    qApp->installEventFilter(this);
}

KeyTips::~KeyTips() {
    qApp->removeEventFilter(this);
}

QString KeyTips::tipOf(const QWidget* widget) const {
    const QString tip = widget->toolTip();
    const qsizetype open = tip.lastIndexOf(QStringLiteral(" ("));
    if (open < 0 || !tip.endsWith(QLatin1Char(')'))) {
        return tip;
    }
    const QKeySequence named(tip.mid(open + 2).chopped(1));
    for (const Shortcuts::Entry& entry : shortcuts_->entries()) {
        // A page's keys are for what is on the page, the window's for everything.
        const auto* owner = qobject_cast<const QWidget*>(entry.action->parent());
        if (!named.isEmpty() && entry.standard == named && owner != nullptr &&
            owner->isAncestorOf(widget)) {
            return tipWithKey(tip.left(open),
                              entry.action->shortcut().toString(QKeySequence::NativeText));
        }
    }
    return tip;
}

bool KeyTips::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ToolTip && watched->isWidgetType()) {
        const auto* widget = static_cast<const QWidget*>(watched);
        const QString tip = tipOf(widget);
        if (tip != widget->toolTip()) {
            QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), tip);
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

}  // namespace understudy::ui
