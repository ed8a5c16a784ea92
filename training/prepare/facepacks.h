// The faces of one clip that may be trained: which pack holds them, which of its records are found
// and not rejected, and which were corrected since it was cut.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "media/faceset/pack.h"
#include "media/project/project.h"

namespace understudy::training {

struct ClipPack {
    std::filesystem::path index;
    media::PackHeader header;
    int trained = 0;  // pixels of the area without the margin
    std::filesystem::file_time_type written;
};

// Every readable pack of the clip, the newest first.
std::vector<ClipPack> packsOf(const media::Project& project, const std::string& clip);

struct WantedPack {
    media::FaceType type = media::FaceType::wholeFace;
    int resolution = 0;
    int preferredSize = 0;  // of the project's settings, 0 if none
};
// Side of the crops (`understudy-cli extract --size`) that a resolution needs.
int cropSizeFor(int resolution, double margin = media::PackHeader().margin);
// Errors: usage, naming the clip and the command that makes a pack that fits.
Result<ClipPack> choosePack(const std::vector<ClipPack>& packs, const std::string& clip,
                            const WantedPack& wanted);

// Whether any of its faces is.
Result<bool> isStale(const media::Project& project, const ClipPack& pack, const std::string& clip);

struct ClipFace {
    uint32_t record = 0;
    int64_t frame = 0;
    std::string hash;
};
// Frames whose faces were corrected since the pack was cut, or found elsewhere: it holds them as
// they no longer count. `faces`: of the clip, as they count.
Result<std::set<int64_t>> staleFrames(const media::Project& project, const std::string& clip,
                                      const media::PackReader& pack,
                                      const std::vector<media::FaceTruth>& faces);

// Frames of the clip whose face is this performer's, found and not rejected.
Result<std::vector<int64_t>> wantedFrames(const media::Project& project, const std::string& clip,
                                          const std::string& performer);
// Their records, in the order of the frames; frames that the pack does not have are left out.
Result<std::vector<ClipFace>> facesIn(const ClipPack& pack, const std::vector<int64_t>& frames);

}  // namespace understudy::training
