#include "training/ranks/rank_channel.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "media/base/check.h"
#include "media/base/file.h"
#include "training/ranks/lost_rank.h"

namespace understudy::training {

namespace {

constexpr uint32_t kLongest = 1 << 16;

Error leaderGone(const std::string& why) {
    return lostRank("the first training process is gone" + why, "rank 0");
}

// Fills `bytes`; false at the end.
Result<bool> receive(int descriptor, char* bytes, size_t size) {
    size_t have = 0;
    while (have < size) {
        const ssize_t got = ::recv(descriptor, bytes + have, size - have, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return leaderGone(": " + errnoText(errno));
        }
        if (got == 0) {
            return false;
        }
        have += static_cast<size_t>(got);
    }
    return true;
}

}  // namespace

Status RankListener::tell(std::string_view /*message*/) {
    US_CHECK(false);  // rank 0 alone tells
    return {};
}

Result<std::string> RankListener::hear() {
    uint32_t length = 0;
    std::string message;
    US_ASSIGN(bool there, receive(descriptor_, reinterpret_cast<char*>(&length), sizeof length));
    if (there && length <= kLongest) {
        message.resize(length);
        US_ASSIGN(there, receive(descriptor_, message.data(), message.size()));
    }
    if (!there || length > kLongest) {
        return leaderGone("");
    }
    return message;
}

std::string encoded(const RankOrder& order) {
    static_assert(std::is_trivially_copyable_v<RankOrder>);
    std::string bytes(sizeof order, '\0');
    std::memcpy(bytes.data(), &order, sizeof order);
    return bytes;
}

Result<RankOrder> decodedOrder(std::string_view message) {
    RankOrder order;
    if (message.size() == sizeof order) {
        std::memcpy(&order, message.data(), sizeof order);
        if (order.kind <= RankOrder::Kind::finish && order.step >= 0) {
            return order;
        }
    }
    return Error{ErrorCode::corruptData, "this is no order of the first training process", "rank 0",
                 "Use the same version of the program on all machines"};
}

}  // namespace understudy::training
