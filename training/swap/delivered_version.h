// A render that is a version in another form: which one, and what is no longer as it was then.
#pragma once

#include <string>
#include <vector>

#include "media/project/project.h"
#include "training/swap/render_clip.h"

namespace understudy::training {

// The version that `request.deliver` names. Errors: usage, where there is none, where run or
// checkpoint are others than its own, or where it would be written over a version's pictures: those
// never change. What is restored is written over the version's own and nothing else.
Result<media::VersionRecord> deliveredVersion(const media::Project& project,
                                              const RenderRequest& request);

// What there is to say where `version` is rendered again with `settings`: that faces, masks or the
// look are others by now, or that another version of the program restores it. The plate's place and
// mattes make no other picture. Errors: usage, where what is restored would be another picture.
Result<std::vector<std::string>> compareSettings(const media::VersionRecord& version,
                                                 const RenderRequest& request,
                                                 const std::string& settings);

}  // namespace understudy::training
