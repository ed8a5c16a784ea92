// Turns stored faces and their draws into a batch, on the device and without gradients: target
// (colours and masks) and warped input are both cut straight from the 8-bit faces, so that no pixel
// is resampled twice. On a GPU by one gather and two grid samplings, on the CPU by HostCut and
// HostInput, face by face.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "training/engine/data/degrader.h"
#include "training/engine/data/face_store.h"
#include "training/engine/data/host_cut.h"
#include "training/engine/data/host_input.h"
#include "training/engine/data/sample_draw.h"
#include "training/engine/data/staging_ring.h"
#include "training/engine/loss/batch.h"

namespace understudy::training {

// The faces of one batch, the same number of each side.
struct BatchRequest {
    std::vector<int64_t> source;  // indices of the stored faces
    std::vector<int64_t> destination;
    std::vector<SampleDraw> draws;      // source's, then destination's
    PairSampler::Pair identities = {};  // whose faces these are: sides of the store
    // Each side is to be drawn from the other's input. Both show the same moments and the same part
    // of the plate, so that a face is learned where it belongs on the other's head.
    bool exchanged = false;
};

// `make` may be called from several threads.
class Augmenter {
  public:
    // `store` must outlive it. A test may have the CPU do what a GPU does (`onHost` false).
    Augmenter(const FaceStore& store, int resolution, torch::Device device, bool onHost);
    Augmenter(const FaceStore& store, int resolution, torch::Device device)
        : Augmenter(store, resolution, device, device.is_cpu()) {}

    PairBatch make(const BatchRequest& request) const;

  private:
    // Of a batch, [N,C,R,R] each, 0 to 1, colours after the transfer; of source, then destination.
    struct Cuts {
        torch::Tensor target;  // C = 3
        torch::Tensor input;   // C = 3, channels last, as the draws ask for
        torch::Tensor masks;   // C = 1, or 2 with eyes and mouth
    };
    Cuts cutOnHost(const BatchRequest& request) const;
    Cuts cutWithOperators(const BatchRequest& request) const;
    torch::Tensor parametersOf(const std::vector<SampleDraw>& draws) const;
    torch::Tensor treated(torch::Tensor input, const std::vector<SampleDraw>& draws,
                          const torch::Tensor& parameters) const;
    torch::Tensor gather(const torch::Tensor& indices, const PairSampler::Pair& sides) const;
    torch::Tensor displacement(const torch::Tensor& parameters, const torch::Tensor& cells) const;
    torch::Tensor shaded(const torch::Tensor& images, const torch::Tensor& shade) const;

    const FaceStore& store_;
    int64_t resolution_;
    torch::Device device_;
    Degrader degrader_;
    std::optional<HostCut> hostCut_;
    std::optional<HostInput> hostInput_;
    mutable StagingRing staging_;  // for faces on the host, where the device is a GPU
    torch::Tensor positions_;      // [R*R, 3]: x, y, 1 of the output's pixel centres
    torch::Tensor shadeRise_;      // [R, kShadeNodes]
    torch::Tensor rise_;  // [3, R, kWarpNodes]: interpolation from the nodes of 2, 4, 8 cells
};

// What to train on at one step: indices and draws of samples `first` to `first` + `count` of the
// global batch. A pure function of its arguments, so that any split over ranks gives the same
// samples.
struct BatchPlan {
    Augmentation augment;
    uint64_t seed = 1;
    int64_t batch = 8;  // global
    double paired = 0;
};
// For each moment that all performers' faces show, and that trains, its face of each identity.
// Errors: usage, where there is none, or not as many clips of everybody.
Result<std::vector<std::vector<int64_t>>> sharedMoments(const FaceStore& store);

class BatchSource {
  public:
    // With plan.paired the store has shared moments.
    BatchSource(const FaceStore& store, const BatchPlan& plan);
    // `warpStrength` is the plan's warp after its fade.
    BatchRequest training(int64_t step, int64_t first, int64_t count, double warpStrength) const;
    // Given faces, unchanged.
    static BatchRequest plain(const std::vector<int64_t>& source,
                              const std::vector<int64_t>& destination,
                              const PairSampler::Pair& identities = {});

  private:
    int64_t faceOf(size_t identity, uint64_t n) const;
    bool pairedStep(int64_t step) const;

    const FaceStore& store_;
    BatchPlan plan_;
    ColorTransfer transfer_;
    PairSampler pairs_;
    std::vector<BatchSampler> samplers_;          // of each identity
    std::vector<UniformYawSampler> yawSamplers_;  // likewise with augment.uniformYaw, else none
    std::vector<std::vector<FaceTones>> tones_;   // likewise, of the faces that train
    std::vector<std::vector<int64_t>> moments_;   // sharedMoments, with plan.paired
    std::optional<BatchSampler> momentOrder_;     // of these
};

}  // namespace understudy::training
