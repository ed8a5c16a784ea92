#include <algorithm>
#include <array>
#include <iterator>

#include "media/extract/find_faces.h"
#include "media/face/analysis_image.h"
#include "media/face/face_follower.h"

namespace understudy::media {

namespace {

constexpr int64_t kBlock = 16;  // frames held in memory while going backwards

struct Gap {
    size_t first;  // indices into the clip's frames
    size_t last;
};

class GapFiller {
  public:
    GapFiller(const Search& search, FrameSource& source, FaceFinder& finder, const Track& track)
        : search_(search), source_(source), finder_(finder), track_(track) {}

    // The faces of the gap's frames; empty where there is none.
    Result<std::vector<FrameFaces>> fill(const Gap& gap) {
        std::vector<std::optional<FaceFound>> found(gap.last - gap.first + 1);
        US_TRY(forwards(gap, found));
        US_TRY(backwards(gap, found));
        std::vector<FrameFaces> frames;
        for (size_t i = gap.first; i <= gap.last; ++i) {
            FrameFaces frame{search_.frames[i], {}};
            if (found[i - gap.first]) {
                frame.faces.push_back(*found[i - gap.first]);
            }
            frames.push_back(std::move(frame));
        }
        return frames;
    }

  private:
    bool follows(size_t index) const {
        return index > 0 && search_.frames[index - 1] + 1 == search_.frames[index];
    }

    Result<AnalysisImage> image(size_t index) {
        if (search_.stop.stop_requested()) {
            return Error{ErrorCode::saved, "finding faces was stopped; what was found is kept",
                         search_.plate, "Start it again to go on"};
        }
        US_ASSIGN(const Frame frame, source_.read(search_.frames[index]));
        return analysisImage(frame);
    }

    Status forwards(const Gap& gap, std::vector<std::optional<FaceFound>>& found) {
        if (!follows(gap.first) || !track_[gap.first - 1]) {
            return {};
        }
        std::array<AnalysisImage, 2> pictures;  // the last one and this one, in turn
        US_ASSIGN(pictures[0], image(gap.first - 1));
        FaceFollower follower(finder_, pictures[0].gray, *track_[gap.first - 1]);
        for (size_t i = gap.first; i <= gap.last && follows(i); ++i) {
            Result<AnalysisImage> read = image(i);
            if (!read.ok()) {
                return unlessUnreadable(read.error());
            }
            const size_t turn = (i - gap.first + 1) % 2;
            pictures[turn] = std::move(*read);
            const Image& now = pictures[turn].gray;
            std::optional<FaceFound> next = follower.step(now);
            if (!next) {
                break;
            }
            if (!next->hasMotion) {
                finder_.measureMotion(now, pictures[1 - turn].gray, *next);
            }
            next->look = lookOf(now, next->landmarks);
            found[i - gap.first] = *next;
        }
        return {};
    }

    // From the frame after the gap, block by block, because movies are read forwards.
    Status backwards(const Gap& gap, std::vector<std::optional<FaceFound>>& found) {
        const size_t after = gap.last + 1;
        if (after >= track_.size() || !track_[after]) {
            return {};
        }
        Block block;
        std::optional<FaceFollower> follower;
        for (size_t i = after; follows(i); --i) {
            if (!block.holds(i) || !block.holds(i - 1)) {
                const FaceFound face = follower ? follower->face() : *track_[after];
                follower.reset();
                US_ASSIGN(block, blockUpTo(i, gap.first > 0 ? gap.first - 1 : 0));
                if (!block.holds(i) || !block.holds(i - 1)) {
                    break;
                }
                follower.emplace(finder_, block.at(i), face);
            }
            if (i <= gap.last && !found[i - gap.first]->hasMotion) {
                finder_.measureMotion(block.at(i), block.at(i - 1), *found[i - gap.first]);
            }
            if (i == gap.first || found[i - 1 - gap.first]) {
                break;
            }
            std::optional<FaceFound> next = follower->step(block.at(i - 1));
            if (!next) {
                break;
            }
            next->hasMotion = false;  // that is where the points go, not where they come from
            next->look = lookOf(block.at(i - 1), next->landmarks);
            found[i - 1 - gap.first] = *next;
        }
        return {};
    }

    struct Block {
        size_t first = 0;
        std::vector<AnalysisImage> pictures;
        bool holds(size_t index) const { return index >= first && index - first < pictures.size(); }
        const Image& at(size_t index) const { return pictures[index - first].gray; }
    };

