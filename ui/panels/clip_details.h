// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a clip, and what of it can be said otherwise: its rate and what its values mean.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QWidget>
#include <optional>

#include "media/project/project.h"
#include "media/source/frame_source.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

class ClipDetails : public QWidget {
    Q_OBJECT
  public:
    explicit ClipDetails(QWidget* parent = nullptr);

    // Null: none is chosen. `file` is known once the clip is open.
    void show(const media::ClipRecord* clip, const FaceCounts& faces,
              const std::optional<media::SourceInfo>& file, bool editable);

  Q_SIGNALS:
    void said(const media::ReadAs& said);

  private:
    void chooseRate();
    void choose(const media::ReadAs& said);

    QLabel* about_;
    QWidget* fields_;
    QComboBox* rate_;
    QComboBox* encoding_;
    QLabel* rateGuess_;
    QLabel* encodingGuess_;
    QPushButton* asFile_;
    media::ReadAs said_;  // of the clip shown
    double shownRate_ = 0;
};

}  // namespace understudy::ui
