// The other ranks of a training job on this machine: rank 0 starts this program again for each,
// tells them what to do and learns at once when one ends.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "training/ranks/rank_channel.h"

namespace understudy::training {

// The options that make this program rank `rank` of `size`; `memory` is a descriptor of
// SharedRanks' memory. Orders come on its standard input.
struct RankIdentity {
    int rank = 0;
    int size = 1;
    int memory = -1;
};
std::vector<std::string> rankArguments(const RankIdentity& identity);

class RankProcesses : public RankChannel {
  public:
    struct Options {
        std::vector<std::string> arguments;  // of the program, beside rankArguments()
        int size = 1;                        // all ranks, this one included
        int memory = -1;
        std::filesystem::path logFolder;  // what rank k prints goes to trainer-<k>.log there
        // One ended before it was told to; from a thread of its own.
        std::function<void(const Error&)> lost;
    };
    // They end with the calling thread at the latest. Errors: environment, cannotWrite.
    static Result<std::unique_ptr<RankProcesses>> start(Options options);
    // Whoever still runs finds that rank 0 is gone, and is killed should that take long.
    ~RankProcesses() override;
    RankProcesses(const RankProcesses&) = delete;
    RankProcesses& operator=(const RankProcesses&) = delete;

    Status tell(std::string_view message) override;
    Result<std::string> hear() override;

    // The first loss, with the code and the last words of the rank: one that refuses its device or
    // the faces says so itself. Waits for it up to so many seconds: who finds a connection broken
    // may be quicker than the news.
    std::optional<Error> loss(double seconds = 0) const;
    // Process ids from rank 1 on.
    std::vector<int> pids() const;

    // From here on ending is no loss.
    void expectEnd();

  private:
    struct State;
    explicit RankProcesses(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// In a rank other than 0, first of all: what stops a job is for rank 0 to act on.
void leaveStopsToRankZero();
// It ends when rank 0, which started it, does. False when rank 0 is gone already.
bool endWith(int leaderPid);

}  // namespace understudy::training
