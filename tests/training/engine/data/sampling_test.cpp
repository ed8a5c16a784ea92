#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

#include "training/engine/data/area_shrink.h"
#include "training/engine/data/batch_sampler.h"
#include "training/engine/data/sample_draw.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("every epoch is another permutation of all faces") {
    for (const int64_t count : {1, 2, 3, 7, 64, 65, 1000}) {
        const BatchSampler sampler(count, 5, 0);
        std::vector<int64_t> first, second;
        for (int64_t n = 0; n < 2 * count; ++n) {
            (n < count ? first : second).push_back(sampler.at(static_cast<uint64_t>(n)));
        }
        for (const auto& epoch : {first, second}) {
            const std::set<int64_t> seen(epoch.begin(), epoch.end());
            CHECK(static_cast<int64_t>(seen.size()) == count);
            CHECK(*seen.begin() == 0);
            CHECK(*seen.rbegin() == count - 1);
        }
        if (count > 10) {
            CHECK(first != second);
            CHECK(BatchSampler(count, 6, 0).at(0) + BatchSampler(count, 6, 0).at(1) * count !=
                  sampler.at(0) + sampler.at(1) * count);
            int same = 0;
            const BatchSampler other(count, 5, 1);
            for (int64_t n = 0; n < count; ++n) {
                same += other.at(static_cast<uint64_t>(n)) == first[static_cast<size_t>(n)];
            }
            CHECK(same < count / 4);
        }
    }
}

TEST_CASE("with two identities every step trains both, as ever") {
    const PairSampler pairs(2, 9);
    for (const uint64_t step : {uint64_t{0}, uint64_t{1}, uint64_t{5000000000}}) {
        CHECK(pairs.at(step).source == 0);
        CHECK(pairs.at(step).destination == 1);
        CHECK(pairs.firstSamples(step, 8) == std::pair{8 * step, 8 * step});
    }
}

TEST_CASE("all identities are on both sides equally often, and all pairs are") {
    for (const size_t count : {size_t{3}, size_t{4}, size_t{7}, size_t{12}}) {
        CAPTURE(count);
        const PairSampler pairs(count, 9);
        std::map<std::pair<size_t, size_t>, int> frequency;
        std::map<size_t, std::set<uint64_t>> samples;
        const uint64_t rounds = count * (count - 1) * 20;
        for (uint64_t round = 0; round < rounds; ++round) {
            std::set<size_t> sources, destinations;
            for (uint64_t step = round * count; step < (round + 1) * count; ++step) {
                const PairSampler::Pair pair = pairs.at(step);
                CHECK(pair.source != pair.destination);
                sources.insert(pair.source);
                destinations.insert(pair.destination);
                ++frequency[{pair.source, pair.destination}];
                const auto [source, destination] = pairs.firstSamples(step, 4);
                CHECK(source % 4 == 0);
                CHECK(samples[pair.source].insert(source).second);
                CHECK(samples[pair.destination].insert(destination).second);
            }
            CHECK(sources.size() == count);
            CHECK(destinations.size() == count);
        }
        // No batch of an identity is left out or taken twice.
        for (const auto& [identity, taken] : samples) {
            CHECK(taken.size() == 2 * rounds);
            CHECK(*taken.rbegin() == 4 * (2 * rounds - 1));
        }
        REQUIRE(frequency.size() == count * (count - 1));
        const double mean = static_cast<double>(rounds) / static_cast<double>(count - 1);
        for (const auto& [pair, times] : frequency) {
            CHECK(times > 0.6 * mean);
            CHECK(times < 1.4 * mean);
        }
    }
}

TEST_CASE("whose faces a step trains follows from seed and step alone") {
    const PairSampler one(5, 1), again(5, 1), other(5, 2);
    int differ = 0;
    for (uint64_t step = 0; step < 200; ++step) {
        const auto pair = one.at(200 - step), same = again.at(200 - step);
        CHECK(pair.source == same.source);
        CHECK(pair.destination == same.destination);
        differ += other.at(200 - step).source != pair.source;
    }
    CHECK(differ > 100);
}

TEST_CASE("held-out faces are spread, few, and never train") {
    for (const int64_t count : {1, 5, 9, 10, 30, 160, 1000}) {
        const FaceSplit split = splitFaces(count, 16);
        CHECK(static_cast<int64_t>(split.training.size() + split.validation.size()) == count);
        CHECK(static_cast<int64_t>(split.validation.size()) == std::min<int64_t>(16, count / 10));
        std::set<int64_t> all(split.training.begin(), split.training.end());
        all.insert(split.validation.begin(), split.validation.end());
        CHECK(static_cast<int64_t>(all.size()) == count);
        if (count == 160) {
            CHECK(split.validation.front() == 5);
            CHECK(split.validation.back() == 155);
        }
    }
    CHECK(splitFaces(100, 0).validation.empty());
}

