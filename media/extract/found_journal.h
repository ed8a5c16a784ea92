// What the search found, batch by batch, kept as it comes: `<clip>.found` beside the packs.
// Append-only with a checksum for each record; a torn tail is dropped on open. It is derived data:
// one that belongs to another plate, or that another version of the search wrote, is begun anew.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "media/base/file.h"
#include "media/base/result.h"
#include "media/face/face_track.h"

namespace understudy::media {

class FoundJournal {
  public:
    // `key`: what the content depends on, 64 hex digits. Errors: cannotWrite.
    static Result<FoundJournal> open(const std::filesystem::path& path, const std::string& key);

    // Batches of frames by their index, and faces that were followed into gaps by the gap's first
    // frame.
    const std::map<int64_t, std::vector<FrameFaces>>& batches() const { return batches_; }
    const std::map<int64_t, std::vector<FrameFaces>>& gaps() const { return gaps_; }

    // The batches, which the object forgets: a long clip's are not to be held twice.
    std::map<int64_t, std::vector<FrameFaces>> takeBatches() { return std::move(batches_); }

    // Durable when they return.
    Status addBatch(int64_t index, const std::vector<FrameFaces>& frames);
    Status addGap(int64_t first, const std::vector<FrameFaces>& frames);

  private:
    FoundJournal() = default;
    Status load(const std::string& key);
    Status append(uint32_t kind, int64_t index, const std::vector<FrameFaces>& frames);

    std::filesystem::path path_;
    FileHandle file_;
    std::map<int64_t, std::vector<FrameFaces>> batches_;
    std::map<int64_t, std::vector<FrameFaces>> gaps_;
};

}  // namespace understudy::media
