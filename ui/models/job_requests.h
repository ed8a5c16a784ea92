// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs as the window asks for them: what each program is told.
#pragma once

#include <QString>

#include <optional>

#include "media/align/face_alignment.h"
#include "media/project/project.h"
#include "training/protocol/messages.h"

namespace understudy::ui {

training::StartJob findFacesJob(const std::string& project, const std::string& clip);
// Cuts faces that were found; searches what was not searched yet.
training::StartJob cutFacesJob(const std::string& project, const std::string& clip,
                               media::FaceType type, int size);
// price: of one GPU for an hour.
training::StartJob trainJob(const std::string& project, const std::string& run,
                            std::optional<double> price = {});

}  // namespace understudy::ui
