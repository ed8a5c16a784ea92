// SPDX-License-Identifier: GPL-3.0-or-later
// Which clips' plates are not where they were. Looked for in the background whenever the project
// has changed, by one look at a time however slow the disk is.
#pragma once

#include <QObject>
#include <set>
#include <string>

#include "ui/models/project_session.h"

namespace understudy::ui {

class PlateWatch : public QObject {
    Q_OBJECT
  public:
    explicit PlateWatch(ProjectSession* session, QObject* parent = nullptr);

    const std::set<std::string>& gone() const { return gone_; }  // names of clips
    void look();

  Q_SIGNALS:
    void changed();

  private:
    ProjectSession* session_;
    std::set<std::string> gone_;
    bool looking_ = false;
    bool again_ = false;
};

}  // namespace understudy::ui
