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

Status CropMasks::learn(FrameSource& source, const CropOf& cropOf) {
    if (job_.occlusion <= 0 || job_.faces.size() < kFewestOcclusionLooks) {
        return {};
    }
    const size_t all = job_.faces.size();
    const size_t count = std::min(kOcclusionLooks, all);
    const auto threads = static_cast<size_t>(std::max(1, job_.threads));
    std::vector<OcclusionLook> looks;
    while (looks.size() < count) {
        std::vector<std::pair<Frame, FaceTruth>> some;
        for (size_t i = looks.size(); i < std::min(count, looks.size() + threads); ++i) {
            if (job_.stop.stop_requested()) {
                return Error{ErrorCode::saved, "cropping faces was stopped; what was done is kept",
                             job_.plate, "Start it again to go on"};
            }
            const FaceTruth& face = job_.faces[(2 * i + 1) * all / (2 * count)];
            US_ASSIGN(Frame frame, source.read(face.frame));
            some.emplace_back(std::move(frame), face);
        }
        const size_t first = looks.size();
        looks.resize(first + some.size());
        parallelFor(some.size(), job_.threads, [&](size_t i) {
            const auto& [frame, face] = some[i];
            const Affine crop = alignedFromFrame(face.landmarks, job_.type, job_.size, job_.margin,
                                                 job_.pixelAspect);
            looks[first + i] =
                occlusionLook(face.frame, cropOf(frame, face), transformed(face.landmarks, crop));
        });
    }
    model_ = OcclusionModel(looks, job_.threads);
    return {};
}

std::vector<uint8_t> CropMasks::maskOf(const FaceRecord& record, const Image& pixels,
                                       const Image& plate) const {
    const int size = job_.size;
    std::vector<uint8_t> mask =
        rasterize(faceHull(record.landmarks, browRaiseFor(job_.type)), size, size);
    if (model_.known()) {
        takeOut(mask, size, record, pixels, model_, job_.occlusion);
    }
    if (const auto painted = job_.corrections.find(record.frame);
        painted != job_.corrections.end()) {
        correctMask(mask, correctionOver(painted->second, plate.width(), plate.height(),
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
