#include "training/engine/optimizer/update_mask.h"

#include <torch/types.h>

#include <cmath>

#include "media/base/philox.h"

namespace understudy::training {

namespace {

// x ^= x >>> bits, in place. Shifts of signed numbers bring their sign along.
void foldDown(torch::Tensor& x, int bits) {
    x.bitwise_xor_(x.bitwise_right_shift(bits).bitwise_and_((1 << (32 - bits)) - 1));
}

}  // namespace

MaskKey UpdateMask::key() const {
    RandomSequence random({.seed = seed,
                           .step = static_cast<uint64_t>(step),
                           .sample = network,
                           .stream = RandomStream::updateMask});
    MaskKey key;
    key.first = random.next();
    key.second = random.next();
    key.below = static_cast<uint32_t>(std::lround(keep * kMaskRange));
    return key;
}

// chosenAt of the kernel, number by number.
torch::Tensor chosen(const MaskKey& key, int64_t first, int64_t count, torch::Device device) {
    const auto bits = [](uint32_t value) {
        return static_cast<int64_t>(static_cast<int32_t>(value));
    };
    const auto options = torch::TensorOptions().dtype(torch::kInt).device(device);
    torch::Tensor x =
        torch::arange(first, first + count, options.dtype(torch::kLong)).to(torch::kInt);
    x.bitwise_xor_(bits(key.first));
    foldDown(x, 16);
    x.mul_(bits(kMaskFactor1));
    foldDown(x, 15);
    x.bitwise_xor_(bits(key.second));
    x.mul_(bits(kMaskFactor2));
    foldDown(x, 16);
    return x.bitwise_and_(static_cast<int64_t>(kMaskRange) - 1).lt(static_cast<int64_t>(key.below));
}

}  // namespace understudy::training
