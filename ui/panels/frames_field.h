// SPDX-License-Identifier: GPL-3.0-or-later
// Which frames are written: what is chosen, how many more at each end, and what comes of it.
#pragma once

#include <QLineEdit>
#include <QSpinBox>
#include <QWidget>

#include "ui/panels/basics.h"

namespace understudy::ui {

class FramesField : public QWidget {
    Q_OBJECT
  public:
    explicit FramesField(QWidget* parent = nullptr);

    // Text that says the same is left alone. Emits nothing, as does setHandles().
    void setFrames(const QString& frames);
    void setUsual(const QString& words) { frames_->setPlaceholderText(words); }
    void setHandles(int handles);
    // Of a clip; empty: nothing to say.
    void setResult(const QString& words);

  Q_SIGNALS:
    void framesEdited(const QString& frames);
    void handlesEdited(int handles);

  private:
    QLineEdit* frames_;
    QSpinBox* handles_;
    QLabel* result_;
};

}  // namespace understudy::ui
