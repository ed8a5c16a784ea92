// SPDX-License-Identifier: GPL-3.0-or-later
// How curves and their axes look, and what the ticks say.
#pragma once

#include <qcustomplot.h>

#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/theme.h"

namespace understudy::ui {

inline const char* const kLearningRate = "lr";  // the series
// Layers of the plot, from below to that of the run that is looked at.
inline const char* const kRaw = "raw";
inline const char* const kCompared = "compared";

// Told apart by lightness as well, for who sees few colours.
inline const QColor kTermColors[] = {{0x56, 0xB4, 0xE9}, {0xE3, 0xB0, 0x4B}, {0x6C, 0xBF, 0x84},
                                     {0xD9, 0x8F, 0xB8}, {0xE0, 0xE0, 0xE0}, {0x9A, 0x8C, 0xE0}};

// Runs that are compared: by colour, and by dashes for who sees none.
inline const QColor kRunColors[] = {{0xE3, 0xB0, 0x4B}, {0x8F, 0xCF, 0x9E}, {0xC3, 0x9B, 0xE8},
                                    {0xF0, 0x8C, 0x5A}, {0xD8, 0xD6, 0xA0}, {0x7F, 0xD1, 0xD6}};
inline const QVector<qreal> kRunDashes[] = {
    {6, 3}, {2, 3}, {12, 4}, {10, 3, 2, 3}, {6, 2, 2, 2, 2, 2}, {16, 3, 5, 3}};

inline QPen runPen(size_t slot) {
    QPen pen(kRunColors[slot], 1);
    pen.setDashPattern(kRunDashes[slot]);
    return pen;
}

// Curves of one run among those of others, by shape: source round and destination square, as
// performers are everywhere. A triangle that points up is a checkpoint.
inline const QCPScatterStyle::ScatterShape kMarkers[] = {
    QCPScatterStyle::ssDisc,  QCPScatterStyle::ssSquare, QCPScatterStyle::ssDiamond,
    QCPScatterStyle::ssCross, QCPScatterStyle::ssPlus,   QCPScatterStyle::ssTriangleInverted};

inline void styleAxis(QCPAxis* axis) {
    axis->setBasePen(QPen(theme::kDisabled, 0));
    axis->setTickPen(QPen(theme::kDisabled, 0));
    axis->setSubTickPen(QPen(theme::kSelected, 0));
    axis->setTickLabelColor(theme::kSecond);
    axis->setTickLabelFont(theme::font(theme::FontUse::numberCaption));
    axis->setLabelColor(theme::kSecond);
    axis->setLabelFont(theme::font(theme::FontUse::caption));
    axis->grid()->setPen(QPen(theme::kPanel, 0));
    axis->grid()->setSubGridVisible(false);
    axis->grid()->setZeroLinePen(Qt::NoPen);
    axis->setTickLengthIn(0);
    axis->setTickLengthOut(4);
    axis->setSubTickLengthIn(0);
    axis->setSubTickLengthOut(2);
}

// Whole steps with separated thousands: 12,400.
class StepTicker : public QCPAxisTicker {
  protected:
    double getTickStep(const QCPRange& range) override {
        return std::max(1.0, std::ceil(QCPAxisTicker::getTickStep(range)));
    }
    int getSubTickCount(double tickStep) override {
        return tickStep < 10 ? 0 : QCPAxisTicker::getSubTickCount(tickStep);
    }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return countText(std::llround(tick));
    }
};

// Hours and minutes of training, from seconds.
class TrainedTicker : public QCPAxisTickerTime {
  public:
    TrainedTicker() { setTimeFormat(QStringLiteral("%h:%m:%s")); }
};

// The same few digits at every size of loss, on both kinds of scale.
template <class Base>
class LossTicker : public Base {
  protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return QString::number(tick, 'g', 3);
    }
};

}  // namespace understudy::ui
