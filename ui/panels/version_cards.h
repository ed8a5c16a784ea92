// SPDX-License-Identifier: GPL-3.0-or-later
// Versions of many clips at a glance: a heading for each clip and below it a card for each of its
// versions, in the order given. Arrows go from card to card, Return or a click opens one. Pictures
// are asked for when their card is painted.
#pragma once

#include <QAbstractScrollArea>
#include <vector>

#include "ui/panels/version_list.h"

namespace understudy::ui {

class VersionCards : public QAbstractScrollArea {
    Q_OBJECT
  public:
    VersionCards(FrameThumbnails* pictures, VersionList::PictureOf pictureOf,
                 QWidget* parent = nullptr);

    // Those of a clip after each other. What is current stays so where it is still there.
    void setTakes(std::vector<Take> takes);
    const std::vector<Take>& takes() const { return takes_; }
    const Take* current() const;
    void setCurrent(const QString& out);
    QRect cardRect(size_t number) const;  // in the viewport

  Q_SIGNALS:
    void currentChanged(const QString& out);  // by key
    void opened(const QString& out);
    void closed();  // Esc

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    struct Heading {
        QString clip;
        QString words;
        int top = 0;
    };
    void arrange();
    int indexAt(QPoint place) const;  // -1: none
    int above(int from, bool below) const;
    void goTo(int index);
    void paintHeading(QPainter& painter, const Heading& heading) const;
    void paintCard(QPainter& painter, size_t number);

    FrameThumbnails* pictures_;
    VersionList::PictureOf pictureOf_;
    std::vector<Take> takes_;
    std::vector<QRect> cards_;  // of each, as if nothing were scrolled
    std::vector<Heading> headings_;
    int current_ = -1;
    int hovered_ = -1;
};

}  // namespace understudy::ui
