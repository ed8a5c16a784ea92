// A render that is a version in another form: which one, and what is no longer as it was then.
#pragma once

#include <string>

#include "media/project/project.h"
#include "training/swap/render_clip.h"

namespace understudy::training {

// The version that `request.deliver` names. Errors: usage, where there is none, where run or
// checkpoint are others than its own, or where it would be written over a version's pictures: those
// never change. What is restored is written over the version's own and nothing else.
Result<media::VersionRecord> deliveredVersion(const media::Project& project,
                                              const RenderRequest& request);

// What of two texts of settings, as versions keep them, makes other pictures: "faces, mask"; empty
// where nothing does. The plate's place, mattes and the program's version do not count.
std::string changedSince(const std::string& then, const std::string& now);

}  // namespace understudy::training
