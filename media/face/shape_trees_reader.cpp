// The file format of dlib's shape_predictor, version 1: integers are a byte (count of bytes, top
// bit: negative) and their bytes, lowest first; a float is its mantissa and its exponent as such
// integers; a matrix is minus its rows, minus its columns and its elements; a vector is its length
// and its elements.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include "media/base/file.h"
#include "media/face/shape_trees.h"

namespace understudy::media {

namespace {

constexpr int64_t kMostStages = 64;
constexpr int64_t kMostTrees = 4096;
constexpr int64_t kMostProbes = 8192;
constexpr size_t kMostDepth = 8;

class Numbers {
  public:
    explicit Numbers(std::span<const std::byte> bytes) : at_(bytes.data()), left_(bytes.size()) {}

    bool good() const { return good_; }
    bool atEnd() const { return left_ == 0; }

    int64_t integer() {
        if (left_ == 0) {
            return fail();
        }
        const auto control = std::to_integer<uint8_t>(*at_);
        const size_t count = control & 0x0F;
        if (count > 8 || left_ < 1 + count) {
            return fail();
        }
        uint64_t value = 0;
        if (left_ > sizeof value) {
            std::memcpy(&value, at_ + 1, sizeof value);
            value &= count == 8 ? ~uint64_t{0} : (uint64_t{1} << 8 * count) - 1;
        } else {
            std::memcpy(&value, at_ + 1, count);
        }
        at_ += 1 + count;
        left_ -= 1 + count;
        const auto magnitude = static_cast<int64_t>(value & 0x7FFF'FFFF'FFFF'FFFF);
        return (control & 0x80) != 0 ? -magnitude : magnitude;
    }

    // `least` to `most`, or the file is bad.
    int64_t within(int64_t least, int64_t most) {
        const int64_t value = integer();
        return value < least || value > most ? fail() : value;
    }

    float real() {
        const int64_t mantissa = integer();
        const int64_t exponent = within(-1000, 1000);  // beyond are what is not a number
        const double value = static_cast<double>(mantissa) * powerOfTwo(static_cast<int>(exponent));
        if (!(std::abs(value) < 1e9)) {
            fail();
            return 0;
        }
        return static_cast<float>(value);
    }

    // A column of `count` floats.
    void column(int64_t count, std::vector<float>& to) {
        within(-count, -count);
        within(-1, -1);
        for (int64_t i = 0; i < count && good_; ++i) {
            to.push_back(real());
        }
    }

  private:
    // A model has millions of numbers, and the library's ldexp is slow.
    static double powerOfTwo(int exponent) {
        return std::bit_cast<double>(static_cast<uint64_t>(1023 + exponent) << 52);
    }

    int64_t fail() {
        good_ = false;
        left_ = 0;
        return 0;
    }

    const std::byte* at_;
    size_t left_;
    bool good_ = true;
};

}  // namespace

class ShapeTreesReader {
  public:
    explicit ShapeTreesReader(std::span<const std::byte> bytes) : in_(bytes) {}

    std::optional<ShapeTrees> read() {
        in_.within(1, 1);  // version
        in_.column(ShapeTrees::kValues, trees_.mean_);
        const int64_t stages = in_.within(1, kMostStages);
        for (int64_t i = 0; i < stages && in_.good(); ++i) {
            trees_.stages_.push_back(readStage());
        }
        readProbes();
        if (!in_.good() || !in_.atEnd() || !splitsFit()) {
            return std::nullopt;
        }
        return std::move(trees_);
    }

  private:
    static constexpr int kValues = ShapeTrees::kValues;
    using Stage = ShapeTrees::Stage;

    Stage readStage() {
        Stage stage;
        stage.trees = static_cast<size_t>(in_.within(1, kMostTrees));
        std::vector<float> leaves;
        for (size_t t = 0; t < stage.trees && in_.good(); ++t) {
            readSplits(stage);
            const int64_t count = int64_t{1} << trees_.depth_;
            in_.within(count, count);
            for (int64_t i = 0; i < count && in_.good(); ++i) {
                in_.column(kValues, leaves);
            }
            if (t == 0) {
                leaves.reserve(stage.trees * leaves.size());
            }
        }
        float largest = 0;
        for (const float value : leaves) {
            largest = std::max(largest, std::abs(value));
        }
        stage.scale = largest > 0 ? largest / 32767 : 1;
        stage.leaves.reserve(leaves.size());
        for (const float value : leaves) {
            const float steps = value / stage.scale;
            stage.leaves.push_back(static_cast<int16_t>(steps + (steps < 0 ? -0.5F : 0.5F)));
        }
        return stage;
    }

    // Complete trees, all of one depth.
    void readSplits(Stage& stage) {
        const int64_t count = in_.within(1, (int64_t{1} << kMostDepth) - 1);
        const auto depth = static_cast<size_t>(std::lround(std::log2(count + 1.0)));
        trees_.depth_ = trees_.depth_ == 0 ? depth : trees_.depth_;
        if (depth != trees_.depth_ || count != (int64_t{1} << depth) - 1) {
            in_.within(1, 0);
        }
        for (int64_t i = 0; i < count && in_.good(); ++i) {
            ShapeTrees::Split split;
            split.a = static_cast<uint16_t>(in_.within(0, kMostProbes - 1));
            split.b = static_cast<uint16_t>(in_.within(0, kMostProbes - 1));
            // Differences of pixels are whole numbers.
            split.threshold =
                static_cast<int16_t>(std::floor(std::clamp(in_.real(), -1000.0F, 1000.0F)));
            stage.splits.push_back(split);
        }
    }

    void readProbes() {
        const auto stages = static_cast<int64_t>(trees_.stages_.size());
        in_.within(stages, stages);
        for (Stage& stage : trees_.stages_) {
            stage.probes.resize(static_cast<size_t>(in_.within(1, kMostProbes)));
            for (ShapeTrees::Probe& probe : stage.probes) {
                probe.point = static_cast<uint16_t>(in_.within(0, kLandmarkCount - 1));
            }
        }
        in_.within(stages, stages);
        for (Stage& stage : trees_.stages_) {
            const auto probes = static_cast<int64_t>(stage.probes.size());
            in_.within(probes, probes);
            for (ShapeTrees::Probe& probe : stage.probes) {
                probe.x = in_.real();
                probe.y = in_.real();
            }
        }
    }

    bool splitsFit() const {
        for (const Stage& stage : trees_.stages_) {
            for (const ShapeTrees::Split& split : stage.splits) {
                if (split.a >= stage.probes.size() || split.b >= stage.probes.size()) {
                    return false;
                }
            }
        }
        return true;
    }

    Numbers in_;
    ShapeTrees trees_;
};

Result<ShapeTrees> ShapeTrees::read(const std::filesystem::path& file) {
    US_ASSIGN(const MappedFile mapped, MappedFile::open(file));
    std::optional<ShapeTrees> trees = ShapeTreesReader(mapped.bytes()).read();
    if (!trees) {
        return Error{ErrorCode::corruptData,
                     "the face landmark model cannot be read: it is damaged, or not one of " +
                         std::to_string(kLandmarkCount) + " points",
                     file.string(), ""};
    }
    return std::move(*trees);
}

}  // namespace understudy::media