TEST_CASE("with uniform yaw every turn of the head is equally frequent, and every face of a turn") {
    // Most faces look ahead, few to the sides.
    std::vector<float> yaws(60, 0.5f);
    for (const float yaw : {-33.0f, -31.0f, 14.0f, 15.5f, 16.0f, 62.0f, 75.0f}) {
        yaws.push_back(yaw);
    }
    constexpr int kRanges = 5;  // about -35, -30, 0, 15 and 60 and beyond
    const UniformYawSampler sampler(yaws, 9, 0);
    const auto rangeOf = [&](int64_t face) {
        const float yaw = yaws[static_cast<size_t>(face)];
        return yaw < -32 ? 0 : yaw < -20 ? 1 : yaw < 5 ? 2 : yaw < 30 ? 3 : 4;
    };
    std::vector<int> seen(yaws.size());
    constexpr uint64_t kRounds = 600;
    std::vector<int> orders(kRanges);
    for (uint64_t round = 0; round < kRounds; ++round) {
        std::set<int> ranges;
        for (uint64_t i = 0; i < kRanges; ++i) {
            const int64_t face = sampler.at(round * kRanges + i);
            REQUIRE(face >= 0);
            REQUIRE(face < static_cast<int64_t>(yaws.size()));
            ++seen[static_cast<size_t>(face)];
            ranges.insert(rangeOf(face));
            orders[static_cast<size_t>(rangeOf(face))] += i == 0;
        }
        CHECK(ranges.size() == kRanges);
    }
    for (size_t i = 0; i < yaws.size(); ++i) {
        CAPTURE(yaws[i]);
        const int others = rangeOf(static_cast<int64_t>(i)) == 2   ? 60
                           : rangeOf(static_cast<int64_t>(i)) == 3 ? 3
                           : rangeOf(static_cast<int64_t>(i)) == 4 ? 2
                                                                   : 1;
        CHECK(seen[i] == static_cast<int>(kRounds) / others);
    }
    for (const int first : orders) {  // each range comes first as often as any other
        CHECK(first > 60);
    }
    // Seed and side matter, nothing else does.
    const UniformYawSampler again(yaws, 9, 0), other(yaws, 10, 0), side(yaws, 9, 1);
    int otherSame = 0, sideSame = 0;
    for (uint64_t n = 500; n < 1000; ++n) {
        CHECK(again.at(n) == sampler.at(n));
        otherSame += other.at(n) == sampler.at(n);
        sideSame += side.at(n) == sampler.at(n);
    }
    CHECK(otherSame < 150);
    CHECK(sideSame < 150);
    CHECK(UniformYawSampler(std::vector<float>(1, 3.0f), 1, 0).at(99) == 0);
}

namespace {

DrawOptions options() {
    DrawOptions result;
    result.flip = 0.4;
    return result;
}

}  // namespace

TEST_CASE("draws stay inside the stored area and inside their ranges") {
    DrawOptions wide = options();
    wide.augment.shift = 0.2;
    int flipped = 0;
    double dx = 0, dy = 0, both = 0, least = 9, most = 0;
    constexpr int kDraws = 3000;
    for (uint32_t i = 0; i < kDraws; ++i) {
        const SampleDraw draw =
            drawSample(wide, {}, {3, i / 8, i % 8, RandomStream::augmentSource});
        const auto& a = draw.placement;
        for (const double x : {-1.0, 1.0}) {
            for (const double y : {-1.0, 1.0}) {
                CHECK(std::abs(a[0] * x + a[1] * y + a[2]) <= 1.3 + 1e-5);
                CHECK(std::abs(a[3] * x + a[4] * y + a[5]) <= 1.3 + 1e-5);
            }
        }
        flipped += a[0] < 0;
        const double zoom = std::hypot(a[0], a[3]);
        least = std::min(least, zoom);
        most = std::max(most, zoom);
        CHECK((draw.cells == 2 || draw.cells == 4 || draw.cells == 8));
        // The centre node has noise of its own in x and in y.
        const size_t centre =
            static_cast<size_t>(draw.cells / 2) * kWarpNodes + static_cast<size_t>(draw.cells / 2);
        const double cell = 2.0 / draw.cells;
        const double nx = draw.warpX[centre] / cell, ny = draw.warpY[centre] / cell;
        CHECK(std::abs(nx) <= 0.2401);
        dx += nx * nx;
        dy += ny * ny;
        both += nx * ny;
        for (size_t k = 0; k < kWarpNodes; ++k) {
            CHECK(draw.warpX[k] == 0);  // the border stays where it is
            CHECK(draw.warpY[k * kWarpNodes] == 0);
        }
    }
    CHECK(flipped > 0.36 * kDraws);
    CHECK(flipped < 0.44 * kDraws);
    CHECK(least < 1 / 1.14);
    CHECK(least >= 1 / 1.1501);
    CHECK(most <= 1.1501);
    CHECK(most > 1.1);
    CHECK(std::sqrt(dx / kDraws) == Approx(0.24 / 2.5).epsilon(0.08));
    CHECK(std::sqrt(dy / kDraws) == Approx(0.24 / 2.5).epsilon(0.08));
    CHECK(std::abs(both) / std::sqrt(dx * dy) < 0.06);
}

