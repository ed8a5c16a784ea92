// Which frames of a sequence are done, and with what settings: a small JSON file beside it, so that
// a render that was killed goes on where it was and frames of other settings are never taken for
// its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"

namespace understudy::training {

class RenderRecord {
  public:
    // "out/bird.####.png" -> "out/bird.render.json".
    static std::filesystem::path placeFor(const std::string& pattern);

    // Reads what is there; an unreadable record counts as none.
    RenderRecord(std::filesystem::path place, std::string settings);

    // Frames made with these settings.
    const std::set<media::FrameNumber>& swapped() const { return own_.swapped; }
    const std::set<media::FrameNumber>& passedThrough() const { return own_.passed; }

    // Says, durably, that these frames are about to be made anew. Errors: cannotWrite.
    Status begin(const std::vector<media::FrameNumber>& frames);
    void add(media::FrameNumber frame, bool swapped);
    // Errors: cannotWrite.
    Status save() const;

  private:
    struct Section {
        std::string settings;
        std::set<media::FrameNumber> swapped;
        std::set<media::FrameNumber> passed;
    };

    void read();

    std::filesystem::path place_;
    Section own_;
    std::vector<Section> others_;
};

}  // namespace understudy::training
