#include "training/engine/distributed/nccl_comm.h"

#include <dlfcn.h>

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "media/base/check.h"
#include "training/ranks/lost_rank.h"

namespace understudy::training {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPoll = std::chrono::microseconds(200);   // NCCL offers nothing to wait on
constexpr auto kWatch = std::chrono::milliseconds(200);  // between looks at what is under way

// The part of nccl.h that is used, as it has been since version 2.14: no header is needed to build.
using NcclHandle = void*;
struct NcclId {
    char bytes[128];
};
struct NcclConfig {
    size_t size = sizeof(NcclConfig);
    unsigned magic = 0xcafebeef;
    unsigned version = 21400;
    int blocking = 0;
};
enum NcclCode { kDone = 0, kInProgress = 7 };
enum NcclType { kBytes = 0, kFloat32 = 7, kFloat64 = 8, kBf16 = 9 };
constexpr int kAverage = 4;

struct Nccl {
    int (*getUniqueId)(NcclId*) = nullptr;
    int (*commInitRankConfig)(NcclHandle*, int, NcclId, int, NcclConfig*) = nullptr;
    int (*commGetAsyncError)(NcclHandle, int*) = nullptr;
    int (*commFinalize)(NcclHandle) = nullptr;
    int (*commDestroy)(NcclHandle) = nullptr;
    int (*commAbort)(NcclHandle) = nullptr;
    int (*allReduce)(const void*, void*, size_t, int, int, NcclHandle, void*) = nullptr;
    int (*broadcast)(const void*, void*, size_t, int, int, NcclHandle, void*) = nullptr;
    const char* (*getErrorString)(int) = nullptr;
};

Result<Nccl> loadNccl() {
    void* library = ::dlopen("libnccl.so.2", RTLD_NOW | RTLD_LOCAL);
    const auto missing = [] {
        const char* reason = ::dlerror();
        return Error{ErrorCode::environment,
                     std::string("NCCL, which joins several GPUs, does not load: ") +
                         (reason != nullptr ? reason : "unknown reason"),
                     "libnccl.so.2", "Install NCCL 2.14 or newer, or train on one GPU"};
    };
    if (library == nullptr) {
        return missing();
    }
    Nccl nccl;
    const auto find = [library](auto& function, const char* name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
        return function != nullptr;
    };
    const bool all =
        find(nccl.getUniqueId, "ncclGetUniqueId") &&
        find(nccl.commInitRankConfig, "ncclCommInitRankConfig") &&
        find(nccl.commGetAsyncError, "ncclCommGetAsyncError") &&
        find(nccl.commFinalize, "ncclCommFinalize") && find(nccl.commDestroy, "ncclCommDestroy") &&
        find(nccl.commAbort, "ncclCommAbort") && find(nccl.allReduce, "ncclAllReduce") &&
        find(nccl.broadcast, "ncclBroadcast") && find(nccl.getErrorString, "ncclGetErrorString");
    return all ? Result<Nccl>(nccl) : missing();
}

// NCCL reads its settings once, when it starts; what the user has set stays.
Result<Nccl> nccl(const NcclOptions& options) {
    if (options.oneMachine) {
        ::setenv("NCCL_SOCKET_IFNAME", "lo", 0);
    }
    if (options.exact) {
        ::setenv("NCCL_ALGO", "^NVLS", 0);  // its sums differ from run to run
    }
    static const Result<Nccl> loaded = loadNccl();
    return loaded;
}

Error failed(const Nccl& nccl, int code, const std::string& what) {
    Error error = lostRank(what + ": " + nccl.getErrorString(code), "NCCL");
    error.remedy += "; NCCL_DEBUG=INFO says more";
    return error;
}

Error tooLate(const std::string& what, double seconds) {
    return lostRank(what + " within " + std::to_string(static_cast<int>(seconds)) + " seconds",
                    "NCCL");
}

NcclType typeOf(const torch::Tensor& values) {
    switch (values.scalar_type()) {
        case torch::kFloat:
            return kFloat32;
        case torch::kDouble:
            return kFloat64;
        default:
            US_CHECK(values.scalar_type() == torch::kBFloat16);
            return kBf16;
    }
}

}  // namespace

struct NcclComm::State {
    Nccl nccl;
    NcclOptions options;
    NcclHandle handle = nullptr;
    int rank = 0;
    int size = 1;
    torch::Device device{torch::kCPU};

    struct UnderWay {
        c10::Event over;
        Clock::time_point since;
    };
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<UnderWay> underWay;
    std::optional<Error> failure;
    bool aborted = false;
    bool ending = false;
    std::thread watch;

    c10::Stream currentStream() const {
        return c10::impl::VirtualGuardImpl(device.type()).getStream(device);
    }
    int settled() const;
    void call(const std::string& what, const std::function<int(void* stream)>& work);
    void watchOver();
    void lookAt();
    void fail(const Error& error);
};

// The code of what was begun last, once it is not in progress any more or was given up.
int NcclComm::State::settled() const {
    const auto start = Clock::now();
    int code = kInProgress;
    while (nccl.commGetAsyncError(handle, &code) == kDone && code == kInProgress) {
        if (std::chrono::duration<double>(Clock::now() - start).count() > options.patience) {
            break;
        }
        std::this_thread::sleep_for(kPoll);
    }
    return code;
}

void NcclComm::State::fail(const Error& error) {
    {
        const std::scoped_lock lock(mutex);
        failure = failure ? failure : error;
        if (aborted) {
            return;
        }
        aborted = true;
    }
    nccl.commAbort(handle);
}

