#include <catch2/catch.hpp>

#include "tests/training/engine/single_thread.h"
#include "training/engine/data/augmenter.h"

using namespace understudy::training;

namespace {

double apart(const torch::Tensor& a, const torch::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

StoreOptions storeOptions(int resolution, bool eyesMouth) {
    StoreOptions options;
    options.resolution = resolution;
    options.eyesMouth = eyesMouth;
    return options;
}

}  // namespace

TEST_CASE("what the CPU cuts in one pass is what a GPU's operators cut") {
    for (const int resolution : {64, 96}) {
        for (const bool eyesMouth : {false, true}) {
            CAPTURE(resolution, eyesMouth);
            const FaceStore store =
                FaceStore::synthetic(storeOptions(resolution, eyesMouth), 12, 3);
            const Augmenter onePass(store, resolution, torch::kCPU);
            const Augmenter operators(store, resolution, torch::kCPU, /*onHost=*/false);
            Augmentation augment;
            augment.colorTransfer = "mix";
            augment.flipSource = 0.5;
            const BatchSource source(store, {augment, 5, 6});
            double bent = 0;
            for (int64_t step = 0; step < 4; ++step) {
                const BatchRequest request = source.training(step, 0, 6, 1);
                const PairBatch is = onePass.make(request), wanted = operators.make(request);
                const std::pair<const SideBatch*, const SideBatch*> sides[] = {
                    {&is.source, &wanted.source}, {&is.destination, &wanted.destination}};
                for (const auto& [one, other] : sides) {
                    CHECK(apart(one->target, other->target) < 2e-5);
                    CHECK(apart(one->warped, other->warped) < 2e-4);  // after a power
                    CHECK(apart(one->mask, other->mask) < 2e-5);
                    CHECK(one->eyesMouth.defined() == other->eyesMouth.defined());
                    if (eyesMouth) {
                        CHECK(apart(one->eyesMouth, other->eyesMouth) < 2e-5);
                    }
                    bent = std::max(bent, apart(one->warped, one->target));
                }
            }
            CHECK(bent > 0.05);
        }
    }
}

TEST_CASE("what the CPU does to an input is what a GPU's operators do") {
    const std::pair<const char*, double Augmentation::*> kinds[] = {
        {"gamma and jitter", &Augmentation::color},
        {"shade", &Augmentation::shade},
        {"blur", &Augmentation::blur},
        {"grain", &Augmentation::noise},
        {"codec", &Augmentation::jpeg}};
    for (const int resolution : {64, 96}) {
        const FaceStore store = FaceStore::synthetic(storeOptions(resolution, false), 12, 3);
        const Augmenter onePass(store, resolution, torch::kCPU);
        const Augmenter operators(store, resolution, torch::kCPU, /*onHost=*/false);
        for (const auto& [name, strength] : kinds) {
            CAPTURE(resolution, name);
            Augmentation augment;
            augment.color = 0;
            augment.*strength = 1;
            const BatchRequest request =
                BatchSource(store, {augment, 5, 6}).training(3, 0, 6, /*warpStrength=*/0);
            const PairBatch is = onePass.make(request), wanted = operators.make(request);
            const torch::Tensor off = (is.source.warped - wanted.source.warped).abs();
            // A value that lies between two steps of the codec may fall to either.
            CHECK((off > 2e-4).to(torch::kFloat).mean().item<double>() <= 0.01);
            CHECK(off.mean().item<double>() < 1e-4);
            CHECK(apart(is.source.warped, is.source.target) > 0.01);  // it did something
            CHECK(is.source.warped.is_contiguous(torch::MemoryFormat::ChannelsLast));
        }
    }
}

TEST_CASE("black stays black and white white under a gamma") {
    const FaceStore store = FaceStore::synthetic(storeOptions(64, false), 4, 3);
    const Augmenter augmenter(store, 64, torch::kCPU);
    BatchRequest request = BatchSource::plain({0}, {1});
    request.draws[0].jitter = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    request.draws[1].transfer = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0};  // white, white, black
    request.draws[1].gamma = 0.7f;
    const PairBatch batch = augmenter.make(request);
    CHECK(batch.source.warped.abs().max().item<float>() == 0);
    CHECK(batch.destination.warped[0][0].min().item<float>() == Approx(1).margin(1e-6));
    CHECK(batch.destination.warped[0][2].max().item<float>() < 1e-6f);
}

TEST_CASE("beyond the edge of a stored face its border goes on, as on a GPU") {
    const FaceStore store = FaceStore::synthetic(storeOptions(64, false), 4, 3);
    const Augmenter onePass(store, 64, torch::kCPU);
    const Augmenter operators(store, 64, torch::kCPU, /*onHost=*/false);
    BatchRequest request = BatchSource::plain({0, 1, 2, 3}, {3, 2, 1, 0});
    const float shifts[] = {0, 0.3f, -0.9f, 5, -40, 1e6f, -1e6f, 1};
    for (size_t i = 0; i < request.draws.size(); ++i) {
        request.draws[i].placement = {2, 0.1f, shifts[i], -0.1f, 2, -shifts[i]};
    }
    const PairBatch is = onePass.make(request), wanted = operators.make(request);
    CHECK(apart(is.source.target, wanted.source.target) < 2e-5);
    CHECK(apart(is.destination.target, wanted.destination.target) < 2e-5);
    CHECK(apart(is.destination.mask, wanted.destination.mask) < 2e-5);
}

TEST_CASE("only what is warped differs from its target") {
    const FaceStore store = FaceStore::synthetic(storeOptions(64, false), 4, 3);
    const Augmenter augmenter(store, 64, torch::kCPU);
    BatchRequest request = BatchSource::plain({0, 1}, {2, 3});
    request.draws[1].warpX[size_t{4} * kWarpNodes + 4] = 0.1f;
    const PairBatch batch = augmenter.make(request);
    CHECK(torch::equal(batch.source.warped[0], batch.source.target[0]));
    CHECK(apart(batch.source.warped[1], batch.source.target[1]) > 0.01);
    CHECK(torch::equal(batch.destination.warped, batch.destination.target));
}

TEST_CASE("a sample is the same in a batch of any size") {
    const FaceStore store = FaceStore::synthetic(storeOptions(64, false), 12, 3);
    for (const bool onHost : {true, false}) {
        CAPTURE(onHost);
        const Augmenter augmenter(store, 64, torch::kCPU, onHost);
        Augmentation augment;
        augment.colorTransfer = "mix";
        const BatchSource source(store, {augment, 5, 8});
        const PairBatch whole = augmenter.make(source.training(3, 0, 8, 1));
        for (int64_t i = 0; i < 8; ++i) {
            const PairBatch one = augmenter.make(source.training(3, i, 1, 1));
            CHECK(torch::equal(one.source.target[0], whole.source.target[i]));
            CHECK(torch::equal(one.source.warped[0], whole.source.warped[i]));
            CHECK(torch::equal(one.destination.warped[0], whole.destination.warped[i]));
            CHECK(torch::equal(one.source.mask[0], whole.source.mask[i]));
        }
    }
}
