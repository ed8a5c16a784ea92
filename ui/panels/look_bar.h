// SPDX-License-Identifier: GPL-3.0-or-later
// How a player shows its picture: the view of the screen, channel, exposure, gamma. What is not
// neutral is marked, as the picture is not what the file holds.
#pragma once

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QToolButton>
#include <QWidget>

#include "ui/models/display_choice.h"
#include "ui/models/picture_look.h"

namespace understudy::ui {

class LookBar : public QWidget {
    Q_OBJECT
  public:
    explicit LookBar(QWidget* parent = nullptr);

    PictureLook look() const;
    void setLook(const PictureLook& look);
    // The channel, or all again where it is shown already.
    void toggleChannel(PictureChannel channel);
    void makeNeutral();
    // The views to choose from, and what is chosen; until then there is none to choose.
    void setDisplay(DisplayChoice* display);
    // Whether something that is looked at is scene-linear: for others there is no view to choose.
    void setOfLight(bool on);

  Q_SIGNALS:
    void changed();

  private:
    void showNeutrality();
    void showDisplay();

    DisplayChoice* display_ = nullptr;
    bool ofLight_ = false;
    QComboBox* view_;
    QComboBox* channel_;
    QDoubleSpinBox* exposure_;
    QDoubleSpinBox* gamma_;
    QToolButton* neutral_;
};

}  // namespace understudy::ui
