// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/theme.h"

#include <QFontDatabase>
#include <algorithm>
#include <cmath>

namespace understudy::ui::theme {
namespace {

QString bodyFamily() {
    static const QString family = QFontDatabase::families().contains(QStringLiteral("Inter"))
                                      ? QStringLiteral("Inter")
                                      : QStringLiteral("DejaVu Sans");
    return family;
}

}  // namespace

void setBrightness(double factor) {
    factor = std::clamp(factor, 0.75, 1.6);
    const auto set = [](QColor& grey, double level) {
        const int rounded = static_cast<int>(std::lround(std::min(level, 255.0)));
        grey = QColor(rounded, rounded, rounded);
    };
    for (QColor* grey : {&kGap, &kSeparator, &kBase, &kBar, &kPanel, &kButton, &kHover, &kSelected,
                         &kDisabled, &kEdge}) {
        set(*grey, grey->red() * factor);
    }
    for (QColor* grey : {&kHint, &kSecond, &kText}) {
        const int level = grey->red();
        set(*grey, factor < 1 ? level * (1 + factor) / 2 : level + (255 - level) * (factor - 1));
    }
}

QFont font(FontUse use) {
    const bool number = use == FontUse::number || use == FontUse::numberCaption;
    QFont font(number ? QStringLiteral("DejaVu Sans Mono") : bodyFamily());
    font.setHintingPreference(QFont::PreferFullHinting);
    switch (use) {
        case FontUse::body:
        case FontUse::number:
            font.setPixelSize(12);
            break;
        case FontUse::caption:
        case FontUse::numberCaption:
            font.setPixelSize(11);
            break;
        case FontUse::title:
            font.setPixelSize(13);
            font.setWeight(QFont::DemiBold);
            break;
        case FontUse::emptyTitle:
            font.setPixelSize(20);
            break;
    }
    return font;
}

QPalette palette() {
    QPalette p;
    p.setColor(QPalette::Window, kPanel);
    p.setColor(QPalette::WindowText, kText);
    p.setColor(QPalette::Base, kBase);
    p.setColor(QPalette::AlternateBase, kSurround);
    p.setColor(QPalette::Text, kText);
    p.setColor(QPalette::PlaceholderText, kHint);
    p.setColor(QPalette::Button, kButton);
    p.setColor(QPalette::ButtonText, kText);
    p.setColor(QPalette::BrightText, Qt::white);
    p.setColor(QPalette::Light, kHover);
    p.setColor(QPalette::Midlight, kButton);
    p.setColor(QPalette::Mid, kBar);
    p.setColor(QPalette::Dark, kSeparator);
    p.setColor(QPalette::Shadow, kGap);
    p.setColor(QPalette::Highlight, kSelected);
    p.setColor(QPalette::HighlightedText, Qt::white);
    p.setColor(QPalette::ToolTipBase, kGap);
    p.setColor(QPalette::ToolTipText, kText);
    p.setColor(QPalette::Link, kAccent);
    p.setColor(QPalette::LinkVisited, kAccent);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                            QPalette::HighlightedText, QPalette::PlaceholderText}) {
        p.setColor(QPalette::Disabled, role, kDisabled);
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, kButton);
    return p;
}

QColor stateColor(const QString& iconName) {
    if (iconName == QStringLiteral("pending")) {
        return kPending;
    }
    if (iconName == QStringLiteral("retake")) {
        return kWarning;
    }
    if (iconName == QStringLiteral("ok") || iconName == QStringLiteral("approved")) {
        return kOk;
    }
    if (iconName == QStringLiteral("error")) {
        return kError;
    }
    if (iconName == QStringLiteral("warning") || iconName == QStringLiteral("suspect")) {
        return kWarning;
    }
    return kRunning;
}

}  // namespace understudy::ui::theme
