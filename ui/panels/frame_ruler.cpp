// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/frame_ruler.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kMargin = 12;

// 1, 2, 5, 10, 20, 50, ... so that marks are at least `least` pixels apart.
int64_t markStep(double pixelsPerFrame, double least) {
    int64_t step = 1;
    while (static_cast<double>(step) * pixelsPerFrame < least) {
        const auto leading = step;
        int64_t power = 1;
        while (power * 10 <= leading) {
            power *= 10;
        }
        const int64_t digit = leading / power;
        step = digit == 1 ? 2 * power : digit == 2 ? 5 * power : 10 * power;
    }
    return step;
}

}  // namespace

FrameRuler::FrameRuler(QWidget* parent) : QWidget(parent) {
    setObjectName("frameRuler");
    setFixedHeight(32);
    setCursor(Qt::PointingHandCursor);
}

void FrameRuler::setRange(int64_t first, int64_t last, const std::vector<int64_t>& missing) {
    first_ = first;
    last_ = last;
    missing_ = missing;
    cached_.clear();
    found_.clear();
    notes_.clear();
    in_ = first;
    out_ = last;
    frame_ = std::clamp(frame_, first_, std::max(first_, last_));
    update();
}

void FrameRuler::setFrame(int64_t frame) {
    frame_ = frame;
    update();
}

void FrameRuler::setCached(const std::set<int64_t>& frames) {
    cached_ = frames;
    update();
}

void FrameRuler::setFacesFound(const std::set<int64_t>& frames) {
    found_ = frames;
    update();
}

void FrameRuler::setPart(int64_t in, int64_t out) {
    in_ = in;
    out_ = out;
    update();
}

void FrameRuler::setNotes(std::vector<NoteSpan> notes) {
    notes_ = std::move(notes);
    update();
}

double FrameRuler::xOf(double frame) const {
    const auto frames = static_cast<double>(std::max<int64_t>(1, last_ - first_ + 1));
    return kMargin + (frame - static_cast<double>(first_)) / frames * (width() - 2 * kMargin);
}

void FrameRuler::seek(double x) {
    if (last_ < first_) {
        return;
    }
    const auto frames = static_cast<double>(last_ - first_ + 1);
    const auto frame =
        first_ + static_cast<int64_t>(std::floor((x - kMargin) / (width() - 2 * kMargin) * frames));
    Q_EMIT frameRequested(std::clamp(frame, first_, last_));
}

void FrameRuler::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        seek(event->position().x());
    }
}

void FrameRuler::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        seek(event->position().x());
    }
}

void FrameRuler::paintRuns(QPainter& painter, const std::set<int64_t>& frames, int y, int height,
                           const QColor& color) const {
    for (auto run = frames.begin(); run != frames.end();) {
        auto end = run;
        int64_t last = *run;
        while (++end != frames.end() && *end == last + 1) {
            last = *end;
        }
        const double from = xOf(static_cast<double>(*run));
        const double to = xOf(static_cast<double>(last + 1));
        painter.fillRect(QRectF(from, y, std::max(1.0, to - from), height), color);
        run = end;
    }
}

// What is left out is dark; the ends are brackets.
void FrameRuler::paintPart(QPainter& painter) const {
    if (in_ <= first_ && out_ >= last_) {
        return;
    }
    const double from = xOf(static_cast<double>(in_));
    const double to = xOf(static_cast<double>(out_ + 1));
    const QColor dark(0x14, 0x14, 0x14, 150);
    painter.fillRect(QRectF(kMargin, 14, from - kMargin, 14), dark);
    painter.fillRect(QRectF(to, 14, width() - kMargin - to, 14), dark);
    painter.setPen(QPen(theme::kText, 1.5));
    for (const auto& [x, inwards] : {std::pair(from, 4.0), std::pair(to, -4.0)}) {
        painter.drawPolyline(QPolygonF(
            {QPointF(x + inwards, 15), QPointF(x, 15), QPointF(x, 28), QPointF(x + inwards, 28)}));
    }
}

// A bar over the frames with a round head where it begins, hollow once it is resolved.
void FrameRuler::paintNotes(QPainter& painter) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const NoteSpan& note : notes_) {
        const double from = xOf(static_cast<double>(note.first));
        const double to = xOf(static_cast<double>(note.last + 1));
        const QColor color = note.open ? theme::kWarning : theme::kOk;
        painter.fillRect(QRectF(from, 20, std::max(2.0, to - from), 3), color);
        painter.setPen(QPen(color, 1.5));
        painter.setBrush(note.open ? QBrush(color) : QBrush(theme::kBase));
        painter.drawEllipse(QPointF((from + xOf(static_cast<double>(note.first + 1))) / 2, 21.5), 3,
                            3);
    }
    painter.restore();
}

void FrameRuler::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::kBar);
    if (last_ < first_) {
        return;
    }
    const QRect track(kMargin, 18, width() - 2 * kMargin, 8);
    painter.fillRect(track, theme::kBase);
    paintRuns(painter, cached_, 24, 2, theme::kEdge);
    paintRuns(painter, found_, 18, 5, theme::kSecond);
    for (const int64_t gap : missing_) {
        const double from = xOf(static_cast<double>(gap));
        painter.fillRect(
            QRectF(from, 18, std::max(1.5, xOf(static_cast<double>(gap + 1)) - from), 8),
            theme::kError);
    }
    paintPart(painter);
    paintNotes(painter);
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    const double perFrame = xOf(static_cast<double>(first_ + 1)) - xOf(static_cast<double>(first_));
    const int64_t step = markStep(perFrame, 72);
    double free = -1;
    for (int64_t frame = first_; frame <= last_;
         frame = frame == first_ ? (first_ / step + 1) * step : frame + step) {
        const double x = xOf(static_cast<double>(frame));
        if (x < free) {
            continue;
        }
        painter.setPen(theme::kEdge);
        painter.drawLine(QPointF(x + 0.5, 14), QPointF(x + 0.5, 18));
        painter.setPen(theme::kHint);
        const QString number = QString::number(frame);
        const int wide = painter.fontMetrics().horizontalAdvance(number);
        const auto next = static_cast<double>((first_ / step + 1) * step);
        if (frame == first_ && xOf(next) - x < wide + 12 && next <= static_cast<double>(last_)) {
            continue;  // a round one stands too near
        }
        // At the right end it stands before its mark.
        const double left = x + 3 + wide < width() ? x + 3 : x - 3 - wide;
        if (left >= free - 12) {
            painter.drawText(QPointF(left, 13), number);
        }
        free = x + wide + 12;
    }
    const double from = xOf(static_cast<double>(frame_));
    const double to = xOf(static_cast<double>(frame_ + 1));
    const double middle = (from + to) / 2;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::kAccent);
    painter.drawPolygon(
        QPolygonF({QPointF(middle - 4, 14), QPointF(middle + 4, 14), QPointF(middle, 19)}));
    painter.fillRect(QRectF(middle - 1, 15, 2, 16), theme::kAccent);
}

}  // namespace understudy::ui
