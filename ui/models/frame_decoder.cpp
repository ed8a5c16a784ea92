// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_decoder.h"

#include <QThread>
#include <algorithm>

#include "ui/models/picture_look.h"

namespace understudy::ui {
namespace {

constexpr int kMostThreads = 4;
constexpr int64_t kBackwards = 16;  // frames of a movie that are read forwards in one go
constexpr int64_t kCatchUp = 96;    // frames of a movie that playing may be ahead of reading

DecodedFrame decoded(media::Frame frame, const std::shared_ptr<const media::DisplayView>& view) {
    DecodedFrame made{frame.number, shownThrough(frame, view)};
    if (frame.pixels.type() != media::SampleType::u8 || frame.pixels.channels() == 4 ||
        frame.encoding.sceneLinear()) {
        made.deep = std::make_shared<const media::Frame>(std::move(frame));
    }
    return made;
}

}  // namespace

std::shared_ptr<QThreadPool> makeDecodeThreads() {
    auto threads = std::make_shared<QThreadPool>();
    threads->setMaxThreadCount(std::clamp(QThread::idealThreadCount() - 1, 2, kMostThreads));
    return threads;
}

FrameDecoder::FrameDecoder(QThreadPool& threads, Answers answers)
    : threads_(threads), answers_(std::move(answers)) {}

void FrameDecoder::open(int generation, std::string path, media::ReadAs as,
                        std::shared_ptr<const media::DisplayView> view) {
    const std::lock_guard lock(mutex_);
    generation_ = generation;
    state_ = path.empty() ? State::nothing : State::toOpen;
    path_ = std::move(path);
    as_ = std::move(as);
    view_ = std::move(view);
    order_ = {};
    known_.clear();
    readers_.clear();
    startWork();
}

void FrameDecoder::setOrder(Order order) {
    const std::lock_guard lock(mutex_);
    order_ = std::move(order);
    startWork();
}

void FrameDecoder::forget(const std::vector<int64_t>& frames) {
    const std::lock_guard lock(mutex_);
    for (const int64_t frame : frames) {
        known_.erase(frame);
    }
}

void FrameDecoder::stop() {
    std::unique_lock lock(mutex_);
    ending_ = true;
    idle_.wait(lock, [this] { return running_ == 0; });
}

// Held: mutex_. As much work as can be done at once, as urgent as its first frame is near.
void FrameDecoder::startWork() {
    const auto lacking = [this](int64_t frame) { return known_.count(frame) == 0; };
    int64_t most = 0;
    int64_t distance = 0;
    if (state_ == State::toOpen) {
        most = 1;
    } else if (state_ == State::open) {
        const auto next = std::find_if(order_.frames.begin(), order_.frames.end(), lacking);
        distance = next - order_.frames.begin();
        most = std::min<int64_t>(movie_ ? 1 : threads_.maxThreadCount(),
                                 std::count_if(next, order_.frames.end(), lacking));
    }
    for (; !ending_ && started_ < most; ++started_) {
        threads_.start([self = shared_from_this()] { self->work(); }, -static_cast<int>(distance));
    }
}

// One piece of it, then to the end of the line.
void FrameDecoder::work() {
    std::unique_lock lock(mutex_);
    ++running_;
    if (!ending_ && state_ == State::toOpen) {
        openPlate(lock);
    } else if (!ending_ && state_ == State::open) {
        decodeNext(lock);
    }
    --running_;
    --started_;
    startWork();
    idle_.notify_all();
}

void FrameDecoder::openPlate(std::unique_lock<std::mutex>& lock) {
    state_ = State::opening;
    const int generation = generation_;
    const std::string path = path_;
    const media::ReadAs as = as_;
    lock.unlock();
    auto source = media::openSource(path, as);
    answers_.opened(generation, source.ok() ? Result<media::SourceInfo>((*source)->info())
                                            : Result<media::SourceInfo>(source.error()));
    lock.lock();
    if (generation != generation_) {
        return;
    }
    state_ = source.ok() ? State::open : State::nothing;
    if (source.ok()) {
        const media::SourceInfo& info = (*source)->info();
        movie_ = info.kind == media::SourceInfo::Kind::movie;
        first_ = info.first;
        readers_.push_back({std::move(*source), first_ - 1});
    }
}

// Held: mutex_.
std::optional<int64_t> FrameDecoder::nextToDecode(int64_t lastRead) const {
    const std::vector<int64_t>& frames = order_.frames;
    const auto lacking = [this](int64_t frame) { return known_.count(frame) == 0; };
    const auto next = std::find_if(frames.begin(), frames.end(), lacking);
    if (next == frames.end()) {
        return std::nullopt;
    }
    const bool runs = order_.inRuns && movie_;
    if (runs && !order_.backwards && *next > lastRead && *next - lastRead <= kCatchUp) {
        int64_t frame = lastRead + 1;
        while (!lacking(frame)) {
            ++frame;
        }
        return frame;
    }
    auto begin = next;
    while (runs && order_.backwards && begin + 1 != frames.end() && begin - next + 1 < kBackwards &&
           *(begin + 1) == *begin - 1 && lacking(*(begin + 1))) {
        ++begin;
    }
    return *begin;
}

void FrameDecoder::decodeNext(std::unique_lock<std::mutex>& lock) {
    Reader reader{nullptr, first_ - 1};
    if (!readers_.empty()) {
        reader = std::move(readers_.back());
        readers_.pop_back();
    }
    const std::optional<int64_t> frame = nextToDecode(reader.lastRead);
    if (!frame) {
        readers_.push_back(std::move(reader));
        return;
    }
    known_.insert(*frame);
    const int generation = generation_;
    const std::string path = path_;
    const media::ReadAs as = as_;
    const auto view = view_;
    lock.unlock();
    const auto make = [&]() -> Result<DecodedFrame> {
        if (reader.source == nullptr) {
            US_ASSIGN(reader.source, media::openSource(path, as));
        }
        US_ASSIGN(media::Frame read, FrameDecoder::read(reader, *frame));
        return decoded(std::move(read), view);
    };
    answers_.decoded(generation, *frame, make());
    lock.lock();
    if (generation == generation_ && reader.source != nullptr) {
        readers_.push_back(std::move(reader));
    }
}

Result<media::Frame> FrameDecoder::read(Reader& reader, int64_t frame) {
    media::FrameSource& source = *reader.source;
    const bool following = frame == reader.lastRead + 1;
    reader.lastRead = source.info().first - 2;  // should it fail
    if (following) {
        US_ASSIGN(std::optional<media::Frame> after, source.next());
        if (after && after->number == frame) {
            reader.lastRead = frame;
            return std::move(*after);
        }
    }
    US_ASSIGN(media::Frame read, source.read(frame));
    reader.lastRead = frame;
    return read;
}

}  // namespace understudy::ui
