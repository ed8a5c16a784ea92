// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of one plate for a viewer: decoded on a thread of its own, ahead of the playhead as far as
// a number of bytes holds them together with the frame that is looked at. Asking never waits; of
// many requests only the latest counts.
#pragma once

#include <QImage>
#include <QObject>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "media/source/frame_source.h"

namespace understudy::ui {

class FrameLoader : public QObject {
    Q_OBJECT
  public:
    explicit FrameLoader(QObject* parent = nullptr, int64_t mostBytes = 512ll << 20);
    ~FrameLoader() override;

    // Opens a plate (empty: none). Answers with opened() or failed().
    void setPath(const QString& path, const media::ReadAs& as = {});
    const std::optional<media::SourceInfo>& info() const { return info_; }

    // The frame if it is there; otherwise it is asked for, and answered by frameArrived() or
    // frameFailed(). One that failed is read once more each time it is gone to.
    QImage get(int64_t frame);
    bool has(int64_t frame) const;
    // What a frame that is there was made of, where that is more than the 8 bits of its picture;
    // else null.
    std::shared_ptr<const media::Frame> deep(int64_t frame) const;
    std::set<int64_t> frames() const;  // that are there
    // Why there is no picture of a frame: it is missing, or reading it failed. Nothing while it is
    // not known.
    std::optional<Error> failure(int64_t frame) const;
    // Decodes on from the last request as far as the cache reaches.
    void setLookAhead(bool on);

  Q_SIGNALS:
    void opened();
    void failed(const understudy::Error& error);
    void frameArrived(qint64 frame);
    void frameFailed(qint64 frame, const understudy::Error& error);

  private:
    struct Worker;
    void arrived(int generation, int64_t frame, QImage image,
                 std::shared_ptr<const media::Frame> deep);
    void readFailed(int generation, int64_t frame, const Error& error);
    void makeRoom(int64_t last);

    std::shared_ptr<Worker> worker_;
    std::optional<media::SourceInfo> info_;
    struct Kept {
        int64_t frame;
        QImage image;
        std::shared_ptr<const media::Frame> deep;
        int64_t bytes() const;
    };
    std::vector<Kept> kept_;  // least recently used first
    std::map<int64_t, Error> failed_;
    int64_t wanted_ = 0;  // as last asked for
    bool asked_ = false;  // anything, of this plate
    bool lookAhead_ = true;
    int64_t bytes_ = 0;
    int64_t mostBytes_;
    int generation_ = 0;
};

}  // namespace understudy::ui
