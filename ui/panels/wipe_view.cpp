// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/wipe_view.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/panels/theme.h"

namespace understudy::ui {

QImage differenceOf(const QImage& a, const QImage& b) {
    if (a.isNull() || a.size() != b.size()) {
        return {};
    }
    QImage out(a.size(), QImage::Format_RGB32);
    for (int y = 0; y < a.height(); ++y) {
        const auto* one = reinterpret_cast<const QRgb*>(a.constScanLine(y));
        const auto* two = reinterpret_cast<const QRgb*>(b.constScanLine(y));
        auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
        for (int x = 0; x < a.width(); ++x) {
            const auto part = [](int p, int q) { return std::min(255, std::abs(p - q) * 4); };
            to[x] = qRgb(part(qRed(one[x]), qRed(two[x])), part(qGreen(one[x]), qGreen(two[x])),
                         part(qBlue(one[x]), qBlue(two[x])));
        }
    }
    return out;
}

WipeView::WipeView(QWidget* parent) : QWidget(parent) {
    setObjectName("wipeView");
    setMouseTracking(true);
    setFocusPolicy(Qt::ClickFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(320, 180);
}

void WipeView::setPictures(const QImage& swap, const QImage& plate, const QString& plateLabel) {
    swap_ = swap;
    plate_ = plate;
    plateLabel_ = plateLabel;
    difference_ = mode_ == CompareMode::difference ? differenceOf(swap_, plate_) : QImage();
    update();
}

void WipeView::setMessage(const QString& text) {
    message_ = text;
    update();
}

void WipeView::setMode(CompareMode mode) {
    mode_ = mode;
    setPictures(swap_, plate_, plateLabel_);
}

QRect WipeView::pictureRect(const QSize& size, const QRect& within) const {
    const QSize fitted = size.scaled(within.size(), Qt::KeepAspectRatio);
    return {QPoint(within.x() + (within.width() - fitted.width()) / 2,
                   within.y() + (within.height() - fitted.height()) / 2),
            fitted};
}

void WipeView::paintLabel(QPainter& painter, const QRect& picture, const QString& text,
                          bool right) const {
    painter.setFont(theme::font(theme::FontUse::caption));
    const int width = painter.fontMetrics().horizontalAdvance(text) + 12;
    const QRect plate(right ? picture.right() - width - 7 : picture.x() + 8, picture.y() + 8, width,
                      18);
    painter.fillRect(plate, QColor(0x14, 0x14, 0x14, 190));
    painter.setPen(Qt::white);
    painter.drawText(plate, Qt::AlignCenter, text);
}

void WipeView::paintWipe(QPainter& painter) {
    const QRect picture = pictureRect(swap_.size(), rect());
    painter.drawImage(picture, swap_);
    if (!plate_.isNull()) {
        const int at = picture.x() + static_cast<int>(picture.width() * wipe_);
        painter.save();
        painter.setClipRect(QRect(QPoint(at, picture.y()), picture.bottomRight()));
        painter.drawImage(picture, plate_);
        painter.restore();
        painter.fillRect(QRect(at - 1, picture.y(), 2, picture.height()), theme::kAccent);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::kGap, 1));
        painter.setBrush(Qt::white);
        painter.drawEllipse(QPointF(at, picture.center().y()), 6, 6);
        paintLabel(painter, picture, tr("A  swap"), false);
    }
    if (!plateLabel_.isEmpty()) {
        paintLabel(painter, picture, plateLabel_, true);
    }
}

void WipeView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::kSurround);
    if (swap_.isNull()) {
        painter.setFont(theme::font(theme::FontUse::body));
        painter.setPen(theme::kSecond);
        painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                         message_);
        return;
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    switch (mode_) {
        case CompareMode::swapOnly:
            painter.drawImage(pictureRect(swap_.size(), rect()), swap_);
            return;
        case CompareMode::wipe:
            paintWipe(painter);
            return;
        case CompareMode::sideBySide: {
            const int half = (width() - 4) / 2;
            const QRect left = pictureRect(swap_.size(), QRect(0, 0, half, height()));
            painter.drawImage(left, swap_);
            paintLabel(painter, left, tr("A  swap"), false);
            if (!plate_.isNull()) {
                const QRect right = pictureRect(plate_.size(), QRect(half + 4, 0, half, height()));
                painter.drawImage(right, plate_);
                paintLabel(painter, right, plateLabel_, false);
            } else if (!plateLabel_.isEmpty()) {
                paintLabel(painter, QRect(half + 4, left.y(), half, left.height()), plateLabel_,
                           false);
            }
            return;
        }
        case CompareMode::difference: {
            const QRect picture = pictureRect(swap_.size(), rect());
            painter.drawImage(picture, difference_.isNull() ? swap_ : difference_);
            paintLabel(painter, picture, tr("difference x4"), false);
            return;
        }
    }
}

void WipeView::mousePressEvent(QMouseEvent* event) {
    mouseMoveEvent(event);
}

void WipeView::mouseMoveEvent(QMouseEvent* event) {
    if ((event->buttons() & Qt::LeftButton) && mode_ == CompareMode::wipe && !swap_.isNull()) {
        const QRect picture = pictureRect(swap_.size(), rect());
        wipe_ = std::clamp((event->position().x() - picture.x()) / picture.width(), 0.0, 1.0);
        update();
    }
}

}  // namespace understudy::ui
