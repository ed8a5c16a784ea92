#include "training/service/side_thread.h"

#include <QObject>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace understudy::training {

struct SideThread::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::function<void()> work;         // to be done
    std::unique_ptr<QObject> receiver;  // whose thread is told; gone with the owner
    bool ended = false;
    // Of the owner's thread alone.
    std::function<void()> done;
    bool busy = false;
};

namespace {

template <class Shared>
void workOn(const std::shared_ptr<Shared>& shared) {
    std::unique_lock lock(shared->mutex);
    for (;;) {
        shared->changed.wait(lock, [&] { return shared->ended || shared->work; });
        if (shared->ended) {
            return;
        }
        std::function<void()> work;
        work.swap(shared->work);
        lock.unlock();
        work();
        work = nullptr;  // what it holds goes before anybody is told
        lock.lock();
        if (shared->receiver) {
            QMetaObject::invokeMethod(
                shared->receiver.get(),
                [shared] {
                    shared->busy = false;
                    const std::function<void()> done = std::move(shared->done);
                    done();
                },
                Qt::QueuedConnection);
        }
    }
}

}  // namespace

SideThread::SideThread() : shared_(std::make_shared<Shared>()) {
    shared_->receiver = std::make_unique<QObject>();
    std::thread([shared = shared_] { workOn(shared); }).detach();
}

SideThread::~SideThread() {
    std::unique_ptr<QObject> receiver;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->ended = true;
        receiver.swap(shared_->receiver);
    }
    shared_->changed.notify_all();
}

bool SideThread::run(std::function<void()> work, std::function<void()> done) {
    if (shared_->busy) {
        return false;
    }
    shared_->busy = true;
    shared_->done = std::move(done);
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->work = std::move(work);
    }
    shared_->changed.notify_all();
    return true;
}

}  // namespace understudy::training
