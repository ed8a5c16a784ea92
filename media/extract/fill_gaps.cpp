#include <algorithm>

#include "media/extract/find_faces.h"
#include "media/face/analysis_image.h"

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
        FaceFound face = *track_[gap.first - 1];
        US_ASSIGN(AnalysisImage before, image(gap.first - 1));
        for (size_t i = gap.first; i <= gap.last && follows(i); ++i) {
            Result<AnalysisImage> now = image(i);
            if (!now.ok()) {
                return unlessUnreadable(now.error());
            }
            std::optional<FaceFound> next = finder_.follow(before.gray, face, now->gray);
            if (!next) {
                break;
            }
            finder_.measureMotion(now->gray, before.gray, *next);
            next->look = lookOf(now->gray, next->landmarks);
            found[i - gap.first] = face = *next;
            before = std::move(*now);
        }
        return {};
    }

    Status backwards(const Gap& gap, std::vector<std::optional<FaceFound>>& found) {
        const size_t after = gap.last + 1;
        if (after >= track_.size() || !track_[after] || !follows(after)) {
            return {};
        }
        FaceFound face = *track_[after];
        std::vector<AnalysisImage> block;  // frames base to base + size - 1
        size_t base = after + 1;
        for (size_t i = after; i > gap.first && !found[i - 1 - gap.first] && follows(i); --i) {
            if (i - 1 < base) {
                const size_t wanted = i >= kBlock ? i - kBlock : 0;
                base = std::max(wanted, gap.first > 0 ? gap.first - 1 : 0);
                block.clear();
                for (size_t k = base; k <= i; ++k) {
                    Result<AnalysisImage> one = image(k);
                    if (!one.ok()) {
                        return unlessUnreadable(one.error());
                    }
                    block.push_back(std::move(*one));
                }
            }
            const Image& here = block[i - base].gray;
            const Image& there = block[i - 1 - base].gray;
            std::optional<FaceFound> next = finder_.follow(here, face, there);
            if (!next) {
                break;
            }
            next->look = lookOf(there, next->landmarks);
            if (i - 1 > base && follows(i - 1)) {
                finder_.measureMotion(there, block[i - 2 - base].gray, *next);
            }
            found[i - 1 - gap.first] = face = *next;
        }
        return {};
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

}  // namespace

Result<Track> chooseAndFill(const Search& search, int analysisWidth, int analysisHeight,
                            LazyModels& models, FoundJournal& journal) {
    std::vector<FrameFaces> all;
    for (const auto& [index, frames] : journal.batches()) {
        all.insert(all.end(), frames.begin(), frames.end());
    }
    US_CHECK(all.size() == search.frames.size());
    const std::vector<std::optional<size_t>> chosen =
        chooseTrack(all, analysisWidth, analysisHeight);
    Track track(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        if (chosen[i]) {
            track[i] = all[i].faces[*chosen[i]];
        }
    }
    const Track searched = track;
    std::unique_ptr<FrameSource> source;
    std::unique_ptr<FaceFinder> finder;
    for (const Gap& gap : gapsOf(searched)) {
        const bool left = gap.first > 0 && searched[gap.first - 1];
        const bool right = gap.last + 1 < searched.size() && searched[gap.last + 1];
        if (!left && !right) {
            continue;
        }
        const FrameNumber name = search.frames[gap.first];
        if (!journal.gaps().contains(name)) {
            if (!finder) {
                US_ASSIGN(const FaceModels loaded, models.get());
                finder = std::make_unique<FaceFinder>(loaded.makeDetector(), loaded.landmarker);
                US_ASSIGN(source, openSource(search.plate));
            }
            US_ASSIGN(const std::vector<FrameFaces> found,
                      GapFiller(search, *source, *finder, searched).fill(gap));
            US_TRY(journal.addGap(name, found));
        }
        const std::vector<FrameFaces>& found = journal.gaps().at(name);
        for (size_t i = 0; i < found.size() && gap.first + i < track.size(); ++i) {
            if (!found[i].faces.empty()) {
                track[gap.first + i] = found[i].faces.front();
            }
        }
    }
    return track;
}

}  // namespace understudy::media
