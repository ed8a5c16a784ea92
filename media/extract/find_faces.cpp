#include "media/extract/find_faces.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "media/base/bounded_queue.h"
#include "media/extract/ordered_reader.h"
#include "media/face/analysis_image.h"
#include "media/face/face_search.h"
#include "media/source/frame_list.h"

namespace understudy::media {

namespace {

constexpr size_t kWaitingBatches = 2;                   // decoded, not taken yet
constexpr size_t kWaitingPlaneBytes = size_t{1} << 30;  // of batches on their way

struct Batch {
    int64_t index = 0;
    bool last = false;                            // of the clip
    std::vector<FrameNumber> numbers;             // all of the batch
    std::shared_ptr<const AnalysisImage> before;  // the frame before the first, or null
    std::vector<AnalysisImage> frames;            // those that could be decoded
    // Of each of these, where their colours may be kept.
    std::vector<std::shared_ptr<const FramePlanes>> planes;
};

struct FoundBatch {
    int64_t index = 0;
    std::vector<FrameFaces> frames;
};

Error stopped(const std::string& where) {
    return {ErrorCode::saved, "finding faces was stopped; what was found is kept", where,
            "Start it again to go on"};
}

// Decodes the pending batches into the queue.
class BatchDecoder {
  public:
    BatchDecoder(const Search& search, const FoundJournal& journal, FrameSource& source)
        : search_(search), reader_(source) {
        const int64_t count = static_cast<int64_t>(search.frames.size());
        for (int64_t index = 0; index * kBatchFrames < count; ++index) {
            if (!journal.batches().contains(index)) {
                pending_.push_back(index);
            }
        }
    }

    bool pending() const { return !pending_.empty(); }

    Status run(BoundedQueue<Batch>& queue) {
        for (const int64_t index : pending_) {
            if (search_.stop.stop_requested()) {
                return stopped(search_.plate);
            }
            if (!queue.push(decode(index))) {
                return {};
            }
        }
        const bool all = search_.frames.size() == failed_.size();
        if (all && firstError_) {
            return *firstError_;
        }
        return {};
    }

    // Says which frames could not be read; once run() is over, on the caller's thread.
    void warnOfFailed() const {
        if (failed_.empty()) {
            return;
        }
        const bool one = failed_.size() == 1;
        search_.warned((one ? "1 frame" : std::to_string(failed_.size()) + " frames") +
                       " could not be read: " + framesText(failed_) + ". " +
                       (one ? "" : "The first: ") + describe(*firstError_));
    }

  private:
    Batch decode(int64_t index) {
        const size_t first = static_cast<size_t>(index * kBatchFrames);
        const size_t last = std::min(first + kBatchFrames, search_.frames.size());
        Batch batch;
        batch.index = index;
        batch.last = last == search_.frames.size();
        if (first > 0 && search_.frames[first - 1] + 1 == search_.frames[first]) {
            if (held_ && held_->number == search_.frames[first - 1]) {
                batch.before = held_;
            } else if (Result<Frame> frame = reader_.read(search_.frames[first - 1]); frame.ok()) {
                batch.before = std::make_shared<AnalysisImage>(analysisImage(*frame));
            }
        }
        held_.reset();
        for (size_t i = first; i < last; ++i) {
            batch.numbers.push_back(search_.frames[i]);
            Result<Frame> frame = reader_.read(search_.frames[i]);
            if (frame.ok()) {
                batch.frames.push_back(analysisImage(*frame));
                batch.planes.push_back(mayWait(frame->planes) ? frame->planes : nullptr);
            } else {
                failed_.push_back(search_.frames[i]);
                firstError_ = firstError_ ? firstError_ : frame.error();
            }
        }
        if (!batch.frames.empty() && batch.frames.back().number == batch.numbers.back()) {
            held_ = std::make_shared<AnalysisImage>(batch.frames.back());
        }
        return batch;
    }

    // Planes stay until their batch is searched; of large frames that would be too much.
    bool mayWait(const std::shared_ptr<const FramePlanes>& planes) const {
        const auto batches =
            static_cast<size_t>(std::max(1, search_.threads)) + kWaitingBatches + 1;
        return search_.kept && planes &&
               planes->bytes() * kBatchFrames * batches <= kWaitingPlaneBytes;
    }

