// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_loader.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/models/qimage_bridge.h"

namespace understudy::ui {
namespace {

constexpr int64_t kAhead = 48;  // frames

}  // namespace

// The decoding thread; answers go through a guard.
struct FrameLoader::Worker {
    QPointer<QObject> owner;
    FrameLoader* loader = nullptr;
    std::mutex mutex;
    std::condition_variable wake;
    std::string path;
    media::ReadAs as;
    int generation = 0;  // of `path`
    std::optional<int64_t> wanted;
    std::set<int64_t> cached;  // what the loader holds or failed: need not be decoded again
    int64_t ahead = 0;         // frames after the wanted one
    bool ending = false;
    std::thread thread;

    void run();
    void serve(media::FrameSource& source, int served);
    std::optional<int64_t> nextToDecode(const media::SourceInfo& info, int64_t around);
    template <class Then>
    void post(Then then) {
        onGuiThread(owner, std::move(then));
    }
};

void FrameLoader::Worker::run() {
    int served = 0;
    for (;;) {
        std::string open;
        media::ReadAs openAs;
        {
            std::unique_lock lock(mutex);
            wake.wait(lock, [&] { return ending || generation != served; });
            if (ending) {
                return;
            }
            served = generation;
            open = path;
            openAs = as;
        }
        if (open.empty()) {
            continue;
        }
        auto source = media::openSource(open, openAs);
        if (!source.ok()) {
            post([this, served, error = source.error()] {
                if (served == loader->generation_) {
                    Q_EMIT loader->failed(error);
                }
            });
            continue;
        }
        post([this, served, info = (*source)->info()] {
            if (served == loader->generation_) {
                loader->info_ = info;
                Q_EMIT loader->opened();
            }
        });
        serve(**source, served);
    }
}

// Held: mutex. The wanted frame first, then those after it.
std::optional<int64_t> FrameLoader::Worker::nextToDecode(const media::SourceInfo& info,
                                                         int64_t around) {
    const int64_t until = std::min(info.last, around + ahead);
    for (int64_t frame = around; frame <= until; ++frame) {
        if (cached.count(frame) == 0 &&
            !std::binary_search(info.missing.begin(), info.missing.end(), frame)) {
            return frame;
        }
    }
    return std::nullopt;
}

void FrameLoader::Worker::serve(media::FrameSource& source, int served) {
    int64_t lastRead = source.info().first - 1;
    for (;;) {
        int64_t frame = 0;
        {
            std::unique_lock lock(mutex);
            std::optional<int64_t> next;
            wake.wait(lock, [&] {
                if (ending || generation != served) {
                    return true;
                }
                next = wanted ? nextToDecode(source.info(), *wanted) : std::nullopt;
                return next.has_value();
            });
            if (ending || generation != served) {
                return;
            }
            frame = *next;
            cached.insert(frame);
        }
        Result<media::Frame> read = Error{};
        if (frame == lastRead + 1) {
            auto after = source.next();
            read = !after.ok() ? Result<media::Frame>(after.error())
                   : after->has_value() && (*after)->number == frame
                       ? Result<media::Frame>(std::move(**after))
                       : source.read(frame);
        } else {
            read = source.read(frame);
        }
        if (!read.ok()) {
            lastRead = source.info().first - 2;
            post([this, served, frame, error = read.error()] {
                loader->readFailed(served, frame, error);
            });
            continue;
        }
        lastRead = frame;
        const bool isDeep =
            read->pixels.type() != media::SampleType::u8 || read->pixels.channels() == 4;
        const QImage image = toQImage(*read);
        auto deep = isDeep ? std::make_shared<const media::Frame>(std::move(*read)) : nullptr;
        post([this, served, frame, image, deep] { loader->arrived(served, frame, image, deep); });
    }
}

FrameLoader::FrameLoader(QObject* parent, int64_t mostBytes)
    : QObject(parent), worker_(std::make_shared<Worker>()), mostBytes_(mostBytes) {
    worker_->owner = this;
    worker_->loader = this;

    worker_->thread = std::thread([worker = worker_] { worker->run(); });
}

FrameLoader::~FrameLoader() {
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->ending = true;
    }
    worker_->wake.notify_all();
    worker_->thread.join();
}

