// The smallest landmark model there is.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "media/align/landmarks.h"

namespace understudy::tests {

// A model of one stage with one tree of one split, in dlib's format.
class TinyModel {
  public:
    explicit TinyModel(int points = media::kLandmarkCount, int64_t probe = 0) {
        integer(1);
        column(2 * points);
        integer(1);  // stages
        integer(1);  // trees
        integer(1);  // splits
        integer(probe), integer(1), real(20, 0);
        integer(2);  // leaves
        column(2 * points);
        column(2 * points);
        integer(1);  // stages again
        integer(2);
        integer(0), integer(1);
        integer(1);
        integer(2);
        for (int i = 0; i < 4; ++i) {
            real(0, 0);
        }
    }

    const std::string& bytes() const { return bytes_; }

  private:
    void integer(int64_t value) {
        uint64_t left = static_cast<uint64_t>(std::abs(value));
        std::string digits;
        for (; left > 0 || digits.empty(); left >>= 8) {
            digits.push_back(static_cast<char>(left & 0xFF));
        }
        bytes_.push_back(static_cast<char>(digits.size() | (value < 0 ? 0x80 : 0)));
        bytes_ += digits;
    }
    void real(int64_t mantissa, int exponent) {
        integer(mantissa);
        integer(exponent);
    }
    void column(int count) {
        integer(-count);
        integer(-1);
        for (int i = 0; i < count; ++i) {
            real(i + 1, -8);
        }
    }

    std::string bytes_;
};

}  // namespace understudy::tests
