// SPDX-License-Identifier: GPL-3.0-or-later
// A contact sheet of versions: a row for each frame, a column for the plate and each version. Any
// thread.
#pragma once

#include <QImage>
#include <QString>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "media/base/result.h"
#include "media/source/frame_source.h"
#include "ui/models/swap_frames.h"

namespace understudy::ui {

struct SheetColumn {
    QString name;
    QString path;
    FrameMap frames;
    media::ReadAs readAs = {};
};

// Up to `count` of the frames, evenly spread, with the first and the last.
std::vector<int64_t> spreadFrames(const std::vector<int64_t>& frames, size_t count);

// Cells are `cell` wide; what cannot be read is an empty cell. Errors: missingInput when nothing
// can be read, usage without frames or columns.
Result<QImage> reviewSheet(const std::vector<SheetColumn>& columns,
                           const std::vector<int64_t>& frames, int cell);

}  // namespace understudy::ui
