// selection.json: per identity the ordered pack file, record and hash of every face that trains, so
// that the trainer needs no database.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

struct SelectedFace {
    uint32_t pack = 0;    // index into Selection::packs
    uint32_t record = 0;  // in that pack
    std::string hash;     // stored hash of the record
    int64_t frame = 0;
};

struct Identity {
    std::string performer;
    std::vector<SelectedFace> faces;
};

struct Selection {
    std::vector<std::string> packs;    // .idx files, relative to the run folder or absolute
    std::vector<Identity> identities;  // as performersOf(plan): [0] source, [1] destination
    // SHA-256 over the ordered hashes of one identity: the "faceset hash" of plan and checkpoint.
    std::string facesetHash(size_t identity) const;
};

Result<Selection> loadSelection(const std::filesystem::path& path);
Status saveSelection(const Selection& selection, const std::filesystem::path& path);

// Where a pack of the selection lies.
std::filesystem::path packPath(const Selection& selection, size_t pack,
                               const std::filesystem::path& runFolder);

}  // namespace understudy::training
