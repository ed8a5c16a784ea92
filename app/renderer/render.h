// One render for a channel: progress and warnings go there, the result comes as the JSON that the
// last message holds.
#pragma once

#include <stop_token>
#include <string>

#include "training/protocol/job_channel.h"
#include "training/swap/render_clip.h"
#include "training/swap/render_memory.h"

namespace understudy {

// `memory`: of the renders before, or null. Errors: those of renderClip; deviceUnavailable where
// the memory does not suffice.
Result<std::string> render(const training::RenderRequest& request, training::JobChannel& channel,
                           const std::stop_token& stop, training::RenderMemory* memory);

}  // namespace understudy
