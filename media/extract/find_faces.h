// The search through a clip: one thread decodes, the others look, what they find goes into the
// journal. Then faces are followed into the gaps that are left.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "media/extract/found_journal.h"
#include "media/extract/kept_parts.h"
#include "media/face/face_models.h"
#include "media/face/people.h"
#include "media/source/frame_source.h"

namespace understudy::media {

constexpr int64_t kBatchFrames = 48;

// The frames of a source that exist, in order.
std::vector<FrameNumber> existingFrames(const SourceInfo& info);

// Loads the models when they are needed for the first time.
class LazyModels {
  public:
    explicit LazyModels(FaceModelChoice choice) : choice_(std::move(choice)) {}
    Result<FaceModels> get();

  private:
    FaceModelChoice choice_;
    std::optional<FaceModels> models_;
};

struct Search {
    std::string plate;  // path
    std::vector<FrameNumber> frames;
    int threads = 1;
    std::stop_token stop;
    // After each batch, from one thread: its frames, all frames of finished batches so far.
    std::function<Status(const std::vector<FrameFaces>& batch, int64_t searched)> searched;
    std::function<void(const std::string& text)> warned;
    KeptParts* kept = nullptr;  // takes the colours around what is found, where they are cheap
};

// Searches the batches that the journal does not have. Frames that cannot be decoded have no faces
// and are warned of; a clip of which none can be is an error.
Status searchClip(const Search& search, LazyModels& models, FoundJournal& journal);

// One performer: the chosen face of each of `search.frames`.
using Track = std::vector<std::optional<FaceFound>>;

struct ChosenPerson {
    std::vector<Person> people;  // of the clip, in analysis pixels
    Track track;                 // of the one who was asked for
};

// Sorts what the journal has into people and follows the one who is asked for (0: the first) into
// frames where they are missing, from both sides. Errors: usage where there are not so many.
Result<ChosenPerson> chooseAndFill(const Search& search, int analysisWidth, int analysisHeight,
                                   size_t person, LazyModels& models, FoundJournal& journal);

}  // namespace understudy::media