void NcclComm::State::call(const std::string& what, const std::function<int(void* stream)>& work) {
    {
        const std::scoped_lock lock(mutex);
        if (failure) {
            throw RanksLost(*failure);
        }
    }
    const c10::Stream stream = currentStream();
    int code = work(stream.native_handle());
    if (code == kInProgress) {
        code = settled();
    }
    if (code != kDone) {
        const Error error = code == kInProgress ? tooLate(what + " did not begin", options.patience)
                                                : failed(nccl, code, what + " failed");
        fail(error);
        throw RanksLost(error);
    }
    UnderWay one{c10::Event(device.type()), Clock::now()};
    one.over.record(stream);
    {
        const std::scoped_lock lock(mutex);
        underWay.push_back(std::move(one));
    }
    changed.notify_all();
}

void NcclComm::State::lookAt() {
    int code = kDone;
    nccl.commGetAsyncError(handle, &code);
    std::optional<Error> error;
    if (code != kDone && code != kInProgress) {
        error = failed(nccl, code, "the training processes lost each other");
    }
    {
        const std::scoped_lock lock(mutex);
        while (!underWay.empty() && underWay.front().over.query()) {
            underWay.pop_front();
        }
        const auto now = Clock::now();
        if (!error && !underWay.empty() &&
            std::chrono::duration<double>(now - underWay.front().since).count() >
                options.patience) {
            error = tooLate("the training processes did not get to each other", options.patience);
        }
    }
    if (error) {
        fail(*error);
    }
}

void NcclComm::State::watchOver() {
    std::unique_lock lock(mutex);
    while (!ending && !aborted) {
        changed.wait_for(lock, kWatch, [this] { return ending || aborted; });
        if (!ending && !aborted) {
            lock.unlock();
            lookAt();
            lock.lock();
        }
    }
}

Result<std::string> NcclComm::makeId(const NcclOptions& options) {
    US_ASSIGN(const Nccl library, nccl(options));
    NcclId id{};
    if (const int code = library.getUniqueId(&id); code != kDone) {
        Error error = failed(library, code, "NCCL does not start");
        error.code = ErrorCode::environment;
        return error;
    }
    return std::string(id.bytes, sizeof id.bytes);
}

Result<std::shared_ptr<NcclComm>> NcclComm::join(const std::string& id, int rank, int size,
                                                 torch::Device device, const NcclOptions& options) {
    US_CHECK(device.is_cuda() && rank >= 0 && rank < size);
    auto state = std::make_unique<State>();
    US_ASSIGN(state->nccl, nccl(options));
    state->options = options;
    state->rank = rank;
    state->size = size;
    state->device = device;
    NcclId bytes{};
    if (id.size() != sizeof bytes.bytes) {
        return Error{ErrorCode::usage, "this is no NCCL id", "NCCL", ""};
    }
    std::memcpy(bytes.bytes, id.data(), id.size());
    const c10::OptionalDeviceGuard guard(device);
    NcclConfig config;
    int code = state->nccl.commInitRankConfig(&state->handle, size, bytes, rank, &config);
    if (code == kInProgress || code == kDone) {
        code = state->settled();
    }
    if (code != kDone) {
        const Error error =
            code == kInProgress
                ? tooLate("not all " + std::to_string(size) + " ranks came", options.patience)
                : failed(state->nccl, code, "the GPUs cannot be joined");
        if (state->handle != nullptr) {
            state->nccl.commAbort(state->handle);
        }
        return error;
    }
    State& all = *state;
    std::shared_ptr<NcclComm> comm(new NcclComm(std::move(state)));
    all.watch = std::thread([&all] { all.watchOver(); });
    return comm;
}

NcclComm::NcclComm(std::unique_ptr<State> state) : state_(std::move(state)) {}

NcclComm::~NcclComm() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->ending = true;
    }
    state_->changed.notify_all();
    if (state_->watch.joinable()) {
        state_->watch.join();
    }
    if (!state_->aborted) {
        state_->nccl.commFinalize(state_->handle);
        state_->settled();
        state_->nccl.commDestroy(state_->handle);
    }
}

int NcclComm::rank() const {
    return state_->rank;
}

int NcclComm::size() const {
    return state_->size;
}

void NcclComm::average(const torch::Tensor& values) {
    US_CHECK(values.is_contiguous() && values.device() == state_->device);
    void* data = values.data_ptr();
    state_->call("adding up over the GPUs", [&](void* stream) {
        return state_->nccl.allReduce(data, data, static_cast<size_t>(values.numel()),
                                      typeOf(values), kAverage, state_->handle, stream);
    });
}

void NcclComm::broadcast(const torch::Tensor& values, int root) {
    US_CHECK(values.is_contiguous() && values.device() == state_->device);
    void* data = values.data_ptr();
    state_->call("sharing over the GPUs", [&](void* stream) {
        return state_->nccl.broadcast(data, data, values.nbytes(), kBytes, root, state_->handle,
                                      stream);
    });
}

void NcclComm::barrier() {
    const torch::Tensor one = torch::ones({1}, torch::device(state_->device));
    average(one);
    state_->currentStream().synchronize();
    const std::scoped_lock lock(state_->mutex);
    if (state_->failure) {
        throw RanksLost(*state_->failure);
    }
}

void NcclComm::abort() {
    state_->fail(lostRank("another training process has failed", "NCCL"));
}

}  // namespace understudy::training
