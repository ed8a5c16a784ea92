#include "tests/media/face/rendered_take.h"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "media/face/analysis_image.h"
#include "media/face/face_search.h"
#include "media/face/people.h"

namespace understudy::tests {

using namespace media;

std::shared_ptr<const Landmarker> landmarkModel() {
    static const std::shared_ptr<const Landmarker> landmarker =
        loadLandmarker(findLandmarkModel().value()).value();
    return landmarker;
}

RenderedTake renderedTake(uint64_t identity, const TakeOptions& options, int width, int height) {
    RenderedTake take;
    take.moments = performedTake(options);
    take.frames.resize(take.moments.size());
    const Performer performer(identityOf(identity));
    std::vector<std::thread> threads;
    for (size_t first = 0; first < 2; ++first) {
        threads.emplace_back([&, first] {
            for (size_t i = first; i < take.frames.size(); i += 2) {
                take.frames[i] = performer.render(take.moments[i], width, height);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    return take;
}

Image grayOf(const Image& picture) {
    Frame frame;
    frame.pixels = picture;
    return analysisImage(frame).gray;
}

std::vector<FrameFaces> searched(const std::vector<Image>& pictures) {
    std::vector<AnalysisImage> images;
    for (const Image& picture : pictures) {
        images.push_back({static_cast<FrameNumber>(images.size()) + 1, grayOf(picture), {}});
    }
    constexpr size_t kBatch = 32;
    std::vector<std::vector<std::vector<FaceFound>>> batches((images.size() + kBatch - 1) / kBatch);
    std::vector<std::thread> threads;
    for (size_t first = 0; first < 2; ++first) {
        threads.emplace_back([&, first] {
            FaceFinder finder(landmarkModel());
            for (size_t b = first; b < batches.size(); b += 2) {
                const size_t from = b * kBatch;
                const size_t count = std::min(kBatch, images.size() - from);
                batches[b] = searchBatch(finder, from > 0 ? &images[from - 1] : nullptr,
                                         std::span(images).subspan(from, count));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    std::vector<FrameFaces> found;
    for (auto& batch : batches) {
        for (auto& faces : batch) {
            found.push_back({static_cast<FrameNumber>(found.size()) + 1, std::move(faces)});
        }
    }
    return found;
}

FoundTrack trackOf(const RenderedTake& take) {
    std::vector<Image> pictures;
    for (const RenderedFrame& frame : take.frames) {
        pictures.push_back(frame.picture);
    }
    const std::vector<FrameFaces> found = searched(pictures);
    const auto chosen =
        chooseTrack(found, take.frames[0].picture.width(), take.frames[0].picture.height());
    FoundTrack result;
    for (size_t i = 0; i < found.size(); ++i) {
        result.numbers.push_back(found[i].number);
        result.track.push_back(chosen[i] ? std::optional(found[i].faces[*chosen[i]])
                                         : std::nullopt);
    }
    result.smooth = smoothTrack(result.numbers, result.track);
    return result;
}

}  // namespace understudy::tests
