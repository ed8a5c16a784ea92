// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of one plate for a viewer: decoded in the background, ahead of the playhead in the order
// in which they are played, as far as a number of bytes holds them. Asking never waits; of many
// requests only the latest counts.
#pragma once

#include <QImage>
#include <QObject>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "media/source/frame_source.h"
#include "ui/models/frame_decoder.h"

namespace understudy::ui {

// How a plate is played, in its own numbers.
struct PlayOrder {
    int64_t first = INT64_MIN;  // of the part that is played
    int64_t last = INT64_MAX;
    bool playing = false;  // otherwise only a little is read ahead
    bool backwards = false;
    bool loops = false;
    bool operator==(const PlayOrder&) const = default;
};

// A quarter of the machine's memory, at most 8 GiB: of what viewers keep.
int64_t usualCacheBytes();

class FrameLoader : public QObject {
    Q_OBJECT
  public:
    explicit FrameLoader(QObject* parent = nullptr, int64_t mostBytes = 512ll << 20,
                         std::shared_ptr<QThreadPool> threads = makeDecodeThreads());
    ~FrameLoader() override;

    // Opens a plate (empty: none). Answers with opened() or failed().
    // `view`: that of its pictures, where a viewer does not develop them itself.
    void setPath(const QString& path, const media::ReadAs& as = {},
                 std::shared_ptr<const media::DisplayView> view = {});
    const std::optional<media::SourceInfo>& info() const { return info_; }

    // The frame if it is there; otherwise it is asked for, and answered by frameArrived() or
    // frameFailed(). One that failed is read once more each time it is gone to.
    QImage get(int64_t frame);
    bool has(int64_t frame) const { return find(frame) != nullptr; }
    QImage peek(int64_t frame) const;  // without asking for it
    // What a frame that is there was made of, where that is more than the 8 bits of its picture;
    // else null.
    std::shared_ptr<const media::Frame> deep(int64_t frame) const;
    std::set<int64_t> frames() const;  // that are there
    // The plate has no such frame.
    bool missing(int64_t frame) const;
    // Why there is no picture of a frame: it is missing, or reading it failed. Nothing while it is
    // not known.
    std::optional<Error> failure(int64_t frame) const;
    // Decodes on from the last request as far as the cache reaches.
    void setLookAhead(bool on);
    void setOrder(const PlayOrder& order);
    void setMostBytes(int64_t bytes);

  Q_SIGNALS:
    void opened();
    void failed(const understudy::Error& error);
    void frameArrived(qint64 frame);
    void frameFailed(qint64 frame, const understudy::Error& error);

  private:
    FrameDecoder::Answers answers();
    void isOpen(int generation, const Result<media::SourceInfo>& info);
    void arrived(int generation, DecodedFrame made);
    void readFailed(int generation, int64_t frame, const Error& error);
    const DecodedFrame* find(int64_t frame) const;
    std::vector<int64_t> toCome() const;
    void plan();
    void makeRoom();

    std::shared_ptr<QThreadPool> threads_;
    std::shared_ptr<FrameDecoder> decoder_;
    std::optional<media::SourceInfo> info_;
    std::vector<DecodedFrame> kept_;  // least recently used first
    std::map<int64_t, Error> failed_;
    std::set<int64_t> ahead_;  // what is wanted and what comes then: stays, or is decoded
    int64_t wanted_ = 0;       // as last asked for
    bool asked_ = false;       // anything, of this plate
    bool lookAhead_ = true;
    PlayOrder order_;
    int64_t frameBytes_ = 0;  // of a decoded one; 0: not known yet
    int64_t bytes_ = 0;
    int64_t mostBytes_;
    int generation_ = 0;
};

}  // namespace understudy::ui
