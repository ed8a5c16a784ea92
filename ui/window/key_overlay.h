// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of the page over the page (F1); any key or click takes it away.
#pragma once

#include <QAction>
#include <QWidget>

namespace understudy::ui {

class KeyOverlay : public QWidget {
    Q_OBJECT
  public:
    explicit KeyOverlay(QWidget* parent);
    void appear(const QString& title, const QList<QAction*>& page,
                const QList<QAction*>& everywhere);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Line {
        QString key;
        QString text;
    };
    QString title_;
    QList<Line> page_;
    QList<Line> everywhere_;
};

}  // namespace understudy::ui
