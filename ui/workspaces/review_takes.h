// SPDX-License-Identifier: GPL-3.0-or-later
// What Review can show of the open project, and what each of it can be compared with.
#pragma once

#include <optional>
#include <vector>

#include "ui/models/studio.h"
#include "ui/panels/player.h"
#include "ui/panels/version_list.h"

namespace understudy::ui {

// By clip; in a clip swaps that are no version yet first, then versions, newest first.
std::vector<Take> reviewTakes(const Studio& studio);

const media::ClipRecord* clipOf(const Studio& studio, const QString& clip);
// Frames of the plate that a take shows; empty where its clip is gone.
std::vector<int64_t> framesOf(const Studio& studio, const Take& take);
// The one in the middle of what it shows; none where nothing is there.
FrameOfFile pictureOf(const Take& take);
PlayerSource sourceOf(const Studio& studio, const Take& take);

// What a take can be compared with: its plate, its matte, the true swap of made-up performers, and
// the other takes of the clip.
std::vector<PlayerSource> comparisons(const Studio& studio, const Take& take,
                                      const std::vector<Take>& ofClip);

}  // namespace understudy::ui
