// SPDX-License-Identifier: GPL-3.0-or-later
// What the service and the jobs log: followed, filtered by level and words, copied.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QWidget>

#include "ui/models/jobs_model.h"
#include "ui/models/log_feed.h"

namespace understudy::ui {

class LogPanel : public QWidget {
    Q_OBJECT
  public:
    explicit LogPanel(JobsModel* jobs, QWidget* parent = nullptr);

    void showJob(const QString& job);  // empty: the service's
    LogFeed* feed() { return &feed_; }
    QString shownText() const { return text_->toPlainText(); }

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void fillSources();
    void openSource();
    void fill();
    void append(size_t count);
    bool passes(const LogLine& line) const;
    void addLines(const std::vector<const LogLine*>& lines);
    void copyAll();

    JobsModel* jobs_;
    LogFeed feed_;
    QComboBox* source_;
    QComboBox* level_;
    QLineEdit* words_;
    QCheckBox* follow_;
    QPlainTextEdit* text_;
    QString wanted_;  // a job whose turn in the list has not come
};

}  // namespace understudy::ui
