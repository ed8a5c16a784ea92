#include "training/engine/trainer/staged_packs.h"

#include "media/base/file.h"
#include "media/faceset/pack.h"
#include "training/engine/trainer/step_clock.h"

namespace understudy::training {

namespace fs = std::filesystem;

StagedPacks::StagedPacks(const Selection& selection, const fs::path& runFolder, fs::path folder)
    : original_(selection), runFolder_(runFolder), folder_(std::move(folder)) {}

// Packs of different projects may have one name.
fs::path StagedPacks::placeOf(size_t pack) const {
    return folder_ / std::to_string(pack) / packPath(original_, pack, runFolder_).filename();
}

Result<StageReport> StagedPacks::copy() const {
    StageReport report;
    const double start = monotonicSeconds();
    for (size_t pack = 0; pack < original_.packs.size(); ++pack) {
        const fs::path index = packPath(original_, pack, runFolder_);
        US_TRY(createPrivateFolder(placeOf(pack).parent_path()));
        for (const bool pixels : {true, false}) {
            const fs::path from = pixels ? media::packPixelsPath(index) : index;
            const fs::path to = pixels ? media::packPixelsPath(placeOf(pack)) : placeOf(pack);
            std::error_code failed;
            const uint64_t size = fs::file_size(from, failed);
            if (failed) {
                return Error{ErrorCode::missingInput, "a face pack is missing or cannot be read",
                             from.string(), "Extract the faces of the clip again"};
            }
            fs::copy_file(from, to, fs::copy_options::update_existing, failed);
            if (failed) {
                return Error{ErrorCode::cannotWrite,
                             "faces cannot be copied to this node: " + failed.message(),
                             to.string(), "Make room there, or choose another --stage-in folder"};
            }
            report.bytes += size;
        }
    }
    report.seconds = monotonicSeconds() - start;
    return report;
}

void StagedPacks::remove() const {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Selection StagedPacks::selection() const {
    Selection near = original_;
    for (size_t pack = 0; pack < near.packs.size(); ++pack) {
        near.packs[pack] = placeOf(pack).string();
    }
    return near;
}

}  // namespace understudy::training
