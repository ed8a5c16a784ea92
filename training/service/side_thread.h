// A thread for calls that may hang (a driver in trouble, a network disk), so that whoever needs
// their answers does not hang with them. One call at a time.
#pragma once

#include <functional>
#include <memory>

namespace understudy::training {

class SideThread {
  public:
    SideThread();
    // Waits for nothing: a call that hangs is left behind, its answer is not told.
    ~SideThread();
    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    // `work` runs on the thread, then `done` on the calling thread, from its event loop. False, and
    // neither is run, while the call before is not done. What `work` uses must be its own.
    bool run(std::function<void()> work, std::function<void()> done);

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace understudy::training
