// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs as a list in the order of the queue: the project's, or those of other projects among
// them, so that one sees what holds the machine. What is chosen stays chosen when the order
// changes.
#pragma once

#include <QAbstractListModel>
#include <string>
#include <vector>

#include "ui/models/jobs_model.h"

namespace understudy::ui {

class JobListModel : public QAbstractListModel {
    Q_OBJECT
  public:
    explicit JobListModel(JobsModel* jobs, QObject* parent = nullptr);

    void setEveryones(bool on);
    bool everyones() const { return everyones_; }
    // The jobs that are shown, newest first.
    std::vector<JobState> jobs() const;
    // All of them, shown or not, as of the last change.
    const std::vector<JobState>& all() const { return all_; }
    bool isOthers(const JobState& job) const { return jobs_->isOthers(job); }
    // How many of other projects are not over, shown or not.
    int ofOthers() const { return ofOthers_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    // Null where there is none; until the next change.
    const JobState* job(const QModelIndex& index) const;

  private:
    void refresh();
    QModelIndex indexOf(const std::string& id) const;

    JobsModel* jobs_;
    bool everyones_ = false;
    std::vector<std::string> order_;  // as inQueueOrder()
    std::vector<JobState> all_;       // newest first
    int ofOthers_ = 0;
};

}  // namespace understudy::ui
