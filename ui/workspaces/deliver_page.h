// SPDX-License-Identifier: GPL-3.0-or-later
// Writes versions and new swaps: what, how it looks on the frame one is at, how it is named, and
// the queue of what was written and is being written.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QStackedWidget>
#include <QTimer>

#include "ui/models/frame_preview.h"
#include "ui/panels/clip_viewer.h"
#include "ui/panels/deliver_form.h"
#include "ui/panels/written_list.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class DeliverPage : public Page {
    Q_OBJECT
  public:
    // What the viewer shows.
    enum class Shown { result, wipe, mask, plate };

    explicit DeliverPage(Studio& studio, QWidget* parent = nullptr);

    void chooseRun(const QString& run, const QString& clip = {}) { form_->chooseRun(run, clip); }
    void chooseVersion(int64_t version) { form_->chooseVersion(version); }
    void changeLook(int64_t version) { form_->changeLook(version); }
    void showWhat(Shown what);
    DeliverForm* form() const { return form_; }
    QWidget* focusTarget() const override;
    bool working() const override;
    void leave() override;

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* buildForm();
    QWidget* buildCentre();
    QWidget* buildQueue();
    void buildKeys();
    void connectParts();
    void refreshProject();
    void refreshPrimary();
    QStringList missingConsents(const std::vector<RenderOrder>& orders) const;
    QString summary() const;
    void showPlate();
    std::string previewDevice() const;
    void askPreview();
    void showPreview();
    void press();
    void order(const RenderOrder& order);
    void start(const RenderOrder& order);
    void tellEnd(const QString& job);
    void tellFailure(const JobState& job);
    void chooseFolder();
    bool beingRendered(const RenderOrder& order) const;

    DeliverForm* form_;
    QStackedWidget* centre_;
    ClipViewer* viewer_;
    QComboBox* shown_;
    QCheckBox* live_;
    QLabel* previewState_;
    WrittenList* written_;
    QLabel* summary_;
    FramePreview preview_;
    std::optional<PreviewResult> picture_;
    QString pictureOf_;  // the clip that it is of
    std::optional<Error> noPicture_;
    QTimer again_;  // while it plays, until it stands
    QString shownClip_;
    std::vector<RenderOrder> ordered_;  // since the window was opened
    int asking_ = 0;                    // orders without an answer
};

}  // namespace understudy::ui
