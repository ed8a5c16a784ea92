// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/formatting.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <map>

namespace understudy::ui {
namespace {

struct FormatText {
    Q_DECLARE_TR_FUNCTIONS(FormatText)
};

const QLocale& numbers() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

QString sentence(QString part) {
    part = part.trimmed();
    if (!part.isEmpty() && !part.endsWith('.') && !part.endsWith('?') && !part.endsWith('!')) {
        part += '.';
    }
    if (!part.isEmpty()) {
        part[0] = part[0].toUpper();
    }
    return part;
}

QString joinedError(const std::string& message, const std::string& where,
                    const std::string& remedy) {
    QString what = text(message);
    const QString place = text(where);
    if (!place.isEmpty() && !what.contains(place)) {
        what += QStringLiteral(" (%1)").arg(place);
    }
    const QString then = sentence(text(remedy));
    return then.isEmpty() ? sentence(what) : sentence(what) + ' ' + then;
}

}  // namespace

QString text(const std::string& utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

std::string utf8(const QString& text) {
    const QByteArray bytes = text.toUtf8();
    return {bytes.constData(), static_cast<size_t>(bytes.size())};
}

QString countText(int64_t count) {
    return numbers().toString(static_cast<qlonglong>(count));
}

QString encodingText(const std::string& encoding) {
    static const std::map<std::string, const char*> kNames = {{"srgb", "sRGB"},
                                                              {"scene_linear", "scene-linear"},
                                                              {"acescct", "ACEScct"},
                                                              {"bt709", "Rec. 709"},
                                                              {"bt601", "Rec. 601"}};
    const auto found = kNames.find(encoding);
    return found == kNames.end() ? text(encoding) : QString::fromLatin1(found->second);
}

QString rateText(double rate) {
    if (!std::isfinite(rate) || rate < 0) {
        return QStringLiteral("–");
    }
    if (rate >= 100) {
        return countText(std::llround(rate));
    }
    return numbers().toString(rate, 'f', rate >= 10 ? 1 : rate >= 1 ? 2 : 3);
}

QString lossText(double loss) {
    return std::isfinite(loss) ? numbers().toString(loss, 'f', loss >= 10 ? 2 : 4)
                               : QStringLiteral("–");
}

QString durationText(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) {
        return FormatText::tr("unknown");
    }
    if (seconds < 90) {
        return FormatText::tr("%1 s").arg(std::lround(seconds));
    }
    const long minutes = std::lround(seconds / 60);
    if (minutes < 90) {
        return FormatText::tr("%1 min").arg(minutes);
    }
    return FormatText::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60, 2, 10, QChar('0'));
}

QString timeLeftText(double low, double high) {
    if (!std::isfinite(low) || !std::isfinite(high) || low < 0 || high < 0) {
        return FormatText::tr("estimating…");
    }
    const auto range = [](double a, double b, double unit, const QString& name) {
        const long from = std::lround(a / unit);
        const long to = std::max(from, std::lround(b / unit));
        return from == to ? FormatText::tr("%1 %2 left").arg(to).arg(name)
                          : FormatText::tr("%1–%2 %3 left").arg(from).arg(to).arg(name);
    };
    if (high < 90) {
        return range(low, high, 1, FormatText::tr("s"));
    }
    if (high < 90 * 60) {
        return range(low, high, 60, FormatText::tr("min"));
    }
    const QString from = numbers().toString(low / 3600, 'f', 1);
    const QString to = numbers().toString(high / 3600, 'f', 1);
    return from == to ? FormatText::tr("%1 h left").arg(to)
                      : FormatText::tr("%1–%2 h left").arg(from, to);
}

QString elapsedText(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) {
        return QStringLiteral("–");
    }
    const auto whole = static_cast<long>(seconds);
    const QString tail = QStringLiteral("%1").arg(whole % 60, 2, 10, QChar('0'));
    if (whole < 3600) {
        return QStringLiteral("%1:%2").arg(whole / 60).arg(tail);
    }
    return QStringLiteral("%1:%2:%3")
        .arg(whole / 3600)
        .arg(whole / 60 % 60, 2, 10, QChar('0'))
        .arg(tail);
}

QString bytesText(double bytes) {
    static const char* const kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    int unit = 0;
    while (bytes >= 1000 && unit < 4) {
        bytes /= 1000;
        ++unit;
    }
    return QStringLiteral("%1 %2").arg(
        numbers().toString(bytes, 'f', unit == 0 || bytes >= 100 ? 0 : 1),
        QLatin1String(kUnits[unit]));
}

QString errorText(const Error& error) {
    return joinedError(error.message, error.where, error.remedy);
}

QString errorText(const training::JobError& error) {
    return joinedError(error.message, error.where, error.remedy);
}

}  // namespace understudy::ui