void FrameLoader::setPath(const QString& path, const media::ReadAs& as) {
    ++generation_;
    info_.reset();
    kept_.clear();
    failed_.clear();
    asked_ = false;
    bytes_ = 0;
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->path = utf8(path);
        worker_->as = as;
        worker_->generation = generation_;
        worker_->wanted.reset();
        worker_->cached.clear();
        worker_->ahead = 0;  // until it is known how large its frames are
    }
    worker_->wake.notify_all();
}

bool FrameLoader::has(int64_t frame) const {
    return std::any_of(kept_.begin(), kept_.end(),
                       [frame](const Kept& k) { return k.frame == frame; });
}

QImage FrameLoader::get(int64_t frame) {
    QImage image;
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [frame](const Kept& k) { return k.frame == frame; });
    if (found != kept_.end()) {
        image = found->image;
        std::rotate(found, found + 1, kept_.end());
    }
    const bool again = (!asked_ || frame != wanted_) && failed_.erase(frame) != 0;
    asked_ = true;
    wanted_ = frame;
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->wanted = frame;
        if (again) {
            worker_->cached.erase(frame);
        }
    }
    worker_->wake.notify_all();
    return image;
}

std::shared_ptr<const media::Frame> FrameLoader::deep(int64_t frame) const {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [frame](const Kept& k) { return k.frame == frame; });
    return found == kept_.end() ? nullptr : found->deep;
}

int64_t FrameLoader::Kept::bytes() const {
    return image.sizeInBytes() +
           (deep ? static_cast<int64_t>(deep->pixels.rowBytes()) * deep->pixels.height() : 0);
}

std::set<int64_t> FrameLoader::frames() const {
    std::set<int64_t> frames;
    for (const Kept& kept : kept_) {
        frames.insert(kept.frame);
    }
    return frames;
}

std::optional<Error> FrameLoader::failure(int64_t frame) const {
    if (info_ && std::binary_search(info_->missing.begin(), info_->missing.end(), frame)) {
        return Error{ErrorCode::missingInput,
                     utf8(tr("frame %1 of the plate is missing").arg(frame)), info_->path,
                     utf8(tr("Put it back, or go on without it"))};
    }
    const auto failed = failed_.find(frame);
    return failed == failed_.end() ? std::nullopt : std::optional(failed->second);
}

void FrameLoader::setLookAhead(bool on) {
    lookAhead_ = on;
}

void FrameLoader::arrived(int generation, int64_t frame, QImage image,
                          std::shared_ptr<const media::Frame> deep) {
    if (generation != generation_) {
        return;
    }
    Kept made{frame, std::move(image), std::move(deep)};
    const int64_t fitting = mostBytes_ / std::max<int64_t>(1, made.bytes());
    const int64_t ahead = lookAhead_ ? std::clamp<int64_t>(fitting - 1, 0, kAhead) : 0;
    bytes_ += made.bytes();
    kept_.push_back(std::move(made));
    makeRoom(wanted_ + ahead);
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->ahead = ahead;
    }
    worker_->wake.notify_all();
    Q_EMIT frameArrived(frame);
}

// Drops what was used longest ago, but nothing from the wanted frame to `last`: it would be decoded
// again at once, and forever.
void FrameLoader::makeRoom(int64_t last) {
    std::vector<int64_t> dropped;
    for (auto kept = kept_.begin(); kept != kept_.end() && bytes_ > mostBytes_;) {
        if (kept->frame >= wanted_ && kept->frame <= last) {
            ++kept;
            continue;
        }
        bytes_ -= kept->bytes();
        dropped.push_back(kept->frame);
        kept = kept_.erase(kept);
    }
    const std::lock_guard lock(worker_->mutex);
    for (const int64_t gone : dropped) {
        worker_->cached.erase(gone);
    }
}

void FrameLoader::readFailed(int generation, int64_t frame, const Error& error) {
    if (generation == generation_) {
        failed_.insert_or_assign(frame, error);
        Q_EMIT frameFailed(frame, error);
    }
}

}  // namespace understudy::ui
