// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs as the window asks for them: what each program is told.
#pragma once

#include <QString>

#include <optional>

#include "media/align/face_alignment.h"
#include "media/project/project.h"
#include "training/protocol/messages.h"

namespace understudy::ui {

struct SwapSettings {
    std::string run;
    std::string clip;
    QString out;                   // a movie, or a pattern with #### for a sequence
    std::string color = "linear";  // linear, mean, none: how the face takes the plate's tones
    std::string mask = "learned";  // learned, hull, learned*hull
    double erode = 0;              // band inside the outline that stays plate, in face widths
    double blur = 0.08;            // width of the soft edge, in face widths
    std::string frames;            // "1001-1050", empty: all
};

training::StartJob findFacesJob(const std::string& project, const std::string& clip);
// Cuts faces that were found; searches what was not searched yet.
training::StartJob cutFacesJob(const std::string& project, const std::string& clip,
                               media::FaceType type, int size);
// price: of one GPU for an hour.
training::StartJob trainJob(const std::string& project, const std::string& run,
                            std::optional<double> price = {});
training::StartJob swapJob(const std::string& project, const SwapSettings& settings);

}  // namespace understudy::ui
