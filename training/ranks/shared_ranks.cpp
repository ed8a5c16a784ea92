#include "training/ranks/shared_ranks.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

#include "media/base/check.h"
#include "training/ranks/lost_rank.h"

namespace understudy::training {

namespace {

constexpr uint64_t kMagic = 0x31534b4e41525355;  // "USRANKS1"
constexpr size_t kSlotBytes = 1 << 20;           // fits the caches of a core
constexpr int kSides = 2;
constexpr double kLook = 0.5;  // seconds between looks whether the others are alive
constexpr int kSpins = 2000;   // before going to sleep: ranks come within microseconds

using Clock = std::chrono::steady_clock;

// Futexes of memory that processes share; the library's atomic waits are within one.
void sleepWhile(std::atomic<uint32_t>& word, uint32_t value, double seconds) {
    timespec limit{};
    limit.tv_nsec = static_cast<long>(seconds * 1e9);
    ::syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT, value, &limit, nullptr, 0);
}

void wakeAll(std::atomic<uint32_t>& word) {
    ::syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE, INT_MAX, nullptr, nullptr,
              0);
}

std::string nodeName() {
    utsname names{};
    return ::uname(&names) == 0 ? names.nodename : "";
}

float widened(Bfloat16 value) {
    return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}
float widened(float value) {
    return value;
}
double widened(double value) {
    return value;
}

// To the nearest, ties to even; what is not a number stays so.
Bfloat16 narrowed(float value, Bfloat16 /*like*/) {
    const auto bits = std::bit_cast<uint32_t>(value);
    if (value != value) {
        return static_cast<Bfloat16>((bits >> 16) | 0x40);
    }
    return static_cast<Bfloat16>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}
float narrowed(float value, float /*like*/) {
    return value;
}
double narrowed(double value, double /*like*/) {
    return value;
}

// Of what lies in the same place of every slot.
template <class Value>
void addUp(std::span<const Value* const> slots, size_t count, double factor, Value* result) {
    using Wide = decltype(widened(Value{}));
    constexpr size_t kBlock = 1024;
    std::array<Wide, kBlock> sums;
    const auto scale = static_cast<Wide>(factor);
    for (size_t first = 0; first < count; first += kBlock) {
        const size_t here = std::min(kBlock, count - first);
        for (size_t i = 0; i < here; ++i) {
            sums[i] = widened(slots[0][first + i]);
        }
        for (size_t r = 1; r < slots.size(); ++r) {
            const Value* values = slots[r] + first;
            for (size_t i = 0; i < here; ++i) {
                sums[i] += widened(values[i]);
            }
        }
        for (size_t i = 0; i < here; ++i) {
            result[first + i] = narrowed(scale * sums[i], Value{});
        }
    }
}

}  // namespace

struct SharedRanks::Memory {
    uint64_t magic;
    int32_t size;
    char node[65];
    std::atomic<uint32_t> arrived;
    std::atomic<uint32_t> meetings;  // how many are over
    std::atomic<uint32_t> aborted;
    std::atomic<int32_t> processes[kMost];  // 0: has not joined yet

    // The ranks' slots and one for results, twice, follow on a page of their own.
    static constexpr size_t kHead = 4096;
    static size_t bytes(int ranks) {
        return kHead + static_cast<size_t>(kSides * (ranks + 1)) * kSlotBytes;
    }
};

Result<FileHandle> SharedRanks::makeMemory(int size) {
    static_assert(sizeof(Memory) <= Memory::kHead);
    static_assert(std::atomic<uint32_t>::is_always_lock_free);
    US_CHECK(size >= 1 && size <= kMost);
    // Not closed on exec: the ranks inherit it.
    FileHandle memory(static_cast<int>(::syscall(SYS_memfd_create, "understudy-ranks", 0U)));
    const size_t bytes = Memory::bytes(size);
    if (!memory || ::posix_fallocate(memory.get(), 0, static_cast<off_t>(bytes)) != 0) {
        return Error{ErrorCode::cannotWrite,
                     "there is no memory that " + std::to_string(size) +
                         " training processes could share (" + std::to_string(bytes >> 20) + " MB)",
                     "memory", "Close other programs or train on fewer devices"};
    }
    void* mapped =
        ::mmap(nullptr, Memory::kHead, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
    if (mapped == MAP_FAILED) {
        return Error{ErrorCode::cannotWrite, "memory cannot be shared: " + errnoText(errno),
                     "memory", ""};
    }
    auto* head = new (mapped) Memory();
    head->size = size;
    const std::string node = nodeName();
    std::strncpy(head->node, node.c_str(), sizeof head->node - 1);
    head->magic = kMagic;
    ::munmap(mapped, Memory::kHead);
    return memory;
}

Result<SharedRanks> SharedRanks::join(int descriptor, int rank, int size) {
    US_CHECK(size >= 1 && size <= kMost && rank >= 0 && rank < size);
    const size_t bytes = Memory::bytes(size);
    const Error wrong{ErrorCode::usage, "this is no memory for " + std::to_string(size) + " ranks",
                      "memory", "Let the training program start its ranks itself"};
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || static_cast<size_t>(status.st_size) != bytes) {
        return wrong;
    }
    void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) {
        return Error{ErrorCode::cannotWrite, "memory cannot be shared: " + errnoText(errno),
                     "memory", ""};
    }
    const std::shared_ptr<Memory> memory(static_cast<Memory*>(mapped),
                                         [bytes](Memory* all) { ::munmap(all, bytes); });
    if (memory->magic != kMagic || memory->size != size) {
        return wrong;
    }
    if (nodeName() != memory->node) {
        return Error{ErrorCode::usage,
                     "ranks of the machines " + std::string(memory->node) + " and " + nodeName() +
                         " cannot share memory",
                     "ranks", "Ranks on several machines find each other through Slurm"};
    }
    return SharedRanks(memory, rank, size);
}

