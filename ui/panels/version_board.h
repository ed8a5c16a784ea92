// SPDX-License-Identifier: GPL-3.0-or-later
// All versions of a project on one board for whoever decides about them: rows per clip, those of
// one status alone where that is wanted.
#pragma once

#include <QButtonGroup>
#include <QStackedWidget>
#include <optional>

#include "ui/panels/basics.h"
#include "ui/panels/version_cards.h"

namespace understudy::ui {

class VersionBoard : public QWidget {
    Q_OBJECT
  public:
    VersionBoard(FrameThumbnails* pictures, VersionList::PictureOf pictureOf,
                 QWidget* parent = nullptr);

    // Clips are ordered by name here, what is of one clip stays as it is given.
    void setTakes(std::vector<Take> takes);
    // Only versions that stand so; nothing: all, and swaps that are no version yet.
    void setFilter(std::optional<media::VersionStatus> status);
    std::optional<media::VersionStatus> filter() const { return filter_; }
    bool empty() const { return takes_.empty(); }  // whatever the filter
    VersionCards* cards() const { return cards_; }

  Q_SIGNALS:
    void closed();

  private:
    void addFilter(const QString& name, std::optional<media::VersionStatus> status,
                   QBoxLayout* row);
    void fill();

    VersionCards* cards_;
    QStackedWidget* places_;
    EmptyState* empty_;
    QButtonGroup* filters_;
    std::vector<Take> takes_;
    std::optional<media::VersionStatus> filter_;
};

}  // namespace understudy::ui
