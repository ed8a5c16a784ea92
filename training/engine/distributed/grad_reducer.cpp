#include "training/engine/distributed/grad_reducer.h"

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "media/base/check.h"

namespace understudy::training {

namespace {

struct Bucket {
    torch::Tensor values;  // a stretch of the buffer
    size_t pieces = 0;
    size_t missing = 0;
    bool empty = false;               // nothing to send in this step
    std::optional<c10::Event> ready;  // on a GPU: its gradients are there
};

}  // namespace

struct GradReducer::State {
    std::shared_ptr<FlatParameters> parameters;
    std::shared_ptr<Comm> comm;
    torch::Tensor buffer;
    std::vector<torch::Tensor> pieces;  // of the buffer, in order of memory
    std::vector<size_t> bucketOf;       // of each piece
    std::vector<bool> there;            // pieces of this step
    std::vector<bool> absent;           // pieces that this step does without
    std::vector<Bucket> buckets;
    torch::ScalarType wire = torch::kFloat;
    bool armed = false;

    std::optional<c10::Stream> side;  // on a GPU
    std::optional<c10::Event> computed, sent;
    double waited = 0;  // by finish(), on a CPU

    std::mutex mutex;
    std::condition_variable changed;
    size_t released = 0;  // buckets that may be sent
    size_t done = 0;      // buckets that were
    bool over = false;
    std::exception_ptr failure;
    std::thread sender;

    void makeBuckets(const ReducerOptions& options);
    void arrived(size_t piece);
    void release();
    void send();
    void average(Bucket& bucket);
    c10::Stream currentStream() const {
        return c10::impl::VirtualGuardImpl(buffer.device().type()).getStream(buffer.device());
    }
};

void GradReducer::State::makeBuckets(const ReducerOptions& options) {
    const auto bytes = static_cast<int64_t>(c10::elementSize(wire));
    int64_t begin = 0;
    for (size_t i = 0; i < pieces.size(); ++i) {
        const int64_t end = i + 1 < pieces.size() ? pieces[i + 1].storage_offset() : buffer.numel();
        if (buckets.empty() || begin == pieces[i].storage_offset()) {
            buckets.emplace_back();
            begin = pieces[i].storage_offset();
        }
        Bucket& bucket = buckets.back();
        ++bucket.pieces;
        bucketOf.push_back(buckets.size() - 1);
        bucket.values = buffer.narrow(0, begin, end - begin);
        const int64_t most = buckets.size() == 1 ? options.firstBucketBytes : options.bucketBytes;
        if ((end - begin) * bytes >= most) {
            begin = end;  // the next piece begins another
        }
    }
}

// In backward's thread.
void GradReducer::State::arrived(size_t piece) {
    if (!armed) {
        return;
    }
    US_CHECK(!there[piece] && !absent[piece]);
    there[piece] = true;
    Bucket& bucket = buckets[bucketOf[piece]];
    if (--bucket.missing == 0) {
        if (side) {
            bucket.ready->record(currentStream());
        }
        release();
    }
}

// Strictly in order: ranks must add up the same buckets at the same time.
void GradReducer::State::release() {
    {
        const std::scoped_lock lock(mutex);
        while (released < buckets.size() && buckets[released].missing == 0) {
            ++released;
        }
    }
    changed.notify_all();
}

void GradReducer::State::average(Bucket& bucket) {
    if (bucket.empty) {
        return;
    }
    const torch::NoGradGuard noGrad;
    std::optional<c10::StreamGuard> guard;
    if (side) {
        guard.emplace(*side);
        bucket.ready->block(*side);
    }
    const torch::Tensor message = bucket.values.to(wire);  // mostly the bucket itself
    comm->average(message);
    if (!message.is_same(bucket.values)) {
        bucket.values.copy_(message);
    }
}

void GradReducer::State::send() {
    std::unique_lock lock(mutex);
    while (true) {
        changed.wait(lock, [this] { return over || (done < released && !failure); });
        if (over) {
            return;
        }
        Bucket& bucket = buckets[done];
        lock.unlock();
        std::exception_ptr thrown;
        try {
            average(bucket);
        } catch (...) {
            thrown = std::current_exception();
        }
        lock.lock();
        failure = thrown;
        ++done;
        changed.notify_all();
    }
}

GradReducer::GradReducer(std::shared_ptr<FlatParameters> parameters, std::shared_ptr<Comm> comm,
                         const ReducerOptions& options)
    : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.parameters = std::move(parameters);
    state.comm = std::move(comm);
    state.wire = options.wire;
    state.buffer = torch::zeros_like(state.parameters->values(),
                                     options.addsUp ? torch::kFloat : options.wire);
    state.pieces = state.parameters->pieces(state.buffer);
    state.there.resize(state.pieces.size());
    state.makeBuckets(options);
    if (!state.buffer.is_cpu()) {
        const c10::impl::VirtualGuardImpl device(state.buffer.device().type());
        state.side = device.getStreamFromGlobalPool(state.buffer.device(), /*isHighPriority=*/true);
        // These two are timed.
        state.computed.emplace(state.buffer.device().type(), c10::EventFlag::BACKEND_DEFAULT);
        state.sent.emplace(state.buffer.device().type(), c10::EventFlag::BACKEND_DEFAULT);
        for (Bucket& bucket : state.buckets) {
            bucket.ready.emplace(state.buffer.device().type());
        }
    }
    state.parameters->collectGradients(state.buffer,
                                       [&state](size_t piece) { state.arrived(piece); });
    state.sender = std::thread([&state] { state.send(); });
}

