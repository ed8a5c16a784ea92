// Hands values from one thread to another and makes the faster one wait, so that memory stays
// bounded.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace understudy {

template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

    // Waits for room; false when the queue was closed.
    bool push(T value) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || values_.size() < capacity_; });
        if (closed_) {
            return false;
        }
        values_.push_back(std::move(value));
        changed_.notify_all();
        return true;
    }

    // Waits for a value; nothing when the queue is closed and empty.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || !values_.empty(); });
        if (values_.empty()) {
            return std::nullopt;
        }
        std::optional<T> value(std::move(values_.front()));
        values_.pop_front();
        changed_.notify_all();
        return value;
    }

    // No more values; what is inside can still be taken.
    void close() {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

    // No more values and nothing inside.
    void abandon() {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        values_.clear();
        changed_.notify_all();
    }

  private:
    const size_t capacity_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> values_;
    bool closed_ = false;
};

}  // namespace understudy
