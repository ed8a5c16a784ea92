// SPDX-License-Identifier: GPL-3.0-or-later
// What the network draws, over the steps that it did: A, which follows the newest until somebody
// looks back, and B, another step of the same run or of another, beside it in a wipe.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QSlider>
#include <QToolButton>
#include <QWidget>

#include "ui/models/run_model.h"
#include "ui/panels/preview_view.h"

class QHBoxLayout;

namespace understudy::ui {

class PreviewBoard : public QWidget {
    Q_OBJECT
  public:
    explicit PreviewBoard(RunModel* run, QWidget* parent = nullptr);

    // What B may be of: the runs of the project, which lie in `folder`.
    void setRuns(const QStringList& names, const std::filesystem::path& folder);

    int64_t shownStep() const { return a_.shown; }
    int64_t secondStep() const { return b_.shown; }
    bool following() const { return follow_; }
    void step(int by);       // of A
    void stepShown(int by);  // of B while it is looked at alone, else of A
    void togglePlay();
    void showStep(int64_t step);  // the nearest that has a preview
    void toggleWipe();
    void flip();  // A and B, alone
    void moveSplit(double by);
    QStringList columns() const;
    PreviewView* view() const { return view_; }
    // Filled by whoever knows faces; `face` of it: the one that the pointer was on.
    QMenu* facesMenu() const { return faces_; }
    const QString& faceOfMenu() const { return face_; }

  Q_SIGNALS:
    void shownChanged();

  private:
    // One of the two that are compared.
    struct Side {
        training::RunFolder run;
        std::vector<int64_t> steps;
        int64_t wanted = -1;
        int64_t shown = -1;
        SheetPointer sheet;
        QSlider* slider = nullptr;
        QLabel* words = nullptr;
    };
    QWidget* buildBarA();
    QWidget* buildBarB();
    void addHistory(QHBoxLayout* row, Side& side, const char* slider, const char* words);
    void reset();
    void refresh();
    void fill(Side& side, int64_t wanted);
    void load(Side& side, int64_t step);
    void show();
    void setSide(PreviewSide side);
    void fillRuns();
    void chooseSecond(int64_t near);
    QString nameOf(const Side& side) const;

    RunModel* run_;
    PreviewLoader loader_;
    PreviewView* view_;
    Side a_;
    Side b_;
    QWidget* barB_;
    QComboBox* runB_;
    QToolButton* newest_;
    QToolButton* wipe_;
    QMenu* faces_;
    QString face_;
    QStringList runs_;
    std::filesystem::path runsFolder_;
    QString shownRun_;
    QTimer play_;
    int generation_ = 0;
    bool follow_ = true;
    bool comparing_ = false;
};

}  // namespace understudy::ui
