// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/range_histogram.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kTitleHeight = 18;
constexpr int kEnd = 5;        // half the width of what is taken hold of
constexpr float kSteps = 100;  // keys go through the range in

}  // namespace

RangeHistogram::RangeHistogram(const QString& title, const QString& unit, int decimals,
                               QWidget* parent)
    : QWidget(parent), title_(title), unit_(unit), decimals_(decimals) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
}

void RangeHistogram::setSpread(const MeasureSpread& spread) {
    if (spread == spread_) {
        return;
    }
    spread_ = spread;
    setEnabled(spread_.known > 0 && spread_.most > spread_.least);
    update();
}

void RangeHistogram::setRange(const FaceRange& range) {
    range_ = range;
    update();
}

QRect RangeHistogram::track() const {
    return {kEnd, kTitleHeight, width() - 2 * kEnd, height() - kTitleHeight - 4};
}

float RangeHistogram::shownLeast() const {
    return std::clamp(range_.least, spread_.least, std::max(spread_.least, spread_.most));
}

float RangeHistogram::shownMost() const {
    return std::clamp(range_.most, spread_.least, std::max(spread_.least, spread_.most));
}

double RangeHistogram::xOf(float value) const {
    const float width = spread_.most - spread_.least;
    const float share = width > 0 ? (value - spread_.least) / width : 0;
    return track().left() + static_cast<double>(share) * track().width();
}

float RangeHistogram::valueAt(double x) const {
    const double share = std::clamp((x - track().left()) / std::max(1, track().width()), 0.0, 1.0);
    return spread_.least + static_cast<float>(share) * (spread_.most - spread_.least);
}

// An end that is at the border of what there is lets everything through: new faces too.
void RangeHistogram::take(float least, float most) {
    FaceRange range;
    if (least > spread_.least) {
        range.least = least;
    }
    if (most < spread_.most) {
        range.most = most;
    }
    if (!(range == range_)) {
        range_ = range;
        update();
        Q_EMIT rangeChanged();
    }
}

QString RangeHistogram::valueText(float value) const {
    return QString::number(static_cast<double>(value), 'f', decimals_) + unit_;
}

void RangeHistogram::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const bool on = isEnabled();
    painter.setFont(theme::font(theme::FontUse::body));
    painter.setPen(on ? theme::kSecond : theme::kDisabled);
    const QRect title(0, 0, width(), kTitleHeight - 2);
    painter.drawText(title, Qt::AlignLeft | Qt::AlignVCenter, title_);
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    const QRect plot = track();
    painter.fillRect(plot, theme::kBase);
    if (!on) {
        painter.drawText(title, Qt::AlignRight | Qt::AlignVCenter,
                         spread_.known == 0 ? tr("not measured") : valueText(spread_.least));
        return;
    }
    painter.setPen(range_.whole() ? theme::kHint : theme::kText);
    painter.drawText(title, Qt::AlignRight | Qt::AlignVCenter,
                     tr("%1 – %2").arg(valueText(shownLeast()), valueText(shownMost())));
    // The square root keeps the few odd ones visible beside the many usual ones.
    const double highest = std::sqrt(static_cast<double>(std::max<int64_t>(1, spread_.highest())));
    const double from = xOf(shownLeast());
    const double to = xOf(shownMost());
    for (int i = 0; i < MeasureSpread::kBins; ++i) {
        const double x = plot.left() + static_cast<double>(plot.width()) * i / MeasureSpread::kBins;
        const double next =
            plot.left() + static_cast<double>(plot.width()) * (i + 1) / MeasureSpread::kBins;
        const int count = spread_.bins[static_cast<size_t>(i)];
        const double tall =
            count == 0 ? 0 : std::max(1.0, (plot.height() - 2) * std::sqrt(count) / highest);
        const bool inside = (x + next) / 2 >= from && (x + next) / 2 <= to;
        painter.fillRect(QRectF(x, plot.bottom() + 1 - tall, std::max(1.0, next - x - 1), tall),
                         inside ? theme::kEdge : theme::kHover);
    }
    for (const double x : {from, to}) {
        painter.fillRect(QRectF(x - 1, plot.top(), 2, plot.height()),
                         hasFocus() ? theme::kAccent : theme::kText);
    }
}

void RangeHistogram::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        return;
    }
    const double x = event->position().x();
    pressedX_ = x;
    pressedLeast_ = shownLeast();
    pressedMost_ = shownMost();
    const double toLeast = std::abs(x - xOf(pressedLeast_));
    const double toMost = std::abs(x - xOf(pressedMost_));
    if (std::min(toLeast, toMost) <= 2 * kEnd) {
        grip_ = toLeast <= toMost ? Grip::least : Grip::most;
    } else if (!range_.whole() && x > xOf(pressedLeast_) && x < xOf(pressedMost_)) {
        grip_ = Grip::both;
    } else {
        grip_ = toLeast <= toMost ? Grip::least : Grip::most;
        mouseMoveEvent(event);
    }
}

void RangeHistogram::mouseMoveEvent(QMouseEvent* event) {
    const double x = event->position().x();
    const float value = valueAt(x);
    switch (grip_) {
        case Grip::least:
            take(std::min(value, shownMost()), shownMost());
            break;
        case Grip::most:
            take(shownLeast(), std::max(value, shownLeast()));
            break;
        case Grip::both: {
            const float moved =
                std::clamp(valueAt(track().left() + std::abs(x - pressedX_)) - spread_.least, 0.0f,
                           spread_.most - spread_.least);
            const float by = x < pressedX_ ? -std::min(moved, pressedLeast_ - spread_.least)
                                           : std::min(moved, spread_.most - pressedMost_);
            take(pressedLeast_ + by, pressedMost_ + by);
            break;
        }
        case Grip::none:
            break;
    }
}

void RangeHistogram::mouseReleaseEvent(QMouseEvent*) {
    grip_ = Grip::none;
}

void RangeHistogram::mouseDoubleClickEvent(QMouseEvent*) {
    take(spread_.least, spread_.most);
}

void RangeHistogram::keyPressEvent(QKeyEvent* event) {
    const float step = (spread_.most - spread_.least) / kSteps;
    const bool upper = event->modifiers() & Qt::ShiftModifier;
    const float by = event->key() == Qt::Key_Left    ? -step
                     : event->key() == Qt::Key_Right ? step
                                                     : 0;
    if (by != 0) {
        upper ? take(shownLeast(), std::max(shownLeast(), shownMost() + by))
              : take(std::min(shownMost(), shownLeast() + by), shownMost());
    } else if (event->key() == Qt::Key_Backspace) {
        take(spread_.least, spread_.most);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void RangeHistogram::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void RangeHistogram::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

}  // namespace understudy::ui
