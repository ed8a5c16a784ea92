#include "training/engine/data/prepared_batches.h"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/torch.h>

#include <cmath>
#include <utility>

namespace understudy::training {

namespace {

constexpr double kSameWarp = 1e-3;

bool near(const BatchKey& a, const BatchKey& b) {
    return a.step == b.step && a.first == b.first && a.count == b.count &&
           std::abs(a.warpStrength - b.warpStrength) <= kSameWarp;
}

// The allocator may not hand out the memory again before `stream` has done with it.
void useOn(const PairBatch& batch, c10::Stream stream) {
    for (const SideBatch* side : {&batch.source, &batch.destination}) {
        for (const torch::Tensor& tensor :
             {side->warped, side->target, side->mask, side->eyesMouth}) {
            if (tensor.defined()) {
                tensor.record_stream(stream);
            }
        }
    }
}

}  // namespace

PreparedBatches::PreparedBatches(torch::Device device, Make make)
    : device_(device), make_(std::move(make)) {
    if (device_.is_cuda()) {
        stream_ = c10::impl::VirtualGuardImpl(device_.type()).getStreamFromGlobalPool(device_);
        made_.emplace(device_.type());
    }
    thread_ = std::thread([this] { work(); });
}

PreparedBatches::~PreparedBatches() {
    {
        const std::lock_guard guard(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
    if (stream_) {
        stream_->synchronize();  // the faces go after this
    }
}

void PreparedBatches::waitUntilIdle(std::unique_lock<std::mutex>& lock) {
    changed_.wait(lock, [this] { return !wanted_; });
}

void PreparedBatches::prepare(const BatchKey& key) {
    std::unique_lock lock(mutex_);
    waitUntilIdle(lock);
    key_.reset();
    batch_ = {};
    failure_ = nullptr;
    wanted_ = key;
    changed_.notify_all();
}

PairBatch PreparedBatches::take(const BatchKey& key) {
    {
        std::unique_lock lock(mutex_);
        waitUntilIdle(lock);
        PairBatch batch = std::exchange(batch_, {});
        const bool ready = key_ && near(*key_, key);
        const std::exception_ptr failure = std::exchange(failure_, nullptr);
        key_.reset();
        if (ready && failure) {
            std::rethrow_exception(failure);
        }
        if (ready) {
            if (stream_) {
                const c10::Stream present =
                    c10::impl::VirtualGuardImpl(device_.type()).getStream(device_);
                made_->block(present);
                useOn(batch, present);
            }
            ++takenPrepared_;
            return batch;
        }
    }
    return make_(key);
}

void PreparedBatches::forget() {
    std::unique_lock lock(mutex_);
    waitUntilIdle(lock);
    key_.reset();
    batch_ = {};
    failure_ = nullptr;
    if (stream_) {
        stream_->synchronize();
    }
}

void PreparedBatches::work() {
    while (true) {
        BatchKey key;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ending_ || wanted_; });
            if (ending_) {
                return;
            }
            key = *wanted_;
        }
        PairBatch batch;
        std::exception_ptr failure;
        try {
            batch = makeOne(key);
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard guard(mutex_);
        batch_ = std::move(batch);
        failure_ = failure;
        key_ = key;
        wanted_.reset();
        changed_.notify_all();
    }
}

PairBatch PreparedBatches::makeOne(const BatchKey& key) {
    if (!stream_) {
        return make_(key);
    }
    const c10::StreamGuard onOwnStream(*stream_);
    PairBatch batch = make_(key);
    made_->record(*stream_);
    return batch;
}

}  // namespace understudy::training
