#include "media/extract/crop_masks.h"

#include <algorithm>
#include <cmath>

#include "media/align/face_mask.h"
#include "media/base/parallel_for.h"
#include "media/frame/corrected_mask.h"
#include "media/frame/resample.h"

namespace understudy::media {

namespace {

// Takes what the model finds out of the mask.
void takeOut(std::vector<uint8_t>& mask, int size, const FaceRecord& record, const Image& pixels,
             const OcclusionModel& model, double sensitivity) {
    const Image hidden =
        model.hidden(occlusionLook(record.frame, pixels, record.landmarks), sensitivity);
    const float* value = hidden.row<float>(0);
    if (std::all_of(value, value + OcclusionLook::kPixels, [](float v) { return v <= 0; })) {
        return;
    }
    const Affine cropFromLook =
        alignedFromFrame(record.landmarks, FaceType::wholeFace, OcclusionLook::kSide).inverse();
    const Image over = resample(hidden, cropFromLook, size, size, Border::zero);
    for (size_t i = 0; i < mask.size(); ++i) {
        const float seen = 1 - std::clamp(over.row<float>(0)[i], 0.0f, 1.0f);
        mask[i] = static_cast<uint8_t>(std::lround(static_cast<float>(mask[i]) * seen));
    }
}

}  // namespace

std::vector<size_t> CropMasks::wanted() const {
    const size_t all = job_.faces.size();
    if (job_.occlusion <= 0 || all < kFewestOcclusionLooks) {
        return {};
    }
    std::vector<size_t> faces(std::min(kOcclusionLooks, all));
    for (size_t i = 0; i < faces.size(); ++i) {
        faces[i] = (2 * i + 1) * all / (2 * faces.size());
    }
    return faces;
}

void CropMasks::learn(std::span<const OcclusionLook> looks) {
    model_ = OcclusionModel(looks, job_.threads);
}

Status CropMasks::learnFromPlate(const CropOf& cropOf) {
    const std::vector<size_t> faces = wanted();
    std::vector<OcclusionLook> looks(faces.size());
    // Reading far apart decodes nearly all of a movie, so several do it, each its part of the clip.
    constexpr size_t kMostReaders = 8;
    const size_t readers = std::clamp<size_t>(static_cast<size_t>(job_.threads), 1, kMostReaders);
    std::vector<Status> read(readers);
    const auto readPart = [&](size_t first, size_t end) -> Status {
        std::unique_ptr<FrameSource> source;
        for (size_t i = first; i < end; ++i) {
            US_TRY(stillWanted(job_));
            const FaceTruth& face = job_.faces[faces[i]];
            PicturePart plate;
            if (const auto kept = job_.keptOf(face)) {
                plate = kept->colors();
            } else {
                if (!source) {
                    US_ASSIGN(source, openSource(job_.plate));
                }
                US_ASSIGN(Frame frame, source->read(face.frame));
                plate = PicturePart::whole(std::move(frame.pixels));
            }
            const FaceRecord record = recordOf(job_, face);
            looks[i] = occlusionLook(record.frame, cropOf(plate, record), record.landmarks);
        }
        return {};
    };
    parallelFor(readers, static_cast<int>(readers), [&](size_t part) {
        const size_t first = part * looks.size() / readers;
        const size_t end = (part + 1) * looks.size() / readers;
        read[part] = first < end ? readPart(first, end) : Status();
    });
    for (const Status& one : read) {
        US_TRY(one);
    }
    learn(looks);
    return {};
}

std::vector<uint8_t> CropMasks::maskOf(const FaceRecord& record, const Image& pixels,
                                       int plateWidth, int plateHeight) const {
    const int size = job_.size;
    std::vector<uint8_t> mask =
        rasterize(faceHull(record.landmarks, browRaiseFor(job_.type)), size, size);
    if (model_.known()) {
        takeOut(mask, size, record, pixels, model_, job_.occlusion);
    }
    if (const auto painted = job_.corrections.find(record.frame);
        painted != job_.corrections.end()) {
        correctMask(mask, correctionOver(painted->second, plateWidth, plateHeight,
                                         record.alignedFromFrame, size, size));
    }
    return mask;
}

float hiddenShare(const FaceRecord& record, FaceType type, int size,
                  std::span<const uint8_t> mask) {
    constexpr int kSide = 64;  // enough for a share
    Affine smaller;
    smaller.xx = smaller.yy = static_cast<double>(kSide) / size;
    const std::vector<uint8_t> hull = rasterize(
        faceHull(transformed(record.landmarks, smaller), browRaiseFor(type)), kSide, kSide);
    double all = 0;
    double seen = 0;
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
            // Places at the edge differ by rounding alone.
            if (hull[static_cast<size_t>(y * kSide + x)] < 255) {
                continue;
            }
            const auto row = static_cast<size_t>((2 * y + 1) * size / (2 * kSide));
            const auto column = static_cast<size_t>((2 * x + 1) * size / (2 * kSide));
            all += 255;
            seen += mask[row * static_cast<size_t>(size) + column];
        }
    }
    return all > 0 ? static_cast<float>(1 - seen / all) : 0.0f;
}

}  // namespace understudy::media
