// SPDX-License-Identifier: GPL-3.0-or-later
// What of a run a new version is made with: which of its checkpoints, and whose face.
#pragma once

#include <QComboBox>
#include <QWidget>

#include "ui/models/delivery_rows.h"
#include "ui/models/run_contents.h"

namespace understudy::ui {

class ModelField : public QWidget {
    Q_OBJECT
  public:
    explicit ModelField(QWidget* parent = nullptr);

    // Emits nothing. Of a version both are as it was made, and cannot be changed.
    void show(const RunContents& contents, int64_t checkpoint, const std::string& face);
    void showVersion(int64_t step, const std::string& face);
    int64_t checkpoint() const;
    std::string face() const;

  Q_SIGNALS:
    void edited();

  private:
    QComboBox* checkpoint_;
    QComboBox* face_;
    QWidget* faceRow_;
};

}  // namespace understudy::ui