    // Frames up to `last`, `least` or kBlock before it, without a break.
    Result<Block> blockUpTo(size_t last, size_t least) {
        Block block;
        block.first = std::max(least, last >= kBlock ? last - kBlock : 0);
        for (size_t i = block.first; i <= last; ++i) {
            Result<AnalysisImage> one = image(i);
            if (one.ok()) {
                block.pictures.push_back(std::move(*one));
                continue;
            }
            US_TRY(unlessUnreadable(one.error()));
            block.pictures.clear();
            block.first = i + 1;
        }
        return block;
    }

    // A frame that cannot be read ends the following, not the job.
    static Status unlessUnreadable(const Error& error) {
        return error.code == ErrorCode::saved ? Status(error) : Status();
    }

    const Search& search_;
    FrameSource& source_;
    FaceFinder& finder_;
    const Track& track_;
};

std::vector<Gap> gapsOf(const Track& track) {
    std::vector<Gap> gaps;
    for (size_t i = 0; i < track.size(); ++i) {
        if (track[i]) {
            continue;
        }
        if (!gaps.empty() && gaps.back().last + 1 == i) {
            gaps.back().last = i;
        } else {
            gaps.push_back({i, i});
        }
    }
    return gaps;
}

// Two people may be away from the same frame on.
int64_t gapName(size_t person, FrameNumber first) {
    return (static_cast<int64_t>(person) << 40) + first;
}

// A face of a frame without the one who is followed is another's: whoever was followed onto it has
// gone behind them.
bool isSomebodyElse(const FaceFound& face, const FrameFaces& frame) {
    return std::any_of(frame.faces.begin(), frame.faces.end(), [&](const FaceFound& other) {
        return distance(other.landmarks[30], face.landmarks[30]) <
               0.6 * interOcularDistance(face.landmarks);
    });
}

Error noSuchPerson(const std::string& plate, size_t person, size_t people) {
    return {
        ErrorCode::usage,
        "there is no person " + std::to_string(person + 1) + ": " +
            (people == 1 ? "1 person was found" : std::to_string(people) + " people were found"),
        plate, "Choose one of the people that extract lists, or 1"};
}

}  // namespace

Result<ChosenPerson> chooseAndFill(const Search& search, int analysisWidth, int analysisHeight,
                                   size_t person, LazyModels& models, FoundJournal& journal) {
    std::vector<FrameFaces> all;
    all.reserve(search.frames.size());
    for (auto& [index, frames] : journal.takeBatches()) {
        std::move(frames.begin(), frames.end(), std::back_inserter(all));
    }
    US_CHECK(all.size() == search.frames.size());
    ChosenPerson chosen{findPeople(all, analysisWidth, analysisHeight), Track(all.size())};
    if (person > 0 && person >= chosen.people.size()) {
        return noSuchPerson(search.plate, person, chosen.people.size());
    }
    Track& track = chosen.track;
    for (size_t i = 0; i < all.size() && !chosen.people.empty(); ++i) {
        if (const std::optional<size_t> face = chosen.people[person].faces[i]) {
            std::swap(all[i].faces[*face], all[i].faces.back());
            track[i] = std::move(all[i].faces.back());
            all[i].faces.pop_back();
        }
    }
    std::unique_ptr<FrameSource> source;
    std::unique_ptr<FaceFinder> finder;
    // Gaps do not touch each other, so that what is filled into one is not seen from another.
    for (const Gap& gap : gapsOf(track)) {
        const bool left = gap.first > 0 && track[gap.first - 1];
        const bool right = gap.last + 1 < track.size() && track[gap.last + 1];
        if (!left && !right) {
            continue;
        }
        const int64_t name = gapName(person, search.frames[gap.first]);
        if (!journal.gaps().contains(name)) {
            if (!finder) {
                US_ASSIGN(const FaceModels loaded, models.get());
                finder = std::make_unique<FaceFinder>(loaded.makeDetector(), loaded.landmarker);
                US_ASSIGN(source, openSource(search.plate, WantedPixels::greyIfCheap));
            }
            US_ASSIGN(const std::vector<FrameFaces> found,
                      GapFiller(search, *source, *finder, track).fill(gap));
            US_TRY(journal.addGap(name, found));
        }
        const std::vector<FrameFaces>& found = journal.gaps().at(name);
        for (size_t i = 0; i < found.size() && gap.first + i < track.size(); ++i) {
            if (!found[i].faces.empty() &&
                !isSomebodyElse(found[i].faces.front(), all[gap.first + i])) {
                track[gap.first + i] = found[i].faces.front();
            }
        }
    }
    return chosen;
}

}  // namespace understudy::media