    const Search& search_;
    OrderedReader reader_;
    std::vector<int64_t> pending_;
    std::shared_ptr<const AnalysisImage> held_;  // the last frame of the batch before
    std::vector<FrameNumber> failed_;
    std::optional<Error> firstError_;
};

// Colours around the faces of a frame, for their crops.
void keepAround(KeptParts& kept, const AnalysisImage& frame, const FramePlanes& planes,
                const std::vector<FaceFound>& faces) {
    const Affine frameFromAnalysis = frame.analysisFromFrame.inverse();
    std::vector<Landmarks> inFrame;
    for (const FaceFound& face : faces) {
        inFrame.push_back(transformed(face.landmarks, frameFromAnalysis));
    }
    kept.keep(frame.number, planes, inFrame);
}

FoundBatch searchOne(FaceFinder& finder, const Batch& batch, KeptParts* kept) {
    const std::vector<std::vector<FaceFound>> faces =
        searchBatch(finder, batch.before.get(), batch.frames, batch.last);
    for (size_t i = 0; kept && i < batch.frames.size(); ++i) {
        if (batch.planes[i]) {
            keepAround(*kept, batch.frames[i], *batch.planes[i], faces[i]);
        }
    }
    FoundBatch found;
    found.index = batch.index;
    size_t decoded = 0;
    for (const FrameNumber number : batch.numbers) {
        FrameFaces frame{number, {}};
        if (decoded < batch.frames.size() && batch.frames[decoded].number == number) {
            frame.faces = faces[decoded++];
        }
        found.frames.push_back(std::move(frame));
    }
    return found;
}

// Writes down what the lookers found until they are done.
Status collect(const Search& search, BoundedQueue<FoundBatch>& results, FoundJournal& journal) {
    int64_t searched = 0;
    for (const auto& [index, frames] : journal.batches()) {
        searched += static_cast<int64_t>(frames.size());
    }
    while (std::optional<FoundBatch> found = results.pop()) {
        US_TRY(journal.addBatch(found->index, found->frames));
        searched += static_cast<int64_t>(found->frames.size());
        US_TRY(search.searched(found->frames, searched));
    }
    return {};
}

}  // namespace

std::vector<FrameNumber> existingFrames(const SourceInfo& info) {
    std::vector<FrameNumber> frames;
    for (FrameNumber number = info.first; number <= info.last; ++number) {
        if (!std::binary_search(info.missing.begin(), info.missing.end(), number)) {
            frames.push_back(number);
        }
    }
    return frames;
}

Result<FaceModels> LazyModels::get() {
    if (!models_) {
        US_ASSIGN(models_, loadFaceModels(choice_));
    }
    return *models_;
}

Status searchClip(const Search& search, LazyModels& models, FoundJournal& journal) {
    US_ASSIGN(const std::unique_ptr<FrameSource> source,
              openSource(search.plate, WantedPixels::greyIfCheap));
    BatchDecoder decoder(search, journal, *source);
    if (!decoder.pending()) {
        return {};
    }
    const int threads = std::max(1, search.threads);
    BoundedQueue<Batch> batches(kWaitingBatches);
    BoundedQueue<FoundBatch> results(static_cast<size_t>(threads) + 2);
    Status decoded;
    std::jthread decoding([&] {
        decoded = decoder.run(batches);
        decoded.ok() ? batches.close() : batches.abandon();
    });
    const Result<FaceModels> loaded = models.get();  // while the first frames are decoded
    if (!loaded.ok()) {
        batches.abandon();
        return loaded.error();
    }
    std::atomic<int> looking = threads;
    std::vector<std::thread> lookers;
    for (int i = 0; i < threads; ++i) {
        lookers.emplace_back([&] {
            FaceFinder finder(loaded->makeDetector(), loaded->landmarker);
            while (std::optional<Batch> batch = batches.pop()) {
                if (!results.push(searchOne(finder, *batch, search.kept))) {
                    break;
                }
            }
            if (--looking == 0) {
                results.close();
            }
        });
    }
    const Status collected = collect(search, results, journal);
    if (!collected.ok()) {
        batches.abandon();
        results.abandon();
    }
    decoding.join();
    for (std::thread& looker : lookers) {
        looker.join();
    }
    US_TRY(collected);
    US_TRY(decoded);
    decoder.warnOfFailed();
    return {};
}

}  // namespace understudy::media
