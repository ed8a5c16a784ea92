// From a project to a run folder that the trainer can start from: plan.json and selection.json. The
// one place where project and plan meet, so that the trainer needs no database.
#pragma once

#include <string>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/base/result.h"
#include "media/project/project.h"
#include "training/plan/plan.h"

namespace understudy::training {

struct RunRequest {
    std::string name;     // empty: r01, r02, ...
    Plan plan;            // with source, destination and everything else set
    bool resume = false;  // go on with the run if it exists
};

struct PreparedRun {
    std::string name;
    std::filesystem::path folder;
    bool existed = false;
};

// Faces that have to be cut from their plates (again) before a run can train on them: no pack of
// the clip shows as much of the head as the plan wants, none is large enough, or what somebody
// corrected since is not in it: landmarks, faces placed where none was found, painted masks.
struct WantedCut {
    std::string clip;
    media::FaceType type = media::FaceType::wholeFace;
    int size = 0;  // pixels of a crop's side, margin included
};
// In the order of the clips; empty when the run can be prepared as it is. Clips without a face that
// could be trained are left out: prepareRun tells of them. Errors: as prepareRun.
Result<std::vector<WantedCut>> wantedCuts(const media::Project& project, const RunRequest& request);

// Takes every face of the plan's performers that is found and not rejected, in their own clips and
// where one of another's clip was assigned to them; a clip that was not extracted is an error
// (usage) that names it when the performer has no face at all. For a resumed run plan and selection
// stay as they are; `steps`, `devices`, `threads` and the keys that may change while running are
// taken from the request and appended to changes.jsonl. The base must be there; a relative path of
// one is written down as an absolute one. Errors: usage (run exists without resume, unknown
// performer, no faces, different encodings, no such base, and what checkConsent() says).
Result<PreparedRun> prepareRun(media::Project& project, const RunRequest& request);

}  // namespace understudy::training
