// Hands work from one thread to others without ever holding more than a few pieces.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace understudy::media {

template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(size_t limit) : limit_(limit) {}

    // Waits for room. False when the queue was closed: the piece is not taken.
    bool push(T piece) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return pieces_.size() < limit_ || closed_; });
        if (closed_) {
            return false;
        }
        pieces_.push_back(std::move(piece));
        changed_.notify_all();
        return true;
    }

    // Waits for a piece; nothing when the queue is closed and empty.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !pieces_.empty() || closed_; });
        if (pieces_.empty()) {
            return std::nullopt;
        }
        T piece = std::move(pieces_.front());
        pieces_.pop_front();
        changed_.notify_all();
        return piece;
    }

    // Nothing more comes. With `drop` what waits is thrown away too.
    void close(bool drop = false) {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        if (drop) {
            pieces_.clear();
        }
        changed_.notify_all();
    }

  private:
    const size_t limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> pieces_;
    bool closed_ = false;
};

}  // namespace understudy::media
