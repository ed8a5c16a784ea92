// Copies of a selection's packs in a folder of this node, so that all ranks of it read shared
// storage once.
#pragma once

#include <cstdint>
#include <filesystem>

#include "media/base/result.h"
#include "training/plan/selection.h"

namespace understudy::training {

struct StageReport {
    uint64_t bytes = 0;
    double seconds = 0;
};

class StagedPacks {
  public:
    // `runFolder` is what relative pack paths start at.
    StagedPacks(const Selection& selection, const std::filesystem::path& runFolder,
                std::filesystem::path folder);

    // Whole copies are left as they are. Errors: missingInput, cannotWrite.
    Result<StageReport> copy() const;
    // Takes the copies away, as far as they are there.
    void remove() const;
    // The same faces, read from there.
    Selection selection() const;

  private:
    std::filesystem::path placeOf(size_t pack) const;

    Selection original_;
    std::filesystem::path runFolder_;
    std::filesystem::path folder_;
};

}  // namespace understudy::training
