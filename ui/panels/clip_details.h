// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a clip, and what of it can be said otherwise: its rate and what its values mean.
#pragma once

#include <QComboBox>
#include <QLabel>
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
    void readingChosen(const QString& encoding, double rate);

  private:
    void chooseRate();
    void choose(const QString& encoding, double rate);

    QLabel* about_;
    QWidget* said_;
    QComboBox* rate_;
    QComboBox* encoding_;
    media::ReadAs shown_;
};

}  // namespace understudy::ui
