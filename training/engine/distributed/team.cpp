#include "training/engine/distributed/team.h"

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "media/base/check.h"
#include "training/engine/distributed/nccl_comm.h"
#include "training/engine/distributed/shm_comm.h"

namespace understudy::training {

// What a lost rank sets off: whoever waits for it in this process is released, now or as soon as
// there is something to wait in.
struct Team::Alarm {
    std::mutex mutex;
    std::shared_ptr<Comm> comm;
    bool lost = false;

    void ring() {
        const std::scoped_lock lock(mutex);
        lost = true;
        if (comm) {
            comm->abort();
        }
    }
    void watch(const std::shared_ptr<Comm>& joined) {
        const std::scoped_lock lock(mutex);
        comm = joined;
        if (lost) {
            comm->abort();
        }
    }
};

bool joinsByNccl(const std::vector<std::string>& devices) {
    const std::set<std::string> different(devices.begin(), devices.end());
    return different.size() == devices.size() &&
           std::all_of(devices.begin(), devices.end(),
                       [](const std::string& device) { return device.starts_with("cuda"); });
}

Team::Team(TeamOptions options, int rank, int size)
    : options_(std::move(options)), rank_(rank), size_(size), alarm_(std::make_shared<Alarm>()) {}

Result<std::unique_ptr<Team>> Team::lead(const TeamOptions& options) {
    const int size = static_cast<int>(options.devices.size());
    if (size > SharedRanks::kMost) {
        return Error{ErrorCode::usage,
                     std::to_string(size) + " ranks are more than one machine can have", "devices",
                     "Use at most " + std::to_string(SharedRanks::kMost)};
    }
    std::unique_ptr<Team> team(new Team(options, 0, size));
    US_ASSIGN(team->memory_, SharedRanks::makeMemory(size));
    team->descriptor_ = team->memory_.get();
    RankProcesses::Options processes;
    processes.arguments = options.arguments;
    processes.size = size;
    processes.memory = team->memory_.get();
    processes.logFolder = options.logFolder;
    processes.lost = [alarm = team->alarm_](const Error&) { alarm->ring(); };
    US_ASSIGN(auto started, RankProcesses::start(std::move(processes)));
    team->processes_ = started.get();
    team->channel_ = std::move(started);
    return team;
}

Result<std::unique_ptr<Team>> Team::follow(const TeamOptions& options,
                                           const RankIdentity& identity) {
    if (static_cast<int>(options.devices.size()) != identity.size) {
        return Error{ErrorCode::usage,
                     "there are " + std::to_string(identity.size) + " ranks, and the plan has " +
                         std::to_string(options.devices.size()) + " devices",
                     "devices", "Start the training again"};
    }
    std::unique_ptr<Team> team(new Team(options, identity.rank, identity.size));
    team->descriptor_ = identity.memory;
    team->channel_ = std::make_unique<RankListener>(STDIN_FILENO);
    return team;
}

Result<std::unique_ptr<Team>> Team::meet(const TeamOptions& options, const SlurmPlace& place) {
    std::unique_ptr<Team> team(new Team(options, place.rank, place.size));
    const MailboxAddress address{place.leader, place.port(),  place.rank,
                                 place.size,   place.lease(), options.patience};
    US_ASSIGN(team->mail_, Mailbox::open(address));
    team->channel_ = std::make_unique<MailChannel>(team->mail_->another());
    return team;
}

Team::~Team() {
    if (!finished_) {
        alarm_->ring();
    }
}

Result<std::shared_ptr<Comm>> Team::join(torch::Device device) {
    if (comm_) {
        return comm_;
    }
    if (mail_ ? device.is_cuda() : joinsByNccl(options_.devices)) {
        const NcclOptions nccl{options_.patience, options_.exact, mail_ == nullptr};
        std::string id;
        if (rank_ == 0) {
            US_ASSIGN(id, NcclComm::makeId(nccl));
            if (const Status told = channel_->tell(id); !told.ok()) {
                return reason(told.error());
            }
        } else {
            US_ASSIGN(id, channel_->hear());
        }
        US_ASSIGN(comm_, NcclComm::join(id, rank_, size_, device, nccl));
    } else if (mail_) {
        comm_ = std::make_shared<MailComm>(mail_);
    } else {
        US_ASSIGN(SharedRanks ranks, SharedRanks::join(descriptor_, rank_, size_));
        ranks.setPatience(options_.patience);
        comm_ = std::make_shared<ShmComm>(std::move(ranks));
    }
    alarm_->watch(comm_);
    return comm_;
}

void Team::give(const RankOrder& order) {
    US_CHECK(rank_ == 0);
    finished_ = order.kind == RankOrder::Kind::finish;
    if (finished_ && processes_ != nullptr) {
        processes_->expectEnd();
    }
    if (const Status told = channel_->tell(encoded(order)); !told.ok()) {
        throw RanksLost(reason(told.error()));
    }
}

Result<RankOrder> Team::take() {
    US_CHECK(rank_ > 0);
    US_ASSIGN(const std::string message, channel_->hear());
    US_ASSIGN(const RankOrder order, decodedOrder(message));
    finished_ = order.kind == RankOrder::Kind::finish;
    return order;
}

Error Team::reason(const Error& seen) const {
    constexpr double kNews = 5;  // seconds until the end of a process is known
    return processes_ != nullptr ? processes_->loss(kNews).value_or(seen) : seen;
}

}  // namespace understudy::training
