// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/frame_ruler.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kMargin = 12;
constexpr double kReach = 5;     // of the pointer
constexpr double kNoteY = 21.5;  // middle of a note's head

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
    setMouseTracking(true);
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

int64_t FrameRuler::frameAt(double x) const {
    const auto frames = static_cast<double>(last_ - first_ + 1);
    const auto frame =
        first_ + static_cast<int64_t>(std::floor((x - kMargin) / (width() - 2 * kMargin) * frames));
    return std::clamp(frame, first_, last_);
}

// The middle of its head.
double FrameRuler::noteX(const NoteSpan& note) const {
    return (xOf(static_cast<double>(note.first)) + xOf(static_cast<double>(note.first + 1))) / 2;
}

const FrameRuler::NoteSpan* FrameRuler::noteAt(QPointF place) const {
    const auto note = std::find_if(notes_.begin(), notes_.end(), [&](const NoteSpan& each) {
        return std::hypot(place.x() - noteX(each), place.y() - kNoteY) <= kReach;
    });
    return note == notes_.end() || note->id == 0 ? nullptr : &*note;
}

// Brackets can be taken where there are some: at the whole there is nothing to see.
FrameRuler::Grip FrameRuler::gripAt(QPointF place, Qt::KeyboardModifiers modifiers) const {
    if (last_ < first_) {
        return Grip::none;
    }
    if (modifiers & Qt::ShiftModifier) {
        return Grip::part;
    }
    const bool part = in_ > first_ || out_ < last_;
    if (part && std::abs(place.x() - xOf(static_cast<double>(in_))) <= kReach) {
        return Grip::in;
    }
    if (part && std::abs(place.x() - xOf(static_cast<double>(out_ + 1))) <= kReach) {
        return Grip::out;
    }
    return Grip::frame;
}

void FrameRuler::drag(double x) {
    const int64_t frame = frameAt(x);
    switch (grip_) {
        case Grip::none:
            break;
        case Grip::frame:
            Q_EMIT frameRequested(frame);
            break;
        case Grip::in:
            Q_EMIT inRequested(std::min(frame, out_));
            break;
        case Grip::out:
            Q_EMIT outRequested(std::max(frame, in_));
            break;
        case Grip::part:
            Q_EMIT inRequested(std::min(frame, partFrom_));
            Q_EMIT outRequested(std::max(frame, partFrom_));
            break;
    }
}

void FrameRuler::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || last_ < first_) {
        return;
    }
    if (const NoteSpan* note = noteAt(event->position())) {
        Q_EMIT noteRequested(note->id);
        return;
    }
    grip_ = gripAt(event->position(), event->modifiers());
    partFrom_ = frameAt(event->position().x());
    if (grip_ == Grip::frame) {
        drag(event->position().x());
    }
}

void FrameRuler::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        drag(event->position().x());
        return;
    }
    const Grip grip = gripAt(event->position(), event->modifiers());
    setCursor(noteAt(event->position()) != nullptr || grip == Grip::frame ? Qt::PointingHandCursor
                                                                          : Qt::SizeHorCursor);
}

void FrameRuler::mouseReleaseEvent(QMouseEvent*) {
    grip_ = Grip::none;
}

bool FrameRuler::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const NoteSpan* note = noteAt(help->pos());
        QToolTip::showText(help->globalPos(),
                           note != nullptr ? note->words
                                           : tr("Drag to go through the frames; with Shift, to "
                                                "choose the part that is played"),
                           this);
        return true;
    }
    return QWidget::event(event);
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
        painter.drawEllipse(QPointF(noteX(note), kNoteY), 3, 3);
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
