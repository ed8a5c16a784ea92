// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/tick_field.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QStyleOptionComboBox>

namespace understudy::ui {
namespace {

// False where there is nothing to tick.
bool tick(QAction* action) {
    if (action == nullptr || !action->isCheckable()) {
        return false;
    }
    if (action->isEnabled()) {
        action->trigger();
    }
    return true;
}

}  // namespace

// A press on the field closes the menu, and must not open it again.
void TickMenu::mousePressEvent(QMouseEvent* event) {
    const QWidget* field = parentWidget();
    const QPoint at = event->globalPosition().toPoint();
    if (field != nullptr && field->rect().contains(field->mapFromGlobal(at))) {
        setAttribute(Qt::WA_NoMouseReplay);
    }
    QMenu::mousePressEvent(event);
}

void TickMenu::mouseReleaseEvent(QMouseEvent* event) {
    if (!tick(actionAt(event->position().toPoint()))) {
        QMenu::mouseReleaseEvent(event);
    }
}

void TickMenu::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Space || !tick(activeAction())) {
        QMenu::keyPressEvent(event);
    }
}

TickField::TickField(QWidget* parent) : QComboBox(parent), menu_(new TickMenu(this)) {
    menu_->setToolTipsVisible(true);
    addItem({});
}

void TickField::setWords(const QString& words) {
    setItemText(0, words);
}

void TickField::showPopup() {
    menu_->setMinimumWidth(width());
    menu_->popup(mapToGlobal(QPoint(0, height())));
}

void TickField::hidePopup() {
    menu_->close();
}

void TickField::initStyleOption(QStyleOptionComboBox* option) const {
    QComboBox::initStyleOption(option);
    const QRect room =
        style()->subControlRect(QStyle::CC_ComboBox, option, QStyle::SC_ComboBoxEditField, this);
    option->currentText = fontMetrics().elidedText(currentText(), Qt::ElideRight, room.width() - 4);
}

void TickField::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        showPopup();
    } else {
        QComboBox::mousePressEvent(event);
    }
}

}  // namespace understudy::ui
