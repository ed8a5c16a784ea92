#include "training/engine/distributed/mailbox.h"

#include <torch/types.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <chrono>
#include <cstring>

#include "media/base/check.h"
#include "training/ranks/lost_rank.h"

namespace understudy::training {

namespace {

constexpr int64_t kKeptOrders = 1000;  // nobody is that far behind
constexpr int64_t kPieceBytes = 8 << 20;

Error lostBy(const std::exception& thrown, const std::string& what) {
    std::string text = thrown.what();
    text = text.substr(0, text.find('\n'));
    return lostRank(what + ": " + text, "ranks");
}

template <class Work>
auto orLost(const std::string& what, const Work& work) {
    try {
        return work();
    } catch (const std::exception& thrown) {
        throw RanksLost(lostBy(thrown, what));
    }
}

}  // namespace

struct Mailbox::State {
    MailboxAddress address;
    c10::intrusive_ptr<c10d::Store> store;
};

Mailbox::Mailbox(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mailbox::~Mailbox() = default;

Result<std::shared_ptr<Mailbox>> Mailbox::open(const MailboxAddress& address) {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(address.port);
    options.isServer = address.rank == 0;
    options.numWorkers = static_cast<size_t>(address.size);
    options.timeout = std::chrono::milliseconds(static_cast<int64_t>(address.patience * 1000));
    auto state = std::make_unique<State>();
    state->address = address;
    try {
        auto store = c10::make_intrusive<c10d::TCPStore>(address.host, options);
        state->store = c10::make_intrusive<c10d::PrefixStore>(address.name, store);
    } catch (const std::exception& thrown) {
        return lostBy(thrown, "the training processes did not find each other at " + address.host +
                                  ":" + std::to_string(address.port));
    }
    return std::shared_ptr<Mailbox>(new Mailbox(std::move(state)));
}

int Mailbox::rank() const {
    return state_->address.rank;
}

int Mailbox::size() const {
    return state_->address.size;
}

void Mailbox::put(const std::string& key, std::string_view value) {
    orLost("the first training process cannot be reached",
           [&] { state_->store->set(key, std::vector<uint8_t>(value.begin(), value.end())); });
}

std::string Mailbox::get(const std::string& key) {
    return orLost("a training process is gone", [&] {
        const std::vector<uint8_t> value = state_->store->get(key);
        return std::string(value.begin(), value.end());
    });
}

void Mailbox::remove(const std::string& key) {
    orLost("the first training process cannot be reached", [&] { state_->store->deleteKey(key); });
}

std::shared_ptr<Mailbox> Mailbox::another() const {
    auto state = std::make_unique<State>();
    state->address = state_->address;
    state->store = orLost("the first training process cannot be reached",
                          [&] { return state_->store->clone(); });
    return std::shared_ptr<Mailbox>(new Mailbox(std::move(state)));
}

Status MailChannel::tell(std::string_view message) {
    try {
        box_->put("order/" + std::to_string(count_), message);
        if (count_ >= kKeptOrders) {
            box_->remove("order/" + std::to_string(count_ - kKeptOrders));
        }
    } catch (const RanksLost& lost) {
        return lost.error();
    }
    ++count_;
    return {};
}

Result<std::string> MailChannel::hear() {
    try {
        return box_->get("order/" + std::to_string(count_++));
    } catch (const RanksLost& lost) {
        return lost.error();
    }
}

std::string MailComm::keyOf(int64_t round, int rank) const {
    return "round/" + std::to_string(round) + "/" + std::to_string(rank);
}

// Who is at a round has read all of the one before, and so has everybody read the one before that.
template <class Value>
void MailComm::averageOf(const torch::Tensor& values) {
    auto* data = static_cast<Value*>(values.data_ptr());
    constexpr int64_t kMost = kPieceBytes / static_cast<int64_t>(sizeof(Value));
    for (int64_t first = 0; first < values.numel(); first += kMost) {
        const auto count = static_cast<size_t>(std::min(kMost, values.numel() - first));
        box_->put(keyOf(round_, rank()),
                  {reinterpret_cast<const char*>(data + first), count * sizeof(Value)});
        std::vector<Value> sum(count);
        std::vector<Value> other(count);
        for (int r = 0; r < size(); ++r) {
            const std::string bytes = box_->get(keyOf(round_, r));
            US_CHECK(bytes.size() == count * sizeof(Value));
            std::memcpy(other.data(), bytes.data(), bytes.size());
            for (size_t i = 0; i < count; ++i) {
                sum[i] += other[i];
            }
        }
        const auto factor = static_cast<Value>(1.0 / size());
        for (size_t i = 0; i < count; ++i) {
            data[first + static_cast<int64_t>(i)] = factor * sum[i];
        }
        if (round_ >= 2) {
            box_->remove(keyOf(round_ - 2, rank()));
        }
        ++round_;
    }
}

void MailComm::average(const torch::Tensor& values) {
    US_CHECK(values.is_contiguous() && values.is_cpu());
    if (values.scalar_type() == torch::kDouble) {
        return averageOf<double>(values);
    }
    if (values.scalar_type() == torch::kFloat) {
        return averageOf<float>(values);
    }
    US_CHECK(values.scalar_type() == torch::kBFloat16);
    const torch::Tensor wide = values.to(torch::kFloat);
    averageOf<float>(wide);
    const torch::NoGradGuard noGrad;
    values.copy_(wide);
}

void MailComm::broadcast(const torch::Tensor& values, int root) {
    US_CHECK(values.is_contiguous() && values.is_cpu());
    auto* bytes = static_cast<char*>(values.data_ptr());
    const auto size = static_cast<int64_t>(values.nbytes());
    for (int64_t first = 0; first < size; first += kPieceBytes) {
        const auto count = static_cast<size_t>(std::min(kPieceBytes, size - first));
        const std::string key = "shared/" + std::to_string(round_);
        if (rank() == root) {
            box_->put(key, {bytes + first, count});
        } else {
            const std::string piece = box_->get(key);
            US_CHECK(piece.size() == count);
            std::memcpy(bytes + first, piece.data(), count);
        }
        barrier();
        if (rank() == root) {
            box_->remove(key);
        }
    }
}

void MailComm::barrier() {
    const torch::Tensor one = torch::ones({1});
    averageOf<float>(one);
}

}  // namespace understudy::training
