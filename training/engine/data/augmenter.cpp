#include "training/engine/data/augmenter.h"

#include <torch/nn/functional/vision.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <utility>

#include "training/engine/data/host_rows.h"
#include "training/engine/model/parallel.h"

namespace understudy::training {

namespace F = torch::nn::functional;

namespace {

constexpr int64_t kNodes = int64_t{kWarpNodes} * kWarpNodes;
constexpr int64_t kShades = int64_t{3} * kShadeNodes * kShadeNodes;
// One row of parameters a sample: placement, warp in x and y, transfer, jitter, gamma, shade.
constexpr int64_t kPlacementAt = 0;
constexpr int64_t kWarpAt = 6;
constexpr int64_t kTransferAt = kWarpAt + 2 * kNodes;
constexpr int64_t kJitterAt = kTransferAt + 12;
constexpr int64_t kGammaAt = kJitterAt + 12;
constexpr int64_t kShadeAt = kGammaAt + 1;
constexpr int64_t kRowLength = kShadeAt + kShades;

void writeRow(float* row, const SampleDraw& draw) {
    std::memcpy(row + kPlacementAt, draw.placement.data(), sizeof draw.placement);
    std::memcpy(row + kWarpAt, draw.warpX.data(), sizeof draw.warpX);
    std::memcpy(row + kWarpAt + kNodes, draw.warpY.data(), sizeof draw.warpY);
    std::memcpy(row + kTransferAt, draw.transfer.data(), sizeof draw.transfer);
    std::memcpy(row + kJitterAt, draw.jitter.data(), sizeof draw.jitter);
    row[kGammaAt] = draw.gamma;
    std::memcpy(row + kShadeAt, draw.shade.data(), sizeof draw.shade);
}

// [N,3,R,R] through the 3x4 matrices of each sample, clamped to [0, 1].
torch::Tensor recolored(const torch::Tensor& images, const torch::Tensor& matrices) {
    const torch::Tensor all = matrices.view({-1, 3, 4});
    const torch::Tensor flat = images.flatten(2);
    return torch::baddbmm(all.slice(2, 3, 4), all.slice(2, 0, 3), flat)
        .clamp_(0, 1)
        .view(images.sizes());
}

torch::Tensor sampled(const torch::Tensor& faces, const torch::Tensor& positions,
                      int64_t resolution) {
    const auto options = F::GridSampleFuncOptions()
                             .mode(torch::kBicubic)
                             .padding_mode(torch::kBorder)
                             .align_corners(false);
    return F::grid_sample(faces, positions.view({-1, resolution, resolution, 2}), options);
}

// [R, kShadeNodes].
torch::Tensor shadeWeights(int resolution) {
    torch::Tensor weights = torch::empty({resolution, kShadeNodes});
    auto rows = weights.accessor<float, 2>();
    for (int i = 0; i < resolution; ++i) {
        for (int node = 0; node < kShadeNodes; ++node) {
            rows[i][node] = shadeWeight(node, i, resolution);
        }
    }
    return weights;
}

using Placement = decltype(SampleDraw::placement);

// Where one face of a plate looks at what `placement` looks at in another face of the same plate.
Placement samePartOf(const media::Affine& face, const media::Affine& other,
                     const Placement& placement) {
    const media::Affine looks = {placement[0], placement[1], placement[2],
                                 placement[3], placement[4], placement[5]};
    const media::Affine same = face * other.inverse() * looks;
    return {static_cast<float>(same.xx), static_cast<float>(same.xy), static_cast<float>(same.x0),
            static_cast<float>(same.yx), static_cast<float>(same.yy), static_cast<float>(same.y0)};
}

}  // namespace

Augmenter::Augmenter(const FaceStore& store, int resolution, torch::Device device, bool onHost)
    : store_(store),
      resolution_(resolution),
      device_(device),
      degrader_(resolution, device),
      staging_(device),
      shadeRise_(shadeWeights(resolution).to(device)) {
    if (onHost) {
        US_CHECK(device.is_cpu());
        hostCut_.emplace(store, resolution);
        hostInput_.emplace(resolution);
        return;
    }
    const torch::NoGradGuard noGradient;
    const torch::Tensor axis =
        (torch::arange(resolution_, torch::kFloat) + 0.5) / resolution_ * 2 - 1;
    const auto grid = torch::meshgrid({axis, axis}, "xy");
    positions_ = torch::stack({grid[0], grid[1], torch::ones_like(grid[0])}, -1)
                     .view({resolution_ * resolution_, 3})
                     .to(device);
    rise_ = warpWeights(resolution_).to(device);
}

// [2B, C, W, W] floats in the units of the store, on the device. `indices`: the source's and the
// destination's, where the faces are.
torch::Tensor Augmenter::gather(const torch::Tensor& indices,
                                const PairSampler::Pair& identities) const {
    const std::array<torch::Tensor, 2> sides = {store_.side(identities.source).faces,
                                                store_.side(identities.destination).faces};
    if (!store_.resident()) {
        return staging_.bring(sides, indices).to(torch::kFloat);
    }
    const int64_t count = indices.size(0) / 2;
    std::vector<int64_t> shape(sides[0].sizes().begin(), sides[0].sizes().end());
    shape[0] = 2 * count;
    torch::Tensor all = torch::empty(shape, sides[0].options());
    for (int64_t s = 0; s < 2; ++s) {
        torch::Tensor part = all.narrow(0, s * count, count);
        torch::index_select_out(part, sides[static_cast<size_t>(s)], 0,
                                indices.narrow(0, s * count, count));
    }
    return all.to(torch::kFloat);
}

torch::Tensor Augmenter::displacement(const torch::Tensor& parameters,
                                      const torch::Tensor& cells) const {
    const int64_t count = parameters.size(0);
    const torch::Tensor rise = rise_.index_select(0, cells);  // [N, R, nodes]
    const torch::Tensor nodes =
        parameters.narrow(1, kWarpAt, 2 * kNodes).reshape({count, 2 * kWarpNodes, kWarpNodes});
    const torch::Tensor across = torch::bmm(nodes, rise.transpose(1, 2))  // [N, 2 nodes, R]
                                     .view({count, 2, kWarpNodes, resolution_});
    const torch::Tensor all = torch::matmul(rise.unsqueeze(1), across);  // [N, 2, R, R]
    return all.flatten(2).transpose(1, 2);                               // [N, R*R, 2]
}

Augmenter::Cuts Augmenter::cutOnHost(const BatchRequest& request) const {
    const size_t half = request.source.size();
    const auto count = static_cast<int64_t>(request.draws.size());
    const torch::Tensor sides[2] = {store_.side(request.identities.source).faces,
                                    store_.side(request.identities.destination).faces};
    const int64_t masks = sides[0].size(1) - 3, plane = resolution_ * resolution_;
    const auto planesOf = [&](int64_t channels) {
        return torch::empty({count, channels, resolution_, resolution_});
    };
    const Cuts cuts{planesOf(3), planesOf(3).contiguous(torch::MemoryFormat::ChannelsLast),
                    planesOf(masks)};
    parallelFor(count, [&](int64_t i) {
        const auto at = static_cast<size_t>(i);
        const bool source = at < half;
        const torch::Tensor face =
            sides[source ? 0 : 1][source ? request.source[at] : request.destination[at - half]];
        std::vector<float> input(static_cast<size_t>(3 * plane));
        hostCut_->cut(face, request.draws[at],
                      {cuts.target.data_ptr<float>() + i * 3 * plane,
                       cuts.masks.data_ptr<float>() + i * masks * plane, input.data()});
        hostInput_->apply(request.draws[at], input.data());
        interleaveColors(input.data(), cuts.input.data_ptr<float>() + i * 3 * plane,
                         static_cast<int>(plane));
    });
    return cuts;
}

Augmenter::Cuts Augmenter::cutWithOperators(const BatchRequest& request) const {
    const torch::Tensor parameters = parametersOf(request.draws);
    const auto half = static_cast<int64_t>(request.source.size());
    const int64_t count = 2 * half;
    // Pinned, so that the copies do not wait for the steps before.
    const torch::Tensor hostNumbers = torch::empty(
        {2, count}, torch::TensorOptions(torch::kLong).pinned_memory(device_.is_cuda()));
    int64_t* const indices = hostNumbers.data_ptr<int64_t>();
    int64_t* const cells = indices + count;
    bool warped = false, transferred = false;
    for (int64_t i = 0; i < count; ++i) {
        const SampleDraw& draw = request.draws[static_cast<size_t>(i)];
        const auto face = static_cast<size_t>(i % half);
        indices[i] = i < half ? request.source[face] : request.destination[face];
        cells[i] = draw.cells == 2 ? 0 : draw.cells == 4 ? 1 : 2;
        warped |= isWarped(draw);
        transferred |= draw.transfer != kSameColor;
    }
    const torch::Tensor numbers = hostNumbers.to(device_, /*non_blocking=*/true);
    const torch::Tensor faces =
        gather((store_.resident() ? numbers : hostNumbers)[0], request.identities);

    // Positions in the store's own [-1, 1], which spans the margin too.
    const double inStore = 1 / (1 + 2 * store_.margin());
    const torch::Tensor placement =
        parameters.narrow(1, kPlacementAt, 6).reshape({count, 2, 3}).transpose(1, 2) * inStore;
    const torch::Tensor straight =
        torch::matmul(positions_.unsqueeze(0), placement);  // [N, R*R, 2]
    const torch::Tensor all =
        sampled(faces, straight, resolution_).mul_(1 / store_.scale()).clamp_(0, 1);
    Cuts cuts{all.narrow(1, 0, 3), all.narrow(1, 0, 3), all.narrow(1, 3, all.size(1) - 3)};
    if (warped) {
        const torch::Tensor moved = torch::baddbmm(straight, displacement(parameters, numbers[1]),
                                                   placement.narrow(1, 0, 2));
        cuts.input = sampled(faces.narrow(1, 0, 3), moved, resolution_)
                         .mul_(1 / store_.scale())
                         .clamp_(0, 1);
    }
    if (transferred) {
        const torch::Tensor matrices = parameters.narrow(1, kTransferAt, 12).contiguous();
        cuts.target = recolored(cuts.target, matrices);
        cuts.input = warped ? recolored(cuts.input, matrices) : cuts.target;
    }
    cuts.input = treated(cuts.input, request.draws, parameters);
    return cuts;
}

torch::Tensor Augmenter::shaded(const torch::Tensor& images, const torch::Tensor& shade) const {
    const torch::Tensor nodes = shade.reshape({-1, 3, kShadeNodes, kShadeNodes});
    torch::Tensor gains = torch::matmul(torch::matmul(shadeRise_, nodes), shadeRise_.t());
    return gains.exp_().mul_(images).clamp_(0, 1);
}

// What the operators do to the input after it is cut.
torch::Tensor Augmenter::treated(torch::Tensor input, const std::vector<SampleDraw>& draws,
                                 const torch::Tensor& parameters) const {
    const auto any = [&](auto asked) { return std::any_of(draws.begin(), draws.end(), asked); };
    if (any([](const SampleDraw& draw) { return draw.gamma != 1; })) {
        input = input.pow(parameters.narrow(1, kGammaAt, 1).view({-1, 1, 1, 1}));
    }
    if (any([](const SampleDraw& draw) { return draw.jitter != kSameColor; })) {
        input = recolored(input, parameters.narrow(1, kJitterAt, 12).contiguous());
    }
    if (any(isShaded)) {
        input = shaded(input, parameters.narrow(1, kShadeAt, kShades));
    }
    return degrader_.apply(input, draws).contiguous(torch::MemoryFormat::ChannelsLast);
}

// The rows of the draws, pinned for a GPU.
torch::Tensor Augmenter::parametersOf(const std::vector<SampleDraw>& draws) const {
    const auto count = static_cast<int64_t>(draws.size());
    const torch::Tensor host =
        torch::empty({count, kRowLength}, torch::TensorOptions().pinned_memory(device_.is_cuda()));
    for (int64_t i = 0; i < count; ++i) {
        writeRow(host.data_ptr<float>() + i * kRowLength, draws[static_cast<size_t>(i)]);
    }
    return host.to(device_, /*non_blocking=*/true);
}

PairBatch Augmenter::make(const BatchRequest& request) const {
    const torch::NoGradGuard noGradient;
    const auto half = static_cast<int64_t>(request.source.size());
    US_CHECK(request.destination.size() == request.source.size() &&
             request.draws.size() == 2 * request.source.size());
    const Cuts cuts = hostCut_ ? cutOnHost(request) : cutWithOperators(request);
    const torch::Tensor& input = cuts.input;
    const torch::Tensor target = cuts.target.contiguous();
    const torch::Tensor mask = cuts.masks.narrow(1, 0, 1).contiguous();
    PairBatch batch;
    batch.sourceIdentity = request.identities.source;
    batch.destinationIdentity = request.identities.destination;
    for (int64_t s = 0; s < 2; ++s) {
        SideBatch& side = s == 0 ? batch.source : batch.destination;
        side.warped = input.narrow(0, s * half, half);
        side.target = target.narrow(0, s * half, half);
        side.mask = mask.narrow(0, s * half, half);
        if (cuts.masks.size(1) > 1) {
            side.eyesMouth = cuts.masks.narrow(1, 1, 1).narrow(0, s * half, half).contiguous();
        }
    }
    if (request.exchanged) {
        std::swap(batch.source.warped, batch.destination.warped);
    }
    return batch;
}

Result<std::vector<std::vector<int64_t>>> sharedMoments(const FaceStore& store) {
    const auto refused = [](const std::string& why) {
        return Error{
            ErrorCode::usage, "paired needs clips of the same performances: " + why, "paired",
            "Import clips that 'understudy-cli performers --take' made, of every performer "
            "the same takes in the same order, or set paired to 0"};
    };
    std::map<FaceMoment, std::vector<int64_t>> found;
    uint32_t clips = 0;
    for (size_t i = 0; i < store.identities(); ++i) {
        const StoredSide& side = store.side(i);
        uint32_t own = 0;
        for (const FaceMoment& moment : side.moments) {
            own = std::max(own, moment.clip + 1);
        }
        if (i > 0 && own != clips) {
            return refused(store.side(0).performer + " has faces of " + std::to_string(clips) +
                           " clips, " + side.performer + " of " + std::to_string(own));
        }
        clips = own;
        for (const int64_t face : side.split.training) {
            std::vector<int64_t>& faces = found[side.moments[static_cast<size_t>(face)]];
            if (faces.size() == i) {  // everybody before has it, and this one has no second face
                faces.push_back(face);
            }
        }
    }
    std::vector<std::vector<int64_t>> shared;
    for (auto& [moment, faces] : found) {
        if (faces.size() == store.identities()) {
            shared.push_back(std::move(faces));
        }
    }
    if (shared.empty()) {
        return refused("no frame has a face of everybody");
    }
    return shared;
}

BatchSource::BatchSource(const FaceStore& store, const BatchPlan& plan)
    : store_(store),
      plan_(plan),
      transfer_(colorTransferOf(plan.augment.colorTransfer)),
      pairs_(store.identities(), plan.seed) {
    if (plan.paired > 0) {
        Result<std::vector<std::vector<int64_t>>> moments = sharedMoments(store);
        US_CHECK(moments.ok());
        moments_ = std::move(*moments);
        momentOrder_.emplace(static_cast<int64_t>(moments_.size()), plan.seed, kSharedMoments);
    }
    for (size_t i = 0; i < store.identities(); ++i) {
        const StoredSide& side = store.side(i);
        const uint32_t order = sideOfIdentity(i);
        samplers_.emplace_back(static_cast<int64_t>(side.split.training.size()), plan.seed, order);
        std::vector<float> yaws;
        tones_.emplace_back();
        for (const int64_t face : side.split.training) {
            yaws.push_back(side.yaws[static_cast<size_t>(face)]);
            tones_.back().push_back(side.tones[static_cast<size_t>(face)]);
        }
        if (plan.augment.uniformYaw) {
            yawSamplers_.emplace_back(yaws, plan.seed, order);
        }
    }
}

int64_t BatchSource::faceOf(size_t identity, uint64_t n) const {
    const int64_t position =
        yawSamplers_.empty() ? samplers_[identity].at(n) : yawSamplers_[identity].at(n);
    return store_.side(identity).split.training[static_cast<size_t>(position)];
}

bool BatchSource::pairedStep(int64_t step) const {
    return plan_.paired > 0 &&
           RandomSequence({plan_.seed, static_cast<uint64_t>(step), 0, RandomStream::pairedStep})
               .chance(plan_.paired);
}

BatchRequest BatchSource::training(int64_t step, int64_t first, int64_t count,
                                   double warpStrength) const {
    BatchRequest request;
    const auto number = static_cast<uint64_t>(step);
    request.identities = pairs_.at(number);
    request.exchanged = pairedStep(step);
    const auto [ofSource, ofDestination] =
        pairs_.firstSamples(number, static_cast<uint64_t>(plan_.batch));
    for (const bool source : {true, false}) {
        const size_t identity = source ? request.identities.source : request.identities.destination;
        const uint64_t sample = source ? ofSource : ofDestination;
        DrawOptions options;
        options.augment = plan_.augment;
        options.flip =
            source && !request.exchanged ? plan_.augment.flipSource : plan_.augment.flipDestination;
        options.margin = store_.margin();
        options.warpStrength = warpStrength;
        options.transfer = source && !request.exchanged ? transfer_ : ColorTransfer::none;
        options.otherTones = tones_[request.identities.destination];
        const RandomStream stream =
            source ? RandomStream::augmentSource : RandomStream::augmentDestination;
        auto& indices = source ? request.source : request.destination;
        for (int64_t i = first; i < first + count; ++i) {
            const int64_t face =
                request.exchanged
                    ? moments_[static_cast<size_t>(momentOrder_->at(
                          number * static_cast<uint64_t>(plan_.batch) + static_cast<uint64_t>(i)))]
                              [identity]
                    : faceOf(identity, sample + static_cast<uint64_t>(i));
            indices.push_back(face);
            request.draws.push_back(
                drawSample(options, store_.side(identity).tones[static_cast<size_t>(face)],
                           {plan_.seed, number, static_cast<uint32_t>(i), stream}));
        }
    }
    for (size_t i = 0; request.exchanged && i < request.source.size(); ++i) {
        request.draws[i].placement = samePartOf(
            store_.side(request.identities.source).places[static_cast<size_t>(request.source[i])],
            store_.side(request.identities.destination)
                .places[static_cast<size_t>(request.destination[i])],
            request.draws[request.source.size() + i].placement);
    }
    return request;
}

BatchRequest BatchSource::plain(const std::vector<int64_t>& source,
                                const std::vector<int64_t>& destination,
                                const PairSampler::Pair& identities) {
    BatchRequest request;
    request.source = source;
    request.destination = destination;
    request.draws.resize(2 * source.size());
    request.identities = identities;
    return request;
}

}  // namespace understudy::training
