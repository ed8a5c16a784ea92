// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of faces for the grid: made by worker threads at the exact size that is painted, kept
// up to a number of bytes, least recently used first out. Asking is cheap and never waits; requests
// that scrolled off are dropped by their generation.
#pragma once

#include <QImage>
#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <list>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "ui/models/faces_model.h"

namespace understudy::ui {

class ThumbnailCache : public QObject {
    Q_OBJECT
  public:
    explicit ThumbnailCache(QObject* parent = nullptr, int64_t mostBytes = 256ll << 20);
    ~ThumbnailCache() override;

    // The picture if it is there (a null one otherwise, and then it is asked for).
    // `pixels`: device pixels of one side.
    QImage get(const FacesModel& model, const FaceItem& face, int pixels);

    // What was asked for before and has not begun is dropped: call when the view has moved.
    void forgetRequests();
    void clear();

    int64_t bytes() const { return bytes_; }
    size_t pending() const { return pending_.size(); }

  Q_SIGNALS:
    void arrived();  // one or more pictures; folded to at most one a frame

  private:
    struct Key {
        FaceKey face;
        int record;
        int pixels;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        size_t operator()(const Key& key) const;
    };
    struct Entry {
        QImage image;
        std::list<Key>::iterator place;
    };
    void keep(const Key& key, QImage image);

    QThreadPool pool_;
    std::unordered_map<Key, Entry, KeyHash> entries_;
    std::unordered_set<Key, KeyHash> pending_;
    std::list<Key> recent_;  // newest first
    int64_t bytes_ = 0;
    int64_t mostBytes_;
    std::shared_ptr<std::atomic<int>> generation_;
    bool announcing_ = false;
};

// The crop of one record, scaled. Any thread.
QImage faceImage(const media::PackReader& pack, int record, int pixels);

}  // namespace understudy::ui
