// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_loader.h"

#include <unistd.h>

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

constexpr int64_t kAhead = 48;        // frames, while nothing is played
constexpr int64_t kBackwards = 16;    // frames of a movie that are read forwards in one go
constexpr int64_t kCatchUp = 96;      // frames of a movie that playing may be ahead of reading
constexpr int64_t kMost = 8ll << 30;  // bytes

}  // namespace

int64_t usualCacheBytes() {
    const int64_t memory =
        static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
    return std::clamp<int64_t>(memory / 4, 64ll << 20, kMost);
}

// The decoding thread; answers go through a guard.
struct FrameLoader::Worker {
    QPointer<QObject> owner;
    FrameLoader* loader = nullptr;
    std::mutex mutex;
    std::condition_variable wake;
    std::string path;
    media::ReadAs as;
    int generation = 0;           // of `path`
    std::vector<int64_t> toCome;  // the wanted frame, then what is played after it
    // A movie is played: to go to a frame all since a key frame are read, so they are kept.
    bool inRuns = false;
    bool backwards = false;
    std::set<int64_t> cached;  // what the loader holds or failed: need not be decoded again
    bool ending = false;
    std::thread thread;

    void run();
    void serve(media::FrameSource& source, int served);
    std::optional<int64_t> nextToDecode(int64_t lastRead) const;
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
                loader->plan();
                Q_EMIT loader->opened();
            }
        });
        serve(**source, served);
    }
}

// Held: mutex.
std::optional<int64_t> FrameLoader::Worker::nextToDecode(int64_t lastRead) const {
    const auto lacking = [this](int64_t frame) { return cached.count(frame) == 0; };
    const auto next = std::find_if(toCome.begin(), toCome.end(), lacking);
    if (next == toCome.end()) {
        return std::nullopt;
    }
    if (inRuns && !backwards && *next > lastRead && *next - lastRead <= kCatchUp) {
        int64_t frame = lastRead + 1;
        while (!lacking(frame)) {
            ++frame;
        }
        return frame;
    }
    auto begin = next;
    while (inRuns && backwards && begin + 1 != toCome.end() && begin - next + 1 < kBackwards &&
           *(begin + 1) == *begin - 1 && lacking(*(begin + 1))) {
        ++begin;
    }
    return *begin;
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
                next = nextToDecode(lastRead);
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
        post([this, served, frame, image, deep] { loader->arrived(served, {frame, image, deep}); });
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
    ahead_.clear();
    asked_ = false;
    bytes_ = frameBytes_ = 0;
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->path = utf8(path);
        worker_->as = as;
        worker_->generation = generation_;
        worker_->toCome.clear();
        worker_->cached.clear();
    }
    worker_->wake.notify_all();
}

const FrameLoader::Kept* FrameLoader::find(int64_t frame) const {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [frame](const Kept& k) { return k.frame == frame; });
    return found == kept_.end() ? nullptr : &*found;
}

QImage FrameLoader::get(int64_t frame) {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [frame](const Kept& k) { return k.frame == frame; });
    const QImage image = found == kept_.end() ? QImage() : found->image;
    if (found != kept_.end()) {
        std::rotate(found, found + 1, kept_.end());
    }
    if ((!asked_ || frame != wanted_) && failed_.erase(frame) != 0) {
        const std::lock_guard lock(worker_->mutex);
        worker_->cached.erase(frame);
    }
    if (!asked_ || frame != wanted_) {
        asked_ = true;
        wanted_ = frame;
        plan();
    }
    return image;
}

QImage FrameLoader::peek(int64_t frame) const {
    const Kept* kept = find(frame);
    return kept == nullptr ? QImage() : kept->image;
}

std::shared_ptr<const media::Frame> FrameLoader::deep(int64_t frame) const {
    const Kept* kept = find(frame);
    return kept == nullptr ? nullptr : kept->deep;
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

bool FrameLoader::missing(int64_t frame) const {
    return info_ && (frame < info_->first || frame > info_->last ||
                     std::binary_search(info_->missing.begin(), info_->missing.end(), frame));
}

std::optional<Error> FrameLoader::failure(int64_t frame) const {
    if (missing(frame)) {
        return Error{ErrorCode::missingInput,
                     utf8(tr("frame %1 of the plate is missing").arg(frame)), info_->path,
                     utf8(tr("Put it back, or go on without it"))};
    }
    const auto failed = failed_.find(frame);
    return failed == failed_.end() ? std::nullopt : std::optional(failed->second);
}

void FrameLoader::setLookAhead(bool on) {
    lookAhead_ = on;
    plan();
}

void FrameLoader::setOrder(const PlayOrder& order) {
    if (!(order == order_)) {
        order_ = order;
        plan();
    }
}

void FrameLoader::setMostBytes(int64_t bytes) {
    if (bytes != mostBytes_) {
        mostBytes_ = bytes;
        plan();
        makeRoom();
    }
}

// The wanted frame and those that are played after it, as many as there is room for.
std::vector<int64_t> FrameLoader::toCome() const {
    if (!info_ || frameBytes_ == 0 || !lookAhead_) {
        return missing(wanted_) ? std::vector<int64_t>() : std::vector{wanted_};
    }
    const int64_t room = std::max<int64_t>(1, mostBytes_ / frameBytes_);
    const int64_t most = order_.playing ? room : std::min(room, kAhead + 1);
    const int64_t first = std::max(order_.first, info_->first);
    const int64_t last = std::min(order_.last, info_->last);
    const int64_t step = order_.backwards ? -1 : 1;
    const bool within = wanted_ >= first && wanted_ <= last;
    std::vector<int64_t> frames;
    const auto add = [&](int64_t from, int64_t end) {
        for (int64_t frame = from; frame != end && static_cast<int64_t>(frames.size()) < most;
             frame += step) {
            if (!missing(frame)) {
                frames.push_back(frame);
            }
        }
    };
    const int64_t end =
        order_.backwards ? (within ? first : info_->first) - 1 : (within ? last : info_->last) + 1;
    if (wanted_ >= info_->first && wanted_ <= info_->last) {
        add(wanted_, end);
    }
    if (within && order_.loops && order_.playing) {
        add(order_.backwards ? last : first, wanted_);
    }
    return frames;
}

void FrameLoader::plan() {
    if (!asked_) {
        return;
    }
    std::vector<int64_t> frames = toCome();
    ahead_ = {frames.begin(), frames.end()};
    {
        const std::lock_guard lock(worker_->mutex);
        worker_->toCome = std::move(frames);
        worker_->inRuns = order_.playing && info_ && info_->kind == media::SourceInfo::Kind::movie;
        worker_->backwards = order_.backwards;
    }
    worker_->wake.notify_all();
}

void FrameLoader::arrived(int generation, Kept made) {
    if (generation != generation_) {
        return;
    }
    const int64_t frame = made.frame;
    const bool sized = std::exchange(frameBytes_, made.bytes()) == frameBytes_;
    bytes_ += made.bytes();
    kept_.push_back(std::move(made));
    if (!sized) {
        plan();
    }
    makeRoom();
    Q_EMIT frameArrived(frame);
}

// Drops what was used longest ago, but nothing of what comes next: it would be decoded again at
// once, and forever.
void FrameLoader::makeRoom() {
    std::vector<int64_t> dropped;
    for (auto kept = kept_.begin(); kept != kept_.end() && bytes_ > mostBytes_;) {
        if (ahead_.count(kept->frame) != 0) {
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
