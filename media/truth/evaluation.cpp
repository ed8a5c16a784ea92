#include "media/truth/evaluation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "media/base/parallel_for.h"
#include "media/face/analysis_image.h"
#include "media/face/face_finder.h"
#include "media/frame/image_ops.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "media/source/picture_io.h"
#include "media/truth/performer_clips.h"
#include "media/truth/picture_difference.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

// What one frame adds.
struct FrameScore {
    WeightedSum squares, squaresUnchanged, squaresRecolored;
    WeightedSum similarity, similarityUnchanged, similarityRecolored;
    Landmarks seen{}, seenTruth{};
};

// Pictures come as stored, 8 bits and three channels are what is compared.
Result<Image> compared(const Image& pixels, int width, int height, const std::string& where) {
    if (pixels.width() != width || pixels.height() != height) {
        return Error{ErrorCode::usage,
                     "it is " + std::to_string(pixels.width()) + "x" +
                         std::to_string(pixels.height()) + " and the truth " +
                         std::to_string(width) + "x" + std::to_string(height),
                     where, "Give the swap of the plate that truth.json names"};
    }
    return convertChannels(convertType(pixels, SampleType::u8), 3);
}

Result<Image> pictureOf(const std::string& pattern, FrameNumber number, const TruthFiles& truth) {
    const std::string path = sequenceFile(pattern, number);
    US_ASSIGN(const Picture picture, readPicture(path));
    return compared(picture.pixels, truth.width, truth.height, path);
}

double innerDistanceFromMiddle(const Landmarks& before, const Landmarks& now,
                               const Landmarks& after) {
    constexpr size_t kFirstInner = 17;
    double sum = 0;
    for (size_t i = kFirstInner; i < kLandmarkCount; ++i) {
        sum += distance(now[i], 0.5 * (before[i] + after[i]));
    }
    return sum / (kLandmarkCount - kFirstInner);
}

class Evaluator {
  public:
    Evaluator(TruthFiles truth, std::vector<Landmarks> landmarks,
              std::shared_ptr<const Landmarker> landmarker, int threads)
        : truth_(std::move(truth)),
          landmarks_(std::move(landmarks)),
          landmarker_(std::move(landmarker)),
          threads_(threadsFor(threads)) {}

    Result<Evaluation> run(FrameSource& result, const EvaluationHooks& hooks) {
        US_TRY(checkFrames(result.info()));
        std::vector<FrameScore> scores;
        const int64_t atOnce = 4 * threads_;
        for (int64_t first = 1; first <= truth_.frames; first += atOnce) {
            if (hooks.stop.stop_requested()) {
                return Error{ErrorCode::saved, "stopped on request", result.info().path,
                             "Begin again with the same command"};
            }
            US_TRY(score(result, first, std::min(atOnce, truth_.frames - first + 1), scores));
            if (hooks.progress) {
                hooks.progress(static_cast<int64_t>(scores.size()), truth_.frames);
            }
        }
        return summed(scores);
    }

  private:
    Status checkFrames(const SourceInfo& info) const {
        std::vector<FrameNumber> absent = info.missing;
        for (FrameNumber n = 1; n <= truth_.frames; ++n) {
            if (n < info.first || n > info.last) {
                absent.push_back(n);
            }
        }
        if (absent.empty()) {
            return {};
        }
        return Error{ErrorCode::missingInput,
                     "the result lacks " + std::to_string(absent.size()) + " of the " +
                         std::to_string(truth_.frames) + " frames, the first of them " +
                         std::to_string(*std::min_element(absent.begin(), absent.end())),
                     info.path, "Swap the whole clip"};
    }

    // Reads `count` frames from `first` on and adds their scores.
    Status score(FrameSource& result, int64_t first, int64_t count,
                 std::vector<FrameScore>& scores) {
        std::vector<Image> swaps;
        for (int64_t i = 0; i < count; ++i) {
            US_ASSIGN(const Frame frame, result.read(first + i));
            US_ASSIGN(Image pixels,
                      compared(frame.pixels, truth_.width, truth_.height, result.info().path));
            swaps.push_back(std::move(pixels));
        }
        const size_t before = scores.size();
        scores.resize(before + static_cast<size_t>(count));
        std::vector<Status> status(static_cast<size_t>(count));
        parallelFor(static_cast<size_t>(count), threads_, [&](size_t i) {
            status[i] = scoreFrame(swaps[i], first + static_cast<int64_t>(i), scores[before + i]);
        });
        for (const Status& one : status) {
            US_TRY(one);
        }
        return {};
    }

