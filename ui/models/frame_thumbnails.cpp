// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_thumbnails.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "media/source/frame_source.h"
#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/models/picture_look.h"

namespace understudy::ui {
namespace {

constexpr size_t kMostWaiting = 128;  // more than any list shows at once
constexpr size_t kMostTogether = 16;  // frames of one file that are read while it is open

using View = std::shared_ptr<const media::DisplayView>;

QImage read(media::FrameSource& source, const View& view, std::optional<int64_t> frame, QSize box) {
    const media::SourceInfo& info = source.info();
    const auto picture = source.read(frame.value_or(info.first + (info.last - info.first) / 2));
    if (!picture.ok()) {
        return {};
    }
    const QImage image = shownThrough(*picture, view);
    // Of anamorphic plates as wide as they are seen.
    const double width = image.width() * picture->pixelAspect;
    const double scale =
        std::min(box.width() / width, static_cast<double>(box.height()) / image.height());
    return image.scaled(std::max(1, static_cast<int>(width * scale)),
                        std::max(1, static_cast<int>(image.height() * scale)),
                        Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

FrameThumbnails::FrameThumbnails(QObject* parent, int64_t mostBytes)
    : QObject(parent),
      pictures_(static_cast<qsizetype>(mostBytes)),
      ending_(std::make_shared<std::atomic<bool>>(false)) {
    pool_.setMaxThreadCount(1);
    pool_.setThreadPriority(QThread::LowPriority);
}

FrameThumbnails::~FrameThumbnails() {
    *ending_ = true;
    pool_.waitForDone();
}

QImage FrameThumbnails::get(const FrameOfFile& frame, QSize box) {
    if (frame.path.isEmpty() || box.isEmpty()) {
        return {};
    }
    const QString key =
        QStringLiteral("%1\n%2\n%3\n%4x%5")
            .arg(frame.path, frame.frame ? QString::number(*frame.frame) : QString(),
                 text(frame.as.encoding))
            .arg(box.width())
            .arg(box.height());
    if (const QImage* picture = pictures_.object(key)) {
        return *picture;
    }
    if (unreadable_.contains(key) || reading_.contains(key)) {
        return {};
    }
    const auto asked = std::find_if(waiting_.begin(), waiting_.end(),
                                    [&key](const Wanted& each) { return each.key == key; });
    if (asked != waiting_.end()) {
        std::rotate(asked, asked + 1, waiting_.end());
    } else {
        waiting_.push_back({key, frame, box});
    }
    if (waiting_.size() > kMostWaiting) {
        waiting_.pop_front();
    }
    readNext();
    return {};
}

// The newest, and what else of its file waits.
void FrameThumbnails::readNext() {
    if (!reading_.isEmpty() || waiting_.empty()) {
        return;
    }
    std::vector<Wanted> batch;
    const FrameOfFile& newest = waiting_.back().frame;
    const auto sameFile = [path = newest.path, as = newest.as](const Wanted& each) {
        return each.frame.path == path && each.frame.as == as;
    };
    for (auto each = waiting_.end(); each != waiting_.begin() && batch.size() < kMostTogether;) {
        --each;
        if (sameFile(*each)) {
            reading_.insert(each->key);
            batch.push_back(std::move(*each));
            each = waiting_.erase(each);
        }
    }
    std::sort(batch.begin(), batch.end(),
              [](const Wanted& a, const Wanted& b) { return a.frame.frame < b.frame.frame; });
    using Pictures = std::vector<std::pair<QString, QImage>>;
    runInBackground(
        this,
        [batch = std::move(batch), view = display_ != nullptr ? display_->view() : View(),
         ending = ending_] {
            Pictures pictures;
            const auto source =
                media::openSource(utf8(batch.front().frame.path), batch.front().frame.as);
            for (const Wanted& each : batch) {
                if (*ending) {
                    break;
                }
                pictures.emplace_back(
                    each.key,
                    source.ok() ? read(**source, view, each.frame.frame, each.box) : QImage());
            }
            return pictures;
        },
        [this, generation = generation_](Pictures pictures) {
            reading_.clear();
            for (auto& [key, picture] : pictures) {
                if (generation != generation_) {
                    break;
                }
                if (picture.isNull()) {
                    unreadable_.insert(key);
                } else {
                    const auto bytes = picture.sizeInBytes();
                    pictures_.insert(key, new QImage(std::move(picture)), bytes);
                }
            }
            readNext();
            Q_EMIT arrived();
        },
        &pool_);
}

void FrameThumbnails::follow(const DisplayChoice* display) {
    display_ = display;
    connect(display, &DisplayChoice::changed, this, &FrameThumbnails::clear);
}

void FrameThumbnails::clear() {
    ++generation_;
    waiting_.clear();
    pictures_.clear();
    unreadable_.clear();
    Q_EMIT arrived();
}

}  // namespace understudy::ui
