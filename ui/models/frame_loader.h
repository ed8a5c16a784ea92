// SPDX-License-Identifier: GPL-3.0-or-later
// Frames of one plate for a viewer: decoded on a thread of its own, ahead of the playhead, kept up
// to a number of bytes. Asking never waits; of many requests only the latest counts.
#pragma once

#include <QImage>
#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "media/source/frame_source.h"

namespace understudy::ui {

class FrameLoader : public QObject {
    Q_OBJECT
  public:
    explicit FrameLoader(QObject* parent = nullptr, int64_t mostBytes = 512ll << 20);
    ~FrameLoader() override;

    // Opens a plate (empty: none). Answers with opened() or failed().
    void setPath(const QString& path);
    const std::optional<media::SourceInfo>& info() const { return info_; }

    // The frame if it is there; otherwise it is asked for, and arrives by frameArrived().
    QImage get(int64_t frame);
    bool has(int64_t frame) const;
    // Decodes on from the last request as far as the cache reaches.
    void setLookAhead(bool on);

  Q_SIGNALS:
    void opened();
    void failed(const understudy::Error& error);
    void frameArrived(qint64 frame);
    void frameFailed(qint64 frame, const understudy::Error& error);

  private:
    struct Worker;
    void arrived(int generation, int64_t frame, QImage image);

    std::shared_ptr<Worker> worker_;
    std::optional<media::SourceInfo> info_;
    struct Kept {
        int64_t frame;
        QImage image;
    };
    std::vector<Kept> kept_;  // least recently used first
    int64_t bytes_ = 0;
    int64_t mostBytes_;
    int generation_ = 0;
};

}  // namespace understudy::ui
