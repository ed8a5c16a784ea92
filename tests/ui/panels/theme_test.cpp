// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/theme.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace understudy::ui;

namespace {

// WCAG 2.2, relative luminance and contrast ratio.
double luminance(const QColor& color) {
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

// Puts the greys back when it goes.
struct KeptGreys {
    std::vector<QColor*> greys = {
        &theme::kGap,    &theme::kSeparator, &theme::kBase,     &theme::kBar,      &theme::kPanel,
        &theme::kButton, &theme::kHover,     &theme::kSelected, &theme::kDisabled, &theme::kEdge,
        &theme::kHint,   &theme::kSecond,    &theme::kText};
    std::vector<QColor> before;
    KeptGreys() { keep(); }
    ~KeptGreys() { restore(); }
    void keep() {
        for (const auto* grey : greys) {
            before.push_back(*grey);
        }
    }
    void restore() {
        for (size_t i = 0; i < greys.size(); ++i) {
            *greys[i] = before[i];
        }
    }
};

}  // namespace

TEST_CASE("texts stay legible at every brightness, and greys neutral") {
    KeptGreys kept;
    for (const double factor : {0.75, 1.0, 1.3, 1.6}) {
        INFO(factor);
        kept.restore();
        theme::setBrightness(factor);
        for (const auto* ground : {&theme::kPanel, &theme::kBase, &theme::kBar}) {
            CHECK(contrast(theme::kText, *ground) >= 4.5);
            CHECK(contrast(theme::kSecond, *ground) >= 4.5);
            CHECK(contrast(theme::kHint, *ground) >= 4.5);
        }
        for (const auto* grey : kept.greys) {
            CHECK(grey->red() == grey->green());
            CHECK(grey->red() == grey->blue());
        }
        CHECK(theme::kText.red() > theme::kSecond.red());
        CHECK(theme::kSecond.red() > theme::kHint.red());
        CHECK(std::lround(0x33 * factor) == theme::kPanel.red());
        CHECK(theme::kSurround == QColor(0x26, 0x26, 0x26));
    }
    kept.restore();
    theme::setBrightness(7);
    CHECK(theme::kPanel.red() == std::lround(0x33 * 1.6));
}
