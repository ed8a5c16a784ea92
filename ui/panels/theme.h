// SPDX-License-Identifier: GPL-3.0-or-later
// The look in one place: greys with R=G=B, one accent, the two performers, the states; sizes on a
// grid of 4; fonts. Colour carries meaning or focus, nothing else.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

namespace understudy::ui::theme {

// Greys, darkest first, as setBrightness() leaves them.
inline QColor kGap(0x14, 0x14, 0x14);             // gaps, tool tips
inline QColor kSeparator(0x1A, 0x1A, 0x1A);       // 1 px lines
inline QColor kBase(0x1F, 0x1F, 0x1F);            // lists, inputs, plots
inline const QColor kSurround(0x26, 0x26, 0x26);  // around pictures: their own look hangs on it
inline QColor kBar(0x2B, 0x2B, 0x2B);
inline QColor kPanel(0x33, 0x33, 0x33);
inline QColor kButton(0x3D, 0x3D, 0x3D);
inline QColor kHover(0x4A, 0x4A, 0x4A);
inline QColor kSelected(0x4F, 0x4F, 0x4F);
inline QColor kDisabled(0x70, 0x70, 0x70);
inline QColor kEdge(0x84, 0x84, 0x84);
inline QColor kHint(0xA0, 0xA0, 0xA0);
inline QColor kSecond(0xB8, 0xB8, 0xB8);
inline QColor kText(0xE0, 0xE0, 0xE0);

// The user's brightness, 0.75 to 1.6, for dark rooms and bright ones. Once, before anything is
// made of the greys. Panels are scaled by it, texts by less, so that both stay apart.
void setBrightness(double factor);

inline const QColor kAccent(0x45, 0xC4, 0xB0);
inline const QColor kSource(0x56, 0xB4, 0xE9);
inline const QColor kDestination(0xD9, 0x8F, 0xB8);
inline const QColor kOk(0x6C, 0xBF, 0x84);
inline const QColor kRunning(0xB8, 0xB8, 0xB8);
inline const QColor kWarning(0xE3, 0xB0, 0x4B);
inline const QColor kError(0xF2, 0x83, 0x7B);
inline const QColor kPending(0xC3, 0x9B, 0xE8);

constexpr int kRowHeight = 24;
constexpr int kHeaderHeight = 28;
constexpr int kControlHeight = 24;
constexpr int kPadding = 8;
constexpr int kRadius = 2;

enum class FontUse { body, caption, title, emptyTitle, number, numberCaption };
QFont font(FontUse use);
QPalette palette();

// The colour of a state's icon ("ok", "error", "warning", others: grey).
QColor stateColor(const QString& iconName);

}  // namespace understudy::ui::theme
