// SPDX-License-Identifier: GPL-3.0-or-later
// The view through which all viewers show scene-linear pictures: one of $OCIO, or of those that are
// built in; remembered by its name. The configuration is read in the background.
#pragma once

#include <QObject>
#include <QStringList>
#include <memory>

#include "media/color/display_views.h"
#include "ui/models/ui_settings.h"

namespace understudy::ui {

class DisplayChoice : public QObject {
    Q_OBJECT
  public:
    using Read = media::DisplayViews (*)();
    explicit DisplayChoice(UiSettings* settings, Read read = &media::DisplayViews::fromEnvironment);

    // As they are listed: "sRGB", "projector: Film".
    QStringList names() const;
    int current() const { return current_; }  // -1: not known yet
    void choose(int number);
    // Null for sRGB that is built in, which is how pictures are kept.
    const std::shared_ptr<const media::DisplayView>& view() const { return view_; }
    // What is wrong with the configuration or with what was chosen last; empty: nothing.
    const QString& problem() const { return problem_; }

  Q_SIGNALS:
    void changed();

  private:
    void take(media::DisplayViews views);
    void make(int number);
    bool kept(int number) const;

    UiSettings* settings_;
    media::DisplayViews views_;
    int current_ = -1;
    std::shared_ptr<const media::DisplayView> view_;
    QString problem_;
    int generation_ = 0;
};

}  // namespace understudy::ui
