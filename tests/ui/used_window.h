// SPDX-License-Identifier: GPL-3.0-or-later
// A window that is used by keys and menus, as a person does.
#pragma once

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QtTest/QTest>

#include "tests/ui/studio_fixture.h"

namespace understudy::tests {

struct UsedWindow : ShowFixture {
    // As a person presses it: where the focus is.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QWidget* focus = window->focusWidget();
        QTest::keyClick(focus != nullptr ? focus : window.get(), key, modifiers);
    }
    QAction* action(const QString& menu, const QString& title) const {
        for (const QAction* top : window->findChild<QMenuBar*>()->actions()) {
            if (top->text().remove('&') == menu) {
                for (QAction* entry : top->menu()->actions()) {
                    if (entry->text().remove('&').startsWith(title)) {
                        return entry;
                    }
                }
            }
        }
        return nullptr;
    }
};

}  // namespace understudy::tests
