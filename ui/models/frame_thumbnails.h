// SPDX-License-Identifier: GPL-3.0-or-later
// Small pictures of single frames of files, for lists of versions and notes: read by a worker
// thread at the exact size that is painted, kept up to a number of bytes, least recently used first
// out. Asking is cheap and never waits. Of what waits the newest is read first, as it is what is
// looked at, and the oldest is forgotten when there is too much of it.
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>
#include <QThreadPool>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "media/frame/frame.h"
#include "ui/models/display_choice.h"

namespace understudy::ui {

// A frame of a movie or sequence, by the file's own number; without one that in the middle.
struct FrameOfFile {
    QString path;  // empty: none
    std::optional<int64_t> frame = {};
    media::ReadAs as = {};  // where somebody says more than the file
    bool operator==(const FrameOfFile&) const = default;
};

class FrameThumbnails : public QObject {
    Q_OBJECT
  public:
    explicit FrameThumbnails(QObject* parent = nullptr, int64_t mostBytes = 32ll << 20);
    ~FrameThumbnails() override;

    // The picture if it is there, fitted into `box` device pixels; a null one while it is read, and
    // where it cannot be read.
    QImage get(const FrameOfFile& frame, QSize box);
    // Files may have changed: all is read anew when it is asked for again.
    void clear();
    // Scene-linear pictures are shown through the view that is chosen there, from now on.
    void follow(const DisplayChoice* display);

    int64_t bytes() const { return pictures_.totalCost(); }
    size_t pending() const { return waiting_.size() + reading_.size(); }

  Q_SIGNALS:
    void arrived();  // one or more pictures

  private:
    struct Wanted {
        QString key;
        FrameOfFile frame;
        QSize box;
    };
    void readNext();

    QThreadPool pool_;
    QCache<QString, QImage> pictures_;
    QSet<QString> unreadable_;
    QSet<QString> reading_;
    std::deque<Wanted> waiting_;  // newest last
    int generation_ = 0;
    const DisplayChoice* display_ = nullptr;
    std::shared_ptr<std::atomic<bool>> ending_;
};

}  // namespace understudy::ui
