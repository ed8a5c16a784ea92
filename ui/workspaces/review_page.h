// SPDX-License-Identifier: GPL-3.0-or-later
// The swaps that were made, each played beside its plate: wipe, side by side, difference.
#pragma once

#include <QComboBox>
#include <QListWidget>
#include <QStackedWidget>

#include "ui/models/frame_loader.h"
#include "ui/models/swap_frames.h"
#include "ui/panels/frame_ruler.h"
#include "ui/panels/transport_bar.h"
#include "ui/panels/wipe_view.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class ReviewPage : public Page {
    Q_OBJECT
  public:
    explicit ReviewPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    WipeView* view() const { return view_; }

  private:
    QWidget* buildCentre();
    QWidget* buildList();
    QWidget* buildRight();
    void buildKeys();
    void refresh();
    void choose(int row);
    void connectLoaders();
    void matchFrames();
    void showFrame();
    void showPictures(const QImage& swap);
    void setMode(CompareMode mode);
    const SwapRecord* shown() const;

    FrameLoader swap_;
    FrameLoader plate_;
    QListWidget* list_;
    QStackedWidget* centre_;
    EmptyState* empty_;
    WipeView* view_;
    FrameRuler* ruler_;
    TransportBar* transport_;
    QComboBox* mode_;
    ElidedLabel* title_;
    QLabel* facts_;
    QPushButton* folder_;
    QString out_;  // of the swap that is shown
    SwapFrames frames_;
    SwapsModel::State state_ = SwapsModel::State::missing;
};

}  // namespace understudy::ui
