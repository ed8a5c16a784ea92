#include "training/engine/distributed/shm_comm.h"

#include <torch/types.h>

#include <span>

#include "media/base/check.h"

namespace understudy::training {

namespace {

void must(const Status& status) {
    if (!status.ok()) {
        throw RanksLost(status.error());
    }
}

template <class Value>
std::span<Value> spanOf(const torch::Tensor& values) {
    return {static_cast<Value*>(values.data_ptr()), static_cast<size_t>(values.numel())};
}

// Works on the values themselves on a CPU, on a copy in host memory otherwise.
template <class Work>
void onHost(const torch::Tensor& values, const Work& work) {
    US_CHECK(values.is_contiguous());
    if (values.is_cpu()) {
        work(values);
        return;
    }
    torch::Tensor host = values.to(torch::kCPU);
    work(host);
    values.copy_(host);
}

}  // namespace

void ShmComm::average(const torch::Tensor& values) {
    const torch::NoGradGuard noGrad;
    onHost(values, [this](const torch::Tensor& host) {
        const double factor = 1.0 / size();
        switch (host.scalar_type()) {
            case torch::kFloat:
                return must(ranks_.sum(spanOf<float>(host), static_cast<float>(factor)));
            case torch::kDouble:
                return must(ranks_.sum(spanOf<double>(host), factor));
            case torch::kBFloat16:
                return must(ranks_.sum(spanOf<Bfloat16>(host), static_cast<float>(factor)));
            default:
                US_CHECK(false);
        }
    });
}

void ShmComm::broadcast(const torch::Tensor& values, int root) {
    const torch::NoGradGuard noGrad;
    onHost(values, [this, root](const torch::Tensor& host) {
        must(ranks_.broadcast({static_cast<std::byte*>(host.data_ptr()), host.nbytes()}, root));
    });
}

void ShmComm::barrier() {
    must(ranks_.barrier());
}

}  // namespace understudy::training
