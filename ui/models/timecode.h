// SPDX-License-Identifier: GPL-3.0-or-later
// Timecodes as counted frames: "HH:MM:SS:FF", or with a ; before the frames where the first numbers
// of each minute but every tenth are left out (29.97 and 59.94).
#pragma once

#include <QString>
#include <cstdint>
#include <optional>

namespace understudy::ui {

// Frames since midnight; nothing where it is no timecode.
std::optional<int64_t> timecodeFrames(const QString& timecode, double fps);
// `frames` since midnight, written as `like` is; goes round at midnight.
QString timecodeText(int64_t frames, double fps, const QString& like);

}  // namespace understudy::ui
