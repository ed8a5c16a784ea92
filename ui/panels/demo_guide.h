// SPDX-License-Identifier: GPL-3.0-or-later
// A strip above the pages of the demo that says the next step of the work, one at a time, until the
// last is done or somebody has seen enough.
#pragma once

#include <QFrame>

#include "ui/models/pages.h"
#include "ui/models/studio.h"

class QLabel;
class QPushButton;

namespace understudy::ui {

class DemoGuide : public QFrame {
    Q_OBJECT
  public:
    explicit DemoGuide(Studio& studio, QWidget* parent = nullptr);

    // From here on the open project is guided through, also when it is opened again.
    void begin();
    // 1 to kSteps; 0: there is nothing to guide.
    int step() const { return step_; }
    static constexpr int kSteps = 8;

  Q_SIGNALS:
    void pageWanted(understudy::ui::PageId page);  // where the step is done

  private:
    void refresh();
    bool guided() const;
    int nextStep() const;
    QString words(int step) const;

    Studio& studio_;
    QLabel* number_;
    QLabel* words_;
    QPushButton* there_;
    int step_ = 0;
};

}  // namespace understudy::ui
