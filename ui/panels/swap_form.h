// SPDX-License-Identifier: GPL-3.0-or-later
// What a swap is made of and where it goes: run, clip, frames, kind of file, colour, mask.
#pragma once

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QWidget>

#include "ui/models/job_requests.h"
#include "ui/models/project_session.h"
#include "ui/models/swaps_model.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class SwapForm : public QWidget {
    Q_OBJECT
  public:
    explicit SwapForm(SwapsModel* swaps, QWidget* parent = nullptr);

    void setProject(const ProjectSnapshot& snapshot);
    void chooseRun(const QString& run);
    void chooseClip(const QString& clip);
    SwapSettings settings() const;
    QString run() const { return run_->currentData().toString(); }
    QString clip() const { return clip_->currentData().toString(); }
    void proposeName();

  Q_SIGNALS:
    void changed();
    void browseRequested(const QString& proposal);

  public:
    void setOut(const QString& file);

  private:
    QComboBox* addChoice(const QString& title, const char* name, const QString& help = {});
    void fillClips();
    void updateConsent();

    SwapsModel* swaps_;
    QComboBox* run_;
    QComboBox* clip_;
    QLineEdit* frames_;
    QComboBox* format_;
    QComboBox* color_;
    QComboBox* mask_;
    QDoubleSpinBox* erode_;
    QDoubleSpinBox* blur_;
    QLineEdit* out_;
    QLabel* consent_;
    ProjectSnapshot snapshot_;
    bool ownName_ = false;  // typed or chosen, so it is not proposed again
};

}  // namespace understudy::ui
