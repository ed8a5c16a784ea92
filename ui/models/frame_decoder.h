// SPDX-License-Identifier: GPL-3.0-or-later
// Decodes the frames of one plate for its loader on threads that all viewers share, so that two
// pictures that are compared advance together and no page takes the machine from another: whose
// next frame is played sooner comes first. Pictures of a sequence are read by several threads at
// once; a movie by one at a time, since its frames build on each other.
#pragma once

#include <QImage>
#include <QThreadPool>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "media/color/display_views.h"
#include "media/source/frame_source.h"

namespace understudy::ui {

// One thread less than the machine has cores, at most four. Two at least: while one waits for a
// disk, the other picture goes on.
std::shared_ptr<QThreadPool> makeDecodeThreads();

struct DecodedFrame {
    int64_t frame = 0;
    QImage image;
    // What it was made of where that is more than its 8 bits say; else null.
    std::shared_ptr<const media::Frame> deep = {};
};

class FrameDecoder : public std::enable_shared_from_this<FrameDecoder> {
  public:
    // Called on the threads, with the generation that the plate was opened as.
    struct Answers {
        std::function<void(int generation, Result<media::SourceInfo>)> opened;
        std::function<void(int generation, int64_t frame, Result<DecodedFrame>)> decoded;
    };
    struct Order {
        std::vector<int64_t> frames = {};  // the wanted one, then what is played after it
        // A movie is played: to go to a frame all since a key frame are read, so they are kept.
        bool inRuns = false;
        bool backwards = false;
    };

    // `threads` must live until stop().
    FrameDecoder(QThreadPool& threads, Answers answers);

    // Forgets the plate before it; an empty path opens none.
    // `view`: through which scene-linear pictures are shown; null: as toQImage() has them.
    void open(int generation, std::string path, media::ReadAs as,
              std::shared_ptr<const media::DisplayView> view = {});
    void setOrder(Order order);
    // They are decoded again when their turn comes. Every other one is decoded once.
    void forget(const std::vector<int64_t>& frames);
    // Comes back when nothing is read any more; there are no answers after it.
    void stop();

  private:
    enum class State { nothing, toOpen, opening, open };
    struct Reader {
        std::unique_ptr<media::FrameSource> source;
        int64_t lastRead = 0;
    };

    void startWork();
    void work();
    void openPlate(std::unique_lock<std::mutex>& lock);
    void decodeNext(std::unique_lock<std::mutex>& lock);
    std::optional<int64_t> nextToDecode(int64_t lastRead) const;
    static Result<media::Frame> read(Reader& reader, int64_t frame);

    QThreadPool& threads_;
    const Answers answers_;
    std::mutex mutex_;
    std::condition_variable idle_;
    State state_ = State::nothing;
    int generation_ = 0;
    std::string path_;
    media::ReadAs as_;
    std::shared_ptr<const media::DisplayView> view_;
    Order order_;
    bool movie_ = true;
    int64_t first_ = 1;            // of the plate
    std::set<int64_t> known_;      // decoded, being so, or failed
    std::vector<Reader> readers_;  // that nobody uses now
    int started_ = 0;              // pieces of work, those that wait for a thread included
    int running_ = 0;
    bool ending_ = false;
};

}  // namespace understudy::ui
