// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/thumbnail_cache.h"

#include <QTimer>
#include <atomic>
#include <cmath>
#include <cstring>

#include "ui/models/qimage_bridge.h"

namespace understudy::ui {
namespace {

float halfToFloat(uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const float fraction = static_cast<float>(bits & 1023) / 1024;
    const float magnitude =
        exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
    return bits & 0x8000 ? -magnitude : magnitude;
}

QImage halfCrop(std::span<const std::byte> samples, int size) {
    media::Image image(size, size, 3, media::SampleType::f32);
    for (int y = 0; y < size; ++y) {
        float* row = image.row<float>(y);
        for (int i = 0; i < size * 3; ++i) {
            uint16_t bits = 0;
            std::memcpy(&bits, samples.data() + (static_cast<size_t>(y) * size * 3 + i) * 2, 2);
            row[i] = halfToFloat(bits);
        }
    }
    return toQImage(image, {});
}

}  // namespace

QImage faceImage(const media::PackReader& pack, int record, int pixels) {
    if (record < 0 || static_cast<size_t>(record) >= pack.size()) {
        return {};
    }
    const int size = pack.header().size;
    const auto samples = pack.pixels(static_cast<size_t>(record));
    const QImage crop = pack.header().sample == media::PackSample::f16
                            ? halfCrop(samples, size)
                            : rgbBytesToQImage(samples.data(), size, size);
    return pixels == size ? crop : fittedInto(crop, {pixels, pixels});
}

size_t ThumbnailCache::KeyHash::operator()(const Key& key) const {
    size_t hash = std::hash<int64_t>()(key.face.frame);
    hash = hash * 1000003 + static_cast<size_t>(key.face.clip);
    hash = hash * 1000003 + static_cast<size_t>(key.record);
    return hash * 1000003 + static_cast<size_t>(key.pixels);
}

ThumbnailCache::ThumbnailCache(QObject* parent, int64_t mostBytes)
    : QObject(parent), mostBytes_(mostBytes), generation_(std::make_shared<std::atomic<int>>(0)) {
    pool_.setMaxThreadCount(2);
    pool_.setThreadPriority(QThread::LowPriority);
}

ThumbnailCache::~ThumbnailCache() {
    ++*generation_;
    pool_.clear();
    pool_.waitForDone();
}

QImage ThumbnailCache::get(const FacesModel& model, const FaceItem& face, int pixels) {
    if (face.record < 0) {
        return {};
    }
    const Key key{face.key, face.record, pixels};
    if (const auto entry = entries_.find(key); entry != entries_.end()) {
        recent_.splice(recent_.begin(), recent_, entry->second.place);
        return entry->second.image;
    }
    const auto pack = model.packs().find(face.key.clip);
    if (pack == model.packs().end() || !pending_.insert(key).second) {
        return {};
    }
    const int asked = *generation_;
    runInBackground(
        this,
        [reader = pack->second, key, asked, generation = generation_] {
            return asked == *generation ? faceImage(*reader, key.record, key.pixels) : QImage();
        },
        [this, key](QImage image) {
            pending_.erase(key);
            if (!image.isNull()) {
                keep(key, std::move(image));
            }
        },
        &pool_);
    return {};
}

void ThumbnailCache::keep(const Key& key, QImage image) {
    if (entries_.count(key) != 0) {
        return;
    }
    bytes_ += image.sizeInBytes();
    recent_.push_front(key);
    entries_[key] = {std::move(image), recent_.begin()};
    while (bytes_ > mostBytes_ && recent_.size() > 1) {
        const auto oldest = entries_.find(recent_.back());
        bytes_ -= oldest->second.image.sizeInBytes();
        entries_.erase(oldest);
        recent_.pop_back();
    }
    if (!announcing_) {
        announcing_ = true;
        QTimer::singleShot(16, this, [this] {
            announcing_ = false;
            Q_EMIT arrived();
        });
    }
}

void ThumbnailCache::forgetRequests() {
    ++*generation_;
    pool_.clear();
    pending_.clear();
}

void ThumbnailCache::clear() {
    forgetRequests();
    entries_.clear();
    recent_.clear();
    bytes_ = 0;
}

}  // namespace understudy::ui
