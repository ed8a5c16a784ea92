// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/wheel_guard.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QSlider>

namespace understudy::ui {
namespace {

class WheelGuard : public QObject {
  public:
    using QObject::QObject;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() != QEvent::Wheel || static_cast<QWidget*>(watched)->hasFocus()) {
            return false;
        }
        event->ignore();  // goes on to what the field lies in
        return true;
    }
};

}  // namespace

void guardWheel(QWidget* form) {
    auto* guard = new WheelGuard(form);
    for (QWidget* field : form->findChildren<QWidget*>()) {
        if (qobject_cast<QAbstractSpinBox*>(field) != nullptr ||
            qobject_cast<QComboBox*>(field) != nullptr ||
            qobject_cast<QSlider*>(field) != nullptr) {
            if (field->focusPolicy() != Qt::NoFocus) {
                field->setFocusPolicy(Qt::StrongFocus);
            }
            field->installEventFilter(guard);
        }
    }
}

}  // namespace understudy::ui
