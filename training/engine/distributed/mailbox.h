// Where ranks on several machines leave things for each other: a key-value store that rank 0 serves
// on the job's network (torch's TCPStore). It introduces GPUs to each other, carries orders, and
// for small trials on CPUs the gradients too.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "training/engine/distributed/comm.h"
#include "training/ranks/rank_channel.h"

namespace understudy::training {

struct MailboxAddress {
    std::string host;  // of rank 0
    int port = 0;
    int rank = 0;
    int size = 1;
    std::string name;       // of this start of the job; others see nothing of it
    double patience = 600;  // seconds that ranks may wait for each other
};

// All calls throw RanksLost. Safe to use by one thread.
class Mailbox {
  public:
    // Waits for all. Errors: transient.
    static Result<std::shared_ptr<Mailbox>> open(const MailboxAddress& address);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    int rank() const;
    int size() const;
    void put(const std::string& key, std::string_view value);
    std::string get(const std::string& key);  // waits until it is there
    void remove(const std::string& key);
    // A connection of its own to the same keys, for another thread.
    std::shared_ptr<Mailbox> another() const;

  private:
    struct State;
    explicit Mailbox(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Orders by mail.
class MailChannel : public RankChannel {
  public:
    explicit MailChannel(std::shared_ptr<Mailbox> box) : box_(std::move(box)) {}
    Status tell(std::string_view message) override;
    Result<std::string> hear() override;

  private:
    std::shared_ptr<Mailbox> box_;
    int64_t count_ = 0;
};

// Sums in the order of ranks; every rank reads what all have put. For CPUs.
class MailComm : public Comm {
  public:
    explicit MailComm(std::shared_ptr<Mailbox> box) : box_(std::move(box)) {}

    int rank() const override { return box_->rank(); }
    int size() const override { return box_->size(); }
    void average(const torch::Tensor& values) override;
    void broadcast(const torch::Tensor& values, int root) override;
    void barrier() override;
    // Who waits gives up when patience ends or the connection does.
    void abort() override {}

  private:
    template <class Value>
    void averageOf(const torch::Tensor& values);
    std::string keyOf(int64_t round, int rank) const;

    std::shared_ptr<Mailbox> box_;
    int64_t round_ = 0;
};

}  // namespace understudy::training
