// SPDX-License-Identifier: GPL-3.0-or-later
// The keys by which every picture is zoomed: a look while one is held, and whole ratios, which
// presets of keys may have on the digits.
#pragma once

#include "ui/panels/add_key.h"

namespace understudy::ui {

constexpr int kMostZoom = 8;  // to one

// `zoomTo`: 1 to kMostZoom pixels of the screen for one of the picture.
void addZoomKeys(const AddKey& add, std::function<void()> hold, std::function<void(int)> zoomTo);

// The whole ratio that shows clearly more than this one, for a look.
double closerZoom(double now);

}  // namespace understudy::ui
