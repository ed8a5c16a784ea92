// A loss over its steps as lines of text: in braille dots where the terminal can show them, else in
// plain characters.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "training/plan/run_folder.h"

namespace understudy::training {

struct PlotSize {
    size_t width = 60;  // characters, the scale on the left included
    size_t height = 8;  // lines, the steps below not included
};

// Nothing for fewer than two steps whose loss is finite. Steps that share a column are averaged.
std::vector<std::string> plotLoss(std::span<const HistoryLine> history, PlotSize size,
                                  bool braille);

// Whether stderr is read by something that shows UTF-8.
bool showsBraille();

}  // namespace understudy::training
