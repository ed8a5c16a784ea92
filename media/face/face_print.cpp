#include "media/face/face_print.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace understudy::media {

namespace {

constexpr int kSide = FaceLook::kSide;
constexpr int kCell = 8;
constexpr int kStep = 4;
// Of gradient: cells with less than this have no direction to speak of.
constexpr float kFlat = 40;

using Directions = std::array<float, FacePrint::kDirections>;

Directions directionsOf(const FaceLook& look, int left, int top) {
    Directions sums{};
    for (int y = std::max(top, 1); y < std::min(top + kCell, kSide - 1); ++y) {
        for (int x = std::max(left, 1); x < std::min(left + kCell, kSide - 1); ++x) {
            const uint8_t* at = look.pixels.data() + y * kSide + x;
            const float dx = static_cast<float>(at[1]) - static_cast<float>(at[-1]);
            const float dy = static_cast<float>(at[kSide]) - static_cast<float>(at[-kSide]);
            const float turn = (std::atan2(dy, dx) / 6.2831853f + 0.5f) * FacePrint::kDirections;
            const auto first = static_cast<size_t>(turn);
            const float second = turn - static_cast<float>(first);
            const float strength = std::hypot(dx, dy);
            sums[first % FacePrint::kDirections] += strength * (1 - second);
            sums[(first + 1) % FacePrint::kDirections] += strength * second;
        }
    }
    return sums;
}

}  // namespace

std::optional<FacePrint> facePrint(const FaceLook& look) {
    FacePrint print;
    auto to = print.values.begin();
    for (int cy = 0; cy < FacePrint::kCells; ++cy) {
        for (int cx = 0; cx < FacePrint::kCells; ++cx) {
            const Directions cell = directionsOf(look, cx * kStep, cy * kStep);
            const float length =
                std::sqrt(std::inner_product(cell.begin(), cell.end(), cell.begin(), 0.0f));
            // The root makes the strongest edge of a cell less than all of it.
            to = std::transform(cell.begin(), cell.end(), to,
                                [&](float sum) { return std::sqrt(sum / (length + kFlat)); });
        }
    }
    const float mean = std::accumulate(print.values.begin(), print.values.end(), 0.0f) /
                       static_cast<float>(print.values.size());
    double square = 0;
    for (float& value : print.values) {
        value -= mean;
        square += static_cast<double>(value) * value;
    }
    if (square < 1e-6) {
        return std::nullopt;
    }
    for (float& value : print.values) {
        value = static_cast<float>(value / std::sqrt(square));
    }
    return print;
}

double alikeness(const FacePrint& a, const FacePrint& b) {
    return std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0);
}

}  // namespace understudy::media
