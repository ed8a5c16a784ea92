// Pixels as every library passes them: interleaved, row-major, top row first, colours in the order
// R, G, B (A). Moving is cheap, copying is deep; share read-only as shared_ptr<const Image>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "media/base/check.h"

namespace understudy::media {

// f16 is IEEE half, carried as uint16_t bits.
enum class SampleType : uint8_t { u8 = 0, u16 = 1, f16 = 2, f32 = 3 };

constexpr size_t bytesPerSample(SampleType type) {
    return type == SampleType::u8 ? 1 : type == SampleType::f32 ? 4 : 2;
}

class Image {
  public:
    Image() = default;
    // Zero-filled. Width, height > 0; channels 1 to 4.
    Image(int width, int height, int channels, SampleType type)
        : width_(width),
          height_(height),
          channels_(channels),
          type_(type),
          bytes_(static_cast<size_t>(width) * height * channels * bytesPerSample(type)) {
        US_CHECK(width > 0 && height > 0 && channels >= 1 && channels <= 4);
    }

    bool empty() const { return bytes_.empty(); }
    int width() const { return width_; }
    int height() const { return height_; }
    int channels() const { return channels_; }
    SampleType type() const { return type_; }
    size_t rowBytes() const {
        return static_cast<size_t>(width_) * channels_ * bytesPerSample(type_);
    }

    std::byte* data() { return bytes_.data(); }
    const std::byte* data() const { return bytes_.data(); }
    size_t size() const { return bytes_.size(); }

    // Row y as samples of T: uint8_t, uint16_t (u16 and f16) or float, which must fit type().
    template <class T>
    T* row(int y) {
        checkType<T>();
        return reinterpret_cast<T*>(bytes_.data() + y * rowBytes());
    }
    template <class T>
    const T* row(int y) const {
        checkType<T>();
        return reinterpret_cast<const T*>(bytes_.data() + y * rowBytes());
    }

  private:
    template <class T>
    void checkType() const {
        static_assert(std::is_same_v<T, uint8_t> || std::is_same_v<T, uint16_t> ||
                      std::is_same_v<T, float>);
        constexpr bool kFloat = std::is_same_v<T, float>;
        US_CHECK(sizeof(T) == bytesPerSample(type_) && kFloat == (type_ == SampleType::f32));
    }

    int width_ = 0;
    int height_ = 0;
    int channels_ = 0;
    SampleType type_ = SampleType::u8;
    std::vector<std::byte> bytes_;
};

// Integer samples scaled to [0, 1], floats as they are; and back, rounded to nearest and clamped.
Image toFloat(const Image& image);
Image fromFloat(const Image& image, SampleType type);

}  // namespace understudy::media