GradReducer::~GradReducer() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->over = true;
    }
    state_->changed.notify_all();
    state_->sender.join();
    state_->parameters->collectGradients({}, {});
}

void GradReducer::arm(const std::vector<bool>& absent) {
    State& state = *state_;
    US_CHECK(absent.empty() || absent.size() == state.pieces.size());
    const torch::NoGradGuard noGrad;
    const std::scoped_lock lock(state.mutex);
    US_CHECK(state.done == state.released);
    state.released = state.done = 0;
    state.there.assign(state.pieces.size(), false);
    state.absent = absent;
    state.absent.resize(state.pieces.size(), false);
    for (Bucket& bucket : state.buckets) {
        bucket.missing = bucket.pieces;
    }
    for (size_t i = 0; i < state.pieces.size(); ++i) {
        state.buckets[state.bucketOf[i]].missing -= state.absent[i] ? 1 : 0;
    }
    for (Bucket& bucket : state.buckets) {
        bucket.empty = bucket.missing == 0;
    }
    for (size_t i = 0; i < state.pieces.size(); ++i) {
        if (state.absent[i] && !state.buckets[state.bucketOf[i]].empty) {
            state.pieces[i].zero_();  // what is sent along with others is always defined
        }
    }
    state.armed = true;
}

void GradReducer::finish() {
    State& state = *state_;
    US_CHECK(state.armed);
    {
        const torch::NoGradGuard noGrad;
        const std::vector<torch::Tensor> gradients = state.parameters->gradientPieces();
        for (size_t i = 0; i < state.pieces.size(); ++i) {
            if (!state.there[i] && !state.absent[i]) {
                if (!gradients[i].defined()) {
                    state.pieces[i].zero_();
                }
                state.arrived(i);
            }
        }
    }
    state.release();  // empty buckets at the end wait for nobody
    state.armed = false;
    if (state.side) {
        state.computed->record(state.currentStream());
    }
    const auto began = std::chrono::steady_clock::now();
    std::unique_lock lock(state.mutex);
    US_CHECK(state.released == state.buckets.size());
    state.changed.wait(lock,
                       [&state] { return state.done == state.buckets.size() || state.failure; });
    if (state.failure) {
        std::rethrow_exception(state.failure);
    }
    state.waited = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    if (state.side) {
        state.sent->record(*state.side);
        state.sent->block(state.currentStream());
    }
}

double GradReducer::exposedSeconds() const {
    const State& state = *state_;
    if (!state.side) {
        return state.waited;
    }
    if (!state.computed->was_marked_for_recording() || !state.sent->was_marked_for_recording()) {
        return 0;  // before the first step
    }
    state.computed->synchronize();
    state.sent->synchronize();
    return std::max(0.0, state.computed->elapsedTime(*state.sent)) / 1000;
}

size_t GradReducer::buckets() const {
    return state_->buckets.size();
}

}  // namespace understudy::training
