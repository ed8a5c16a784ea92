// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs as the window asks for them: what each program is told.
#pragma once

#include <QString>

#include <optional>

#include "media/align/face_alignment.h"
#include "media/project/project.h"
#include "training/protocol/messages.h"

namespace understudy::ui {

// `options`: words of the command line beside project and clip.
training::StartJob findFacesJob(const std::string& project, const std::string& clip,
                                const std::vector<std::string>& options = {});
// Cuts faces that were found; searches what was not searched yet.
training::StartJob cutFacesJob(const std::string& project, const std::string& clip,
                               media::FaceType type, int size);
// price: of one GPU for an hour.
training::StartJob trainJob(const std::string& project, const std::string& run,
                            std::optional<double> price = {});

}  // namespace understudy::ui