TEST_CASE("augmentation turned off is the identity") {
    DrawOptions off;
    off.augment.rotation = off.augment.scale = off.augment.shift = off.augment.color = 0;
    off.warpStrength = 0;
    const SampleDraw draw = drawSample(off, {}, {1, 2, 3, RandomStream::augmentSource});
    CHECK(draw.placement == SampleDraw{}.placement);
    CHECK(draw.warpX == SampleDraw{}.warpX);
    CHECK(draw.transfer == kSameColor);
    CHECK(draw.jitter == kSameColor);
    CHECK(draw.gamma == 1);
}

TEST_CASE("degradations come as often and as strong as asked for, and change no other draw") {
    DrawOptions worse = options();
    worse.augment.blur = 0.3;
    worse.augment.noise = 0.5;
    worse.augment.jpeg = 0.2;
    constexpr int kDraws = 4000;
    int blurred = 0, grainy = 0, compressed = 0, all = 0, lowest = 100, highest = 0;
    double wide = 0, strong = 0;
    for (uint32_t i = 0; i < kDraws; ++i) {
        const RandomKey key{3, i / 8, i % 8, RandomStream::augmentSource};
        SampleDraw draw = drawSample(worse, {}, key);
        blurred += draw.blur[0] > 0;
        grainy += draw.noise > 0;
        compressed += draw.quality > 0;
        all += draw.blur[0] > 0 && draw.noise > 0 && draw.quality > 0;
        wide = std::max<double>({wide, draw.blur[0], draw.blur[1]});
        strong = std::max<double>(strong, draw.noise);
        CHECK(draw.noiseAt < kNoiseStarts);
        if (draw.quality > 0) {
            lowest = std::min(lowest, draw.quality);
            highest = std::max(highest, draw.quality);
        }
        draw.blur = {};
        draw.noise = 0;
        draw.noiseAt = 0;
        draw.quality = 0;
        CHECK(draw == drawSample(options(), {}, key));
    }
    CHECK(blurred == Approx(0.3 * kDraws).epsilon(0.1));
    CHECK(grainy == Approx(0.5 * kDraws).epsilon(0.1));
    CHECK(compressed == Approx(0.2 * kDraws).epsilon(0.1));
    CHECK(all == Approx(0.03 * kDraws).epsilon(0.3));
    CHECK(wide <= kMostBlur);
    CHECK(wide > 0.95 * kMostBlur);
    CHECK(strong <= kMostNoise);
    CHECK(strong > 0.95 * kMostNoise);
    CHECK(lowest == kLeastQuality);
    CHECK(highest == kMostQuality);
}

TEST_CASE("light and shade are as strong as asked for, mostly grey, and change no other draw") {
    DrawOptions shaded = options();
    shaded.augment.shade = 0.8;
    constexpr int kDraws = 2000;
    constexpr size_t kNodes = size_t{kShadeNodes} * kShadeNodes;
    double square = 0, together = 0;
    for (uint32_t i = 0; i < kDraws; ++i) {
        const RandomKey key{3, i / 8, i % 8, RandomStream::augmentSource};
        SampleDraw draw = drawSample(shaded, {}, key);
        CHECK(isShaded(draw));
        for (size_t node = 0; node < kNodes; ++node) {
            square += draw.shade[node] * draw.shade[node];
            together += draw.shade[node] * draw.shade[kNodes + node];
        }
        draw.shade = {};
        CHECK(draw == drawSample(options(), {}, key));
        CHECK(!isShaded(draw));
    }
    // Strengths are even from 0 to 0.8, and a tint of 0.35 is added to each channel's share.
    const double usual = 0.8 * 0.8 / 3;
    CHECK(square / (kDraws * kNodes) == Approx(usual * (1 + 0.35 * 0.35)).epsilon(0.05));
    CHECK(together / (kDraws * kNodes) == Approx(usual).epsilon(0.05));
}

