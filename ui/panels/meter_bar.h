// SPDX-License-Identifier: GPL-3.0-or-later
// "Memory [#####-----] 31.2 of 140 GB": how much of something is taken, in one flat row.
#pragma once

#include <QString>
#include <QWidget>
#include <optional>

namespace understudy::ui {

class MeterBar : public QWidget {
    Q_OBJECT
  public:
    explicit MeterBar(const QString& title, QWidget* parent = nullptr);

    // `part` from 0 to 1; nothing: not known, which is said.
    void setValue(std::optional<double> part, const QString& words);
    // A second part behind the first one, which it is to become: what a plan needs beside what is
    // taken. Past 1 it is drawn as far as there is room.
    void setPlanned(double part);
    void setWarning(bool on);
    void setStale(bool on);  // as it was a while ago
    QString words() const { return words_; }
    std::optional<double> part() const { return part_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString title_;
    QString words_;
    std::optional<double> part_;
    double planned_ = 0;
    bool warning_ = false;
    bool stale_ = false;
};

}  // namespace understudy::ui
