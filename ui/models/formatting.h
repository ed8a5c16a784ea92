// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as the window writes them: thousands separated, units given, times as ranges.
#pragma once

#include <QString>

#include "media/base/result.h"
#include "training/protocol/messages.h"

namespace understudy::ui {

QString text(const std::string& utf8);
std::string utf8(const QString& text);

QString countText(int64_t count);      // 12,400
QString rateText(double rate);         // 14.2, 227, 0.031
QString lossText(double loss);         // 0.1123; "–" for NaN
QString durationText(double seconds);  // 45 s, 12 min, 1 h 12 min
// "35–45 s left", "55–70 min left", "estimating…" while it is not known.
QString timeLeftText(double low, double high);
QString elapsedText(double seconds);  // 0:42, 12:07, 1:02:33
QString bytesText(double bytes);      // 7.4 GB

QString encodingText(const std::string& encoding);  // sRGB, scene-linear, Rec. 709

// What happened, to what, what to do: one paragraph.
QString errorText(const Error& error);
QString errorText(const training::JobError& error);

}  // namespace understudy::ui
