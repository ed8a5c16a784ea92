// SPDX-License-Identifier: GPL-3.0-or-later
// What the network draws: the run's atlas cut into labelled cells, the same faces in the same
// order at every step, and a slider over the steps that have one. Follows the newest until somebody
// looks back.
#pragma once

#include <QImage>
#include <QLabel>
#include <QMap>
#include <QSlider>
#include <QToolButton>
#include <QWidget>

#include "ui/models/run_model.h"

namespace understudy::ui {

class PreviewGrid;

class PreviewBoard : public QWidget {
    Q_OBJECT
  public:
    explicit PreviewBoard(RunModel* run, QWidget* parent = nullptr);

    int64_t shownStep() const { return shown_; }
    bool following() const { return follow_; }
    void step(int by);
    void togglePlay();
    void showStep(int64_t step);  // the nearest that has a preview
    QStringList columns() const;

  Q_SIGNALS:
    void shownChanged();

  private:
    void refresh();
    void load(int64_t step);
    void show(int64_t step, const QImage& atlas, const training::PreviewInfo& info);

    struct Atlas {
        QImage image;
        training::PreviewInfo info;
    };
    RunModel* run_;
    PreviewGrid* grid_;
    QSlider* slider_;
    QLabel* stepText_;
    QToolButton* newest_;
    QTimer play_;
    QMap<qint64, Atlas> loaded_;
    QList<qint64> recent_;
    int64_t shown_ = -1;
    int64_t wanted_ = -1;
    int generation_ = 0;
    bool follow_ = true;
};

}  // namespace understudy::ui
