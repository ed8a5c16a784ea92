// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_loader.h"

#include <unistd.h>

#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int64_t kAhead = 48;        // frames, while nothing is played
constexpr int64_t kMost = 8ll << 30;  // bytes

int64_t bytesOf(const DecodedFrame& kept) {
    return kept.image.sizeInBytes() +
           (kept.deep
                ? static_cast<int64_t>(kept.deep->pixels.rowBytes()) * kept.deep->pixels.height()
                : 0);
}

}  // namespace

int64_t usualCacheBytes() {
    const int64_t memory =
        static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
    return std::clamp<int64_t>(memory / 4, 64ll << 20, kMost);
}

FrameLoader::FrameLoader(QObject* parent, int64_t mostBytes, std::shared_ptr<QThreadPool> threads)
    : QObject(parent),
      threads_(std::move(threads)),
      decoder_(std::make_shared<FrameDecoder>(*threads_, answers())),
      mostBytes_(mostBytes) {}

FrameLoader::~FrameLoader() {
    decoder_->stop();
}

FrameDecoder::Answers FrameLoader::answers() {
    const QPointer<QObject> guard(this);
    return {[this, guard](int generation, Result<media::SourceInfo> info) {
                onGuiThread(guard, [this, generation, info = std::move(info)] {
                    isOpen(generation, info);
                });
            },
            [this, guard](int generation, int64_t frame, Result<DecodedFrame> made) {
                onGuiThread(guard, [this, generation, frame, made = std::move(made)] {
                    made.ok() ? arrived(generation, *made)
                              : readFailed(generation, frame, made.error());
                });
            }};
}

void FrameLoader::isOpen(int generation, const Result<media::SourceInfo>& info) {
    if (generation != generation_) {
        return;
    }
    if (!info.ok()) {
        Q_EMIT failed(info.error());
        return;
    }
    info_ = *info;
    plan();
    Q_EMIT opened();
}

void FrameLoader::setPath(const QString& path, const media::ReadAs& as,
                          std::shared_ptr<const media::DisplayView> view) {
    ++generation_;
    info_.reset();
    kept_.clear();
    failed_.clear();
    ahead_.clear();
    asked_ = false;
    bytes_ = frameBytes_ = 0;
    decoder_->open(generation_, utf8(path), as, std::move(view));
}

const DecodedFrame* FrameLoader::find(int64_t frame) const {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [frame](const DecodedFrame& k) { return k.frame == frame; });
    return found == kept_.end() ? nullptr : &*found;
}

QImage FrameLoader::get(int64_t frame) {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [frame](const DecodedFrame& k) { return k.frame == frame; });
    const QImage image = found == kept_.end() ? QImage() : found->image;
    if (found != kept_.end()) {
        std::rotate(found, found + 1, kept_.end());
    }
    if ((!asked_ || frame != wanted_) && failed_.erase(frame) != 0) {
        decoder_->forget({frame});
    }
    if (!asked_ || frame != wanted_) {
        asked_ = true;
        wanted_ = frame;
        plan();
    }
    return image;
}

QImage FrameLoader::peek(int64_t frame) const {
    const DecodedFrame* kept = find(frame);
    return kept == nullptr ? QImage() : kept->image;
}

std::shared_ptr<const media::Frame> FrameLoader::deep(int64_t frame) const {
    const DecodedFrame* kept = find(frame);
    return kept == nullptr ? nullptr : kept->deep;
}

std::set<int64_t> FrameLoader::frames() const {
    std::set<int64_t> frames;
    for (const DecodedFrame& kept : kept_) {
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
    decoder_->setOrder({std::move(frames), order_.playing, order_.backwards});
}

void FrameLoader::arrived(int generation, DecodedFrame made) {
    if (generation != generation_) {
        return;
    }
    const int64_t frame = made.frame;
    const int64_t bytes = bytesOf(made);
    const bool sized = std::exchange(frameBytes_, bytes) == bytes;
    bytes_ += bytes;
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
        bytes_ -= bytesOf(*kept);
        dropped.push_back(kept->frame);
        kept = kept_.erase(kept);
    }
    decoder_->forget(dropped);
}

void FrameLoader::readFailed(int generation, int64_t frame, const Error& error) {
    if (generation == generation_) {
        failed_.insert_or_assign(frame, error);
        Q_EMIT frameFailed(frame, error);
    }
}

}  // namespace understudy::ui
