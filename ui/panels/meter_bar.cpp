// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/meter_bar.h"

#include <QPainter>
#include <algorithm>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kHeight = 18;
constexpr int kTitle = 52;   // pixels; so that bars above each other begin together
constexpr int kWords = 124;  // and end together
constexpr int kBar = 6;

}  // namespace

MeterBar::MeterBar(const QString& title, QWidget* parent)
    : QWidget(parent), title_(title), words_(tr("not known")) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MeterBar::setValue(std::optional<double> part, const QString& words) {
    part_ = part;
    words_ = words.isEmpty() ? tr("not known") : words;
    setToolTip(QStringLiteral("%1: %2").arg(title_, words_));
    update();
}

void MeterBar::setPlanned(double part) {
    planned_ = part;
    update();
}

void MeterBar::setWarning(bool on) {
    warning_ = on;
    update();
}

void MeterBar::setStale(bool on) {
    stale_ = on;
    update();
}

QSize MeterBar::sizeHint() const {
    return {kTitle + kWords + 100, std::max(kHeight, fontMetrics().height() + 4)};
}

QSize MeterBar::minimumSizeHint() const {
    return {kTitle + kWords + 40, sizeHint().height()};
}

void MeterBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme::font(theme::FontUse::caption));
    painter.setPen(stale_ ? theme::kDisabled : theme::kSecond);
    painter.drawText(QRect(0, 0, kTitle, height()), Qt::AlignLeft | Qt::AlignVCenter, title_);
    const QRect track(kTitle, (height() - kBar) / 2, width() - kTitle - kWords, kBar);
    painter.fillRect(track, theme::kBase);
    const double part = std::clamp(part_.value_or(0), 0.0, 1.0);
    const auto fill = [&](double from, double to, const QColor& color) {
        QRect filled = track;
        filled.setLeft(track.left() + static_cast<int>(track.width() * from));
        filled.setRight(track.left() + static_cast<int>(track.width() * to) - 1);
        painter.fillRect(filled, color);
    };
    const QColor taken = stale_ ? theme::kDisabled : warning_ ? theme::kWarning : theme::kSecond;
    fill(0, part, taken);
    if (planned_ > 0) {
        const double end = std::min(1.0, part + planned_);
        fill(part, end, part + planned_ > 1 ? theme::kError : theme::kDisabled);
    }
    painter.setFont(theme::font(part_ ? theme::FontUse::numberCaption : theme::FontUse::caption));
    painter.setPen(stale_ || !part_ ? theme::kHint : warning_ ? theme::kWarning : theme::kText);
    const QRect place(width() - kWords + 6, 0, kWords - 6, height());
    painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(words_, Qt::ElideRight, place.width()));
}

}  // namespace understudy::ui
