// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/timecode.h"

#include <QRegularExpression>
#include <algorithm>
#include <cmath>

namespace understudy::ui {
namespace {

int64_t numbersASecond(double fps) {
    return std::max<int64_t>(1, std::llround(fps));
}

// Numbers that a minute leaves out: two of 30, four of 60.
int64_t dropped(const QString& timecode, double fps) {
    return timecode.contains(';') ? numbersASecond(fps) / 15 : 0;
}

}  // namespace

std::optional<int64_t> timecodeFrames(const QString& timecode, double fps) {
    static const QRegularExpression form(
        QStringLiteral("^\\s*(\\d{1,2})[:;](\\d{1,2})[:;](\\d{1,2})[:;.](\\d{1,3})\\s*$"));
    const auto match = form.match(timecode);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const auto part = [&](int i) { return match.captured(i).toLongLong(); };
    const int64_t minutes = 60 * part(1) + part(2);
    if (part(1) > 23 || part(2) > 59 || part(3) > 59 || part(4) >= numbersASecond(fps)) {
        return std::nullopt;
    }
    return (60 * minutes + part(3)) * numbersASecond(fps) + part(4) -
           dropped(timecode, fps) * (minutes - minutes / 10);
}

QString timecodeText(int64_t frames, double fps, const QString& like) {
    const int64_t base = numbersASecond(fps);
    const int64_t drop = dropped(like, fps);
    const int64_t tenMinutes = 600 * base - 9 * drop;
    const int64_t day = 144 * tenMinutes;
    int64_t number = ((frames % day) + day) % day;
    if (drop > 0) {
        const int64_t within = number % tenMinutes;
        const int64_t minutes = within < drop ? 0 : (within - drop) / (60 * base - drop);
        number += drop * (9 * (number / tenMinutes) + minutes);
    }
    const auto two = [](int64_t value) {
        return QStringLiteral("%1").arg(value, 2, 10, QChar('0'));
    };
    return two(number / (3600 * base)) + ':' + two(number / (60 * base) % 60) + ':' +
           two(number / base % 60) + (drop > 0 ? ';' : ':') + two(number % base);
}

}  // namespace understudy::ui
