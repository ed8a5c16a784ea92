// All faces of a run in memory, where the augmentation can gather them: shrunk once to the size
// that trains (the trained area and its margin), verified against their hashes, still 8 bits a
// sample. They lie on the device when they fit its share of memory, otherwise in host memory, and
// beyond that in an unnamed file that the kernel pages.
#pragma once

#include <torch/types.h>

#include <compare>
#include <filesystem>
#include <string>
#include <vector>

#include "media/align/transform.h"
#include "media/base/result.h"
#include "training/engine/data/batch_sampler.h"
#include "training/engine/data/sample_draw.h"
#include "training/plan/plan.h"
#include "training/plan/selection.h"

namespace understudy::training {

struct StoreOptions {
    int resolution = 128;
    int64_t validationFaces = 16;
    double maskGrow = 0;     // fraction of the trained width by which masks grow
    bool eyesMouth = false;  // also rasterise the weights of eyes and mouth
    torch::Device device = torch::kCPU;
    uint64_t deviceBudget = 0;       // bytes; faces beyond it stay on the host
    uint64_t hostBudget = 0;         // bytes; faces beyond it go to a file
    std::filesystem::path overflow;  // folder of that file
};

// What a face shows, where facesets are of the same performances: two faces of equal moments do the
// same.
struct FaceMoment {
    uint32_t clip = 0;  // of the performer's
    int64_t frame = 0;
    auto operator<=>(const FaceMoment&) const = default;
};

struct StoredSide {
    std::string performer;
    // [N, C, W, W], u8 in 0..255 or f16 in 0..1; C: R, G, B, mask, and eyes and mouth if asked for.
    torch::Tensor faces;
    std::vector<FaceTones> tones;    // of each face
    std::vector<std::string> names;  // "again:1034"
    std::vector<float> yaws;         // turn of the head of each, degrees to the picture's right
    std::vector<FaceMoment> moments;
    // Position in the trained area, -1 to 1, from a pixel of the plate.
    std::vector<media::Affine> places;
    FaceSplit split;  // indices of `faces`
};

// Where the faces of a run are kept: in the memory of the GPU, in host memory, or in a file.
enum class FaceHome { device, host, file };
const char* faceHomeName(FaceHome home);  // "device", "host", "file"

class FaceStore {
  public:
    // Errors: usage (no faces, packs smaller than the resolution, mixed encodings or face types),
    // missingInput, corruptData (a pack is damaged or not the one that was selected).
    // `folder` is what relative pack paths start at.
    static Result<FaceStore> load(const Selection& selection, const std::filesystem::path& folder,
                                  const StoreOptions& options);

    // Smooth random faces, for benchmarks and tests.
    static FaceStore synthetic(const StoreOptions& options, int64_t facesASide, uint64_t seed,
                               size_t identities = 2);

    // Of identity `i` of the selection: 0 is the source, 1 the destination.
    const StoredSide& side(size_t i) const { return sides_[i]; }
    size_t identities() const { return sides_.size(); }
    int size() const { return size_; }           // W
    double margin() const { return margin_; }    // around the trained area, as in the packs
    double scale() const { return scale_; }      // stored value of 1.0
    bool resident() const { return resident_; }  // where they are augmented, so nothing is staged
    uint64_t bytes() const;
    FaceHome home() const { return home_; }
    // Bytes that faces may take in the nearest memory they could be in (a GPU's where there is
    // one); 0: no limit was given.
    uint64_t budget() const { return budget_; }
    // For people: how many faces take how much memory, where, and why not nearer.
    std::string residency() const;
    const std::string& encoding() const { return encoding_; }
    const std::string& faceType() const { return faceType_; }

  private:
    FaceStore() = default;
    Status allocate(const StoreOptions& options, const std::vector<int64_t>& counts);
    void toDevice(const StoreOptions& options);

    std::vector<StoredSide> sides_;
    int size_ = 0;
    double margin_ = 0.15;
    double scale_ = 255;
    bool resident_ = false;
    bool onGpu_ = false;  // the device that trains is one
    FaceHome home_ = FaceHome::host;
    uint64_t budget_ = 0;
    std::string encoding_ = "srgb";
    std::string faceType_ = "whole_face";

    friend class FaceLoader;
};

}  // namespace understudy::training