    Status scoreFrame(const Image& swap, FrameNumber number, FrameScore& score) const {
        US_ASSIGN(const Image truth, pictureOf(truth_.swap, number, truth_));
        US_ASSIGN(const Image plate, pictureOf(truth_.plate, number, truth_));
        const std::string maskPath = sequenceFile(truth_.mask, number);
        US_ASSIGN(const Picture mask, readPicture(maskPath));
        if (mask.pixels.channels() != 1 || mask.pixels.type() != SampleType::u8 ||
            mask.pixels.width() != truth_.width || mask.pixels.height() != truth_.height) {
            return Error{ErrorCode::corruptData, "this is no mask of the true swap", maskPath,
                         "Write it again with 'understudy-cli performers --truth'"};
        }
        score.squares = squaredError(swap, truth, mask.pixels);
        score.squaresUnchanged = squaredError(plate, truth, mask.pixels);
        const Image toned = recolored(plate, truth, mask.pixels);
        score.squaresRecolored = squaredError(toned, truth, mask.pixels);
        score.similarity = structuralSimilarity(swap, truth, mask.pixels);
        score.similarityUnchanged = structuralSimilarity(plate, truth, mask.pixels);
        score.similarityRecolored = structuralSimilarity(toned, truth, mask.pixels);
        const Landmarks& draft = landmarks_[static_cast<size_t>(number - 1)];
        score.seen = seenIn(swap, draft);
        score.seenTruth = seenIn(truth, draft);
        return {};
    }

    Landmarks seenIn(const Image& picture, const Landmarks& draft) const {
        Frame frame;
        frame.pixels = picture;
        const AnalysisImage analysed = analysisImage(frame);
        const FaceFound seen = FaceFinder::placeLandmarks(
            *landmarker_, analysed.gray, transformed(draft, analysed.analysisFromFrame));
        return transformed(seen.landmarks, analysed.analysisFromFrame.inverse());
    }

    Evaluation summed(const std::vector<FrameScore>& scores) const {
        FrameScore sum;
        Evaluation all;
        for (size_t i = 0; i < scores.size(); ++i) {
            const FrameScore& one = scores[i];
            sum.squares += one.squares;
            sum.squaresUnchanged += one.squaresUnchanged;
            sum.squaresRecolored += one.squaresRecolored;
            sum.similarity += one.similarity;
            sum.similarityUnchanged += one.similarityUnchanged;
            sum.similarityRecolored += one.similarityRecolored;
            if (i > 0 && i + 1 < scores.size()) {
                const double middles = static_cast<double>(scores.size()) - 2;
                all.jitter +=
                    innerDistanceFromMiddle(scores[i - 1].seen, one.seen, scores[i + 1].seen) /
                    middles;
                all.jitterTruth += innerDistanceFromMiddle(scores[i - 1].seenTruth, one.seenTruth,
                                                           scores[i + 1].seenTruth) /
                                   middles;
            }
        }
        all.frames = static_cast<int64_t>(scores.size());
        all.psnr = psnrOf(sum.squares);
        all.psnrUnchanged = psnrOf(sum.squaresUnchanged);
        all.psnrRecolored = psnrOf(sum.squaresRecolored);
        all.ssim = sum.similarity.mean();
        all.ssimUnchanged = sum.similarityUnchanged.mean();
        all.ssimRecolored = sum.similarityRecolored.mean();
        return all;
    }

    TruthFiles truth_;
    std::vector<Landmarks> landmarks_;
    std::shared_ptr<const Landmarker> landmarker_;
    int threads_;
};

}  // namespace

Result<Evaluation> evaluateSwap(const std::string& result, const fs::path& truth, int threads,
                                const EvaluationHooks& hooks) {
    US_ASSIGN(TruthFiles files, readTruthFiles(truth));
    US_ASSIGN(std::vector<Landmarks> landmarks, readTrueLandmarks(files.landmarks, files.frames));
    US_ASSIGN(const auto source, openSource(result));
    US_ASSIGN(const fs::path model, findLandmarkModel());
    US_ASSIGN(std::shared_ptr<const Landmarker> landmarker, loadLandmarker(model));
    return Evaluator(std::move(files), std::move(landmarks), std::move(landmarker), threads)
        .run(*source, hooks);
}

}  // namespace understudy::media
