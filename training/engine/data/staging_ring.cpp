#include "training/engine/data/staging_ring.h"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/torch.h>

#include <numeric>

#include "media/base/check.h"

namespace understudy::training {

StagingRing::StagingRing(torch::Device device, size_t buffers)
    : device_(device), buffers_(buffers) {
    US_CHECK(buffers > 0);
}

StagingRing::~StagingRing() {
    for (const Buffer& buffer : buffers_) {
        if (buffer.copied) {
            buffer.copied->synchronize();
        }
    }
}

// The first `bytes` of the buffer, which grows where it is too short.
torch::Tensor StagingRing::room(Buffer& buffer, int64_t bytes) const {
    if (buffer.copied) {
        buffer.copied->synchronize();
    }
    if (!buffer.bytes.defined() || buffer.bytes.numel() < bytes) {
        buffer.bytes = torch::empty(
            {bytes}, torch::TensorOptions(torch::kUInt8).pinned_memory(device_.is_cuda()));
    }
    return buffer.bytes.narrow(0, 0, bytes);
}

torch::Tensor StagingRing::bring(const std::array<torch::Tensor, 2>& sides,
                                 const torch::Tensor& indices) {
    const torch::NoGradGuard noGradient;
    const int64_t count = indices.size(0) / 2;
    std::vector<int64_t> shape(sides[0].sizes().begin(), sides[0].sizes().end());
    shape[0] = 2 * count;
    const int64_t bytes =
        std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()) *
        static_cast<int64_t>(sides[0].element_size());
    const std::lock_guard guard(mutex_);
    Buffer& buffer = buffers_[next_];
    next_ = (next_ + 1) % buffers_.size();
    const torch::Tensor host = room(buffer, bytes).view(sides[0].scalar_type()).view(shape);
    for (int64_t s = 0; s < 2; ++s) {
        torch::Tensor part = host.narrow(0, s * count, count);
        torch::index_select_out(part, sides[static_cast<size_t>(s)], 0,
                                indices.narrow(0, s * count, count));
    }
    if (!device_.is_cuda()) {
        return host.clone();
    }
    torch::Tensor onDevice = host.to(device_, /*non_blocking=*/true);
    if (!buffer.copied) {
        buffer.copied.emplace(device_.type());
    }
    buffer.copied->record(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
    return onDevice;
}

uint64_t StagingRing::bytes() const {
    const std::lock_guard guard(mutex_);
    uint64_t sum = 0;
    for (const Buffer& buffer : buffers_) {
        sum += buffer.bytes.defined() ? buffer.bytes.nbytes() : 0;
    }
    return sum;
}

}  // namespace understudy::training