TEST_CASE("colour transfer is drawn as the plan names it") {
    const FaceTones own{{0.9, 0.1, -0.05}, {0.2, 0.05, 0.03}, {0.004, 0, 0}};
    const std::vector<FaceTones> others = {{{0.6, 0.05, 0.02}, {0.3, 0.04, 0.03}, {-0.005, 0, 0}}};
    const ColorMatrix tones = toneTransfer(own, others[0]);
    const ColorMatrix lot = transportTransfer(own, others[0]);
    CHECK(tones != lot);
    for (const char* name : {"none", "tones", "lot", "mix"}) {
        CAPTURE(name);
        DrawOptions transferring = options();
        transferring.otherTones = others;
        transferring.transfer = colorTransferOf(name);
        int byTones = 0, byLot = 0, same = 0;
        for (uint32_t i = 0; i < 1000; ++i) {
            const ColorMatrix found =
                drawSample(transferring, own, {3, i, 0, RandomStream::augmentSource}).transfer;
            byTones += found == tones;
            byLot += found == lot;
            same += found == kSameColor;
        }
        const std::string given = name;
        CHECK(byTones + byLot + same == 1000);
        const int about = given == "mix" ? 250 : 500;
        CHECK(std::abs(byTones - (given == "tones" || given == "mix" ? about : 0)) < 60);
        CHECK(std::abs(byLot - (given == "lot" || given == "mix" ? about : 0)) < 60);
    }
}

TEST_CASE("tone transfer gives a face the other's mean and deviation") {
    const FaceTones from{{0.9, 0.1, -0.05}, {0.2, 0.05, 0.03}};
    const FaceTones to{{0.6, 0.05, 0.02}, {0.3, 0.04, 0.03}};
    const ColorMatrix matrix = toneTransfer(from, to);
    for (const double deviations : {-1.0, 0.0, 1.0}) {
        for (size_t k = 0; k < 3; ++k) {
            std::array<double, 3> tone = from.mean;
            tone[k] += deviations * from.deviation[k];
            std::array<double, 3> rgb{}, moved{};
            for (size_t i = 0; i < 3; ++i) {
                for (size_t j = 0; j < 3; ++j) {
                    rgb[i] += kOpponent[j][i] * tone[j];
                }
            }
            for (size_t i = 0; i < 3; ++i) {
                moved[i] = matrix[4 * i + 3];
                for (size_t j = 0; j < 3; ++j) {
                    moved[i] += matrix[4 * i + j] * rgb[j];
                }
            }
            for (size_t j = 0; j < 3; ++j) {
                double value = 0;
                for (size_t i = 0; i < 3; ++i) {
                    value += kOpponent[j][i] * moved[i];
                }
                const double expected = to.mean[j] + (j == k ? deviations * to.deviation[j] : 0);
                CHECK(value == Approx(expected).margin(1e-5));
            }
        }
    }
}

TEST_CASE("area shrinking keeps sums and is exact for whole factors") {
    std::vector<float> pixels(12 * 12 * 2);
    std::iota(pixels.begin(), pixels.end(), 0.0f);
    std::vector<float> planes(2 * 4 * 4);
    AreaShrink(12, 4).apply(pixels.data(), 2, planes.data());
    double first = 0;
    for (size_t y = 0; y < 3; ++y) {
        for (size_t x = 0; x < 3; ++x) {
            first += pixels[(y * 12 + x) * 2] / 9;
        }
    }
    CHECK(planes[0] == Approx(first));
    for (const int target : {12, 11, 7, 5}) {
        const auto size = static_cast<size_t>(target);
        std::vector<float> small(2 * size * size);
        AreaShrink(12, target).apply(pixels.data(), 2, small.data());
        for (size_t c = 0; c < 2; ++c) {
            double before = 0, after = 0;
            for (size_t i = c; i < pixels.size(); i += 2) {
                before += pixels[i] / 144;
            }
            for (size_t i = 0; i < size * size; ++i) {
                after += small[c * size * size + i] / static_cast<double>(size * size);
            }
            CHECK(after == Approx(before).epsilon(1e-5));
        }
    }
}

TEST_CASE("half floats are read as they are written everywhere") {
    CHECK(halfToFloat(0x0000) == 0);
    CHECK(halfToFloat(0x3C00) == 1);
    CHECK(halfToFloat(0xC000) == -2);
    CHECK(halfToFloat(0x3555) == Approx(0.333252));
    CHECK(halfToFloat(0x0001) == Approx(5.960464e-8));
    CHECK(std::isinf(halfToFloat(0x7C00)));
}