SharedRanks::SharedRanks(std::shared_ptr<Memory> memory, int rank, int size)
    : memory_(std::move(memory)), rank_(rank), size_(size) {
    memory_->processes[rank] = static_cast<int32_t>(::getpid());
}

SharedRanks SharedRanks::forThread(int rank) const {
    US_CHECK(rank >= 0 && rank < size_);
    return {memory_, rank, size_};
}

// The slot for results comes after those of the ranks.
std::byte* SharedRanks::slot(int side, int rank) const {
    return reinterpret_cast<std::byte*>(memory_.get()) + Memory::kHead +
           static_cast<size_t>(side * (size_ + 1) + rank) * kSlotBytes;
}

void SharedRanks::abort() {
    memory_->aborted = 1;
    memory_->meetings.fetch_add(1);  // whoever is about to sleep looks again
    wakeAll(memory_->meetings);
}

Status SharedRanks::lateOrGone(double waited) const {
    const auto lost = [](const std::string& what) { return lostRank(what, "ranks"); };
    if (memory_->aborted != 0) {
        return lost("another training process has failed");
    }
    for (int r = 0; r < size_; ++r) {
        const int32_t process = memory_->processes[r];
        if (process != 0 && ::kill(process, 0) != 0 && errno == ESRCH) {
            return lost("the training process of rank " + std::to_string(r) + " is gone");
        }
    }
    if (waited > patience_) {
        return lost("the training processes have waited " +
                    std::to_string(static_cast<int>(waited)) + " seconds for each other");
    }
    return {};
}

Status SharedRanks::meet() {
    if (memory_->aborted != 0) {
        return lateOrGone(0);
    }
    const uint32_t meeting = memory_->meetings;
    if (memory_->arrived.fetch_add(1) + 1 == static_cast<uint32_t>(size_)) {
        memory_->arrived = 0;
        memory_->meetings.fetch_add(1);
        wakeAll(memory_->meetings);
        return memory_->aborted != 0 ? lateOrGone(0) : Status();
    }
    for (int spin = 0; spin < kSpins && memory_->meetings == meeting; ++spin) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    const auto start = Clock::now();
    while (memory_->meetings == meeting) {
        sleepWhile(memory_->meetings, meeting, std::min(kLook, patience_));
        const std::chrono::duration<double> waited = Clock::now() - start;
        if (memory_->meetings == meeting) {
            US_TRY(lateOrGone(waited.count()));
        }
    }
    return memory_->aborted != 0 ? lateOrGone(0) : Status();
}

Status SharedRanks::barrier() {
    return size_ == 1 ? Status() : meet();
}

// Piece by piece: everybody lays down theirs, adds up an equal share of all, and takes what the
// others added. Two sides in turn, so that the next piece may be laid down while others still take.
template <class Value>
Status SharedRanks::sumOf(std::span<Value> values, double factor) {
    constexpr size_t kMostValues = kSlotBytes / sizeof(Value);
    std::array<const Value*, kMost> slots{};
    for (size_t first = 0; first < values.size(); first += kMostValues) {
        const std::span<Value> piece =
            values.subspan(first, std::min(kMostValues, values.size() - first));
        std::memcpy(slot(side_, rank_), piece.data(), piece.size_bytes());
        US_TRY(barrier());
        const size_t begin = piece.size() * static_cast<size_t>(rank_) / static_cast<size_t>(size_);
        const size_t end =
            piece.size() * static_cast<size_t>(rank_ + 1) / static_cast<size_t>(size_);
        for (int r = 0; r < size_; ++r) {
            slots[static_cast<size_t>(r)] = reinterpret_cast<const Value*>(slot(side_, r)) + begin;
        }
        addUp<Value>(std::span(slots).first(static_cast<size_t>(size_)), end - begin, factor,
                     reinterpret_cast<Value*>(slot(side_, size_)) + begin);
        US_TRY(barrier());
        std::memcpy(piece.data(), slot(side_, size_), piece.size_bytes());
        side_ = 1 - side_;
    }
    return {};
}

Status SharedRanks::sum(std::span<float> values, float factor) {
    return sumOf(values, factor);
}

Status SharedRanks::sum(std::span<double> values, double factor) {
    return sumOf(values, factor);
}

Status SharedRanks::sum(std::span<Bfloat16> values, float factor) {
    return sumOf(values, factor);
}

Status SharedRanks::broadcast(std::span<std::byte> bytes, int root) {
    US_CHECK(root >= 0 && root < size_);
    for (size_t first = 0; first < bytes.size(); first += kSlotBytes) {
        const std::span<std::byte> piece =
            bytes.subspan(first, std::min(kSlotBytes, bytes.size() - first));
        if (rank_ == root) {
            std::memcpy(slot(side_, size_), piece.data(), piece.size());
        }
        US_TRY(barrier());
        if (rank_ != root) {
            std::memcpy(piece.data(), slot(side_, size_), piece.size());
        }
        side_ = 1 - side_;
    }
    return {};
}

}  // namespace understudy::training
