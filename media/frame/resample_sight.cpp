#include "media/frame/resample_sight.h"

#include <algorithm>
#include <cmath>

#include "media/base/wide.h"

namespace understudy::media::sight {

namespace {

// Keys, "Cubic convolution interpolation for digital image processing" (1981), with a = -1/2: for
// each phase, at first + phase * step. Adds to `sums`.
US_WIDE void kernelRow(double first, double step, double* __restrict to, double* __restrict sums) {
    for (int phase = 0; phase < kPhases; ++phase) {
        const double at = first + phase * step;
        const double x = at < 0 ? -at : at;
        const double inner = (1.5 * x - 2.5) * x * x + 1;
        const double outer = ((-0.5 * x + 2.5) * x - 4) * x + 2;
        const double beyond = x < 2 ? outer : 0;
        const double value = x < 1 ? inner : beyond;
        to[phase] = value;
        sums[phase] += value;
    }
}

US_WIDE void roundPlaces(const Line& line, int count, int32_t* __restrict to) {
    // Conversion cuts towards zero, which is down for what is positive.
    constexpr int32_t kUp = 1 << 28;
    for (int i = 0; i < count; ++i) {
        double at = line.first + i * line.step;
        at = at < line.least ? line.least : at;
        at = at > line.most ? line.most : at;
        to[i] = static_cast<int32_t>(at * kPhases + (0.5 + kUp)) - kUp;
    }
}

int blockSize(double shrinkage) {
    return shrinkage < kBlocksFrom ? 1 : std::max(2, static_cast<int>(shrinkage / 2));
}

}  // namespace

void placesOf(const Line& line, std::span<int32_t> places) {
    roundPlaces(line, static_cast<int>(places.size()), places.data());
}

Axis::Axis(double shrinkage, int length_)
    : block(blockSize(shrinkage)),
      width(std::max(1.0, shrinkage / block)),
      taps(2 * static_cast<int>(std::ceil(2 * width - 1e-9))),
      length(length_),
      blocks((length_ + block - 1) / block) {}

void Axis::makeWeights() {
    stride = (taps + 3) / 4 * 4;
    weights.assign(static_cast<size_t>(kPhases) * stride, 0.0F);
    std::vector<double> raw(static_cast<size_t>(kPhases) * taps);  // tap by tap
    std::vector<double> sums(kPhases);
    for (int i = 0; i < taps; ++i) {
        kernelRow((i - (taps / 2 - 1)) / width, -1 / (width * kPhases),
                  raw.data() + static_cast<size_t>(i) * kPhases, sums.data());
    }
    for (int i = 0; i < taps; ++i) {
        const double* from = raw.data() + static_cast<size_t>(i) * kPhases;
        for (size_t phase = 0; phase < kPhases; ++phase) {
            weights[phase * static_cast<size_t>(stride) + static_cast<size_t>(i)] =
                static_cast<float>(from[phase] / sums[phase]);
        }
    }
}

void Axis::takeWeights(const Axis& other) {
    stride = other.stride;
    weights = other.weights;
}

int Axis::firstAt(double position) const {
    int32_t fixed = 0;
    placesOf(Line{position / block - 0.5, 0, -1e9, 1e9}, {&fixed, 1});
    return firstOf(fixed);
}

Line Axis::line(double along, double across, double start, int y) const {
    const double scale = 1.0 / block;
    return {scale * (along * 0.5 + across * (y + 0.5) + start) - 0.5, scale * along,
            scale * -reach() - 0.5, scale * (length + reach()) - 0.5};
}

std::pair<int, int> Axis::span(int first, int count) const {
    const int from = std::clamp(first * block, 0, length - 1);
    return {from, std::clamp((first + count) * block, from + 1, length)};
}

Sight::Sight(int width, int height, const Affine& inFromOut_)
    : inFromOut(inFromOut_),
      across(std::hypot(inFromOut_.xx, inFromOut_.xy), width),
      down(std::hypot(inFromOut_.yx, inFromOut_.yy), height) {}

Point Sight::placeOf(double x, double y) const {
    const Point p = inFromOut({x, y});
    return {std::clamp(p.x, -across.reach(), across.length + across.reach()),
            std::clamp(p.y, -down.reach(), down.length + down.reach())};
}

Region Sight::regionFor(int outWidth, int outHeight) const {
    const double right = outWidth - 0.5;
    const double bottom = outHeight - 0.5;
    const Point corners[] = {placeOf(0.5, 0.5), placeOf(right, 0.5), placeOf(0.5, bottom),
                             placeOf(right, bottom)};
    Point low = corners[0];
    Point high = corners[0];
    for (const Point& p : corners) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
    Region region;
    region.x0 = across.firstAt(low.x) - 1;
    region.y0 = down.firstAt(low.y) - 1;
    region.width = across.firstAt(high.x) + across.taps + 1 - region.x0;
    region.height = down.firstAt(high.y) + down.taps + 1 - region.y0;
    return region;
}

}  // namespace understudy::media::sight
