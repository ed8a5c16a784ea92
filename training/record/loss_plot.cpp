#include "training/record/loss_plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace understudy::training {
namespace {

constexpr size_t kScale = 9;  // characters of "0.12345 |"
constexpr size_t kLeast = 8;  // characters of the plot itself

// The mean loss of each of `columns` columns; nothing where there is no step.
std::vector<std::optional<double>> columnsOf(std::span<const HistoryLine> history, size_t columns) {
    const auto first = static_cast<double>(history.front().step);
    const double span = std::max(1.0, static_cast<double>(history.back().step) - first);
    std::vector<double> sums(columns, 0);
    std::vector<int> counts(columns, 0);
    for (const auto& line : history) {
        const double along = (static_cast<double>(line.step) - first) / span;
        if (std::isfinite(line.loss) && along >= 0 && along <= 1) {
            const auto column =
                static_cast<size_t>(std::lround(along * static_cast<double>(columns - 1)));
            sums[column] += line.loss;
            ++counts[column];
        }
    }
    std::vector<std::optional<double>> means(columns);
    for (size_t i = 0; i < columns; ++i) {
        if (counts[i] > 0) {
            means[i] = sums[i] / counts[i];
        }
    }
    return means;
}

// Dots over a picture of `width` x `height` cells that have 2 x 4 dots each, or one.
class Dots {
  public:
    Dots(size_t width, size_t height, bool braille)
        : width_(width), braille_(braille), cells_(width * height, 0) {}

    size_t columns() const { return braille_ ? 2 * width_ : width_; }
    size_t rows() const { return cells_.size() / width_ * (braille_ ? 4 : 1); }

    void set(size_t column, size_t row) {
        static constexpr int kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
        if (braille_) {
            cells_[row / 4 * width_ + column / 2] |= kBits[row % 4][column % 2];
        } else {
            cells_[row * width_ + column] = 1;
        }
    }

    std::string line(size_t index) const {
        std::string text;
        for (size_t i = 0; i < width_; ++i) {
            const int bits = cells_[index * width_ + i];
            if (!braille_ || bits == 0) {
                text += bits != 0 ? '*' : ' ';
                continue;
            }
            // U+2800 and the dots, as UTF-8.
            text += '\xE2';
            text += static_cast<char>(0xA0 | bits >> 6);
            text += static_cast<char>(0x80 | (bits & 0x3F));
        }
        return text;
    }

  private:
    size_t width_;
    bool braille_;
    std::vector<int> cells_;
};

std::string scaleOf(double value) {
    char text[16];
    std::snprintf(text, sizeof text, "%7.*f ", value >= 100 ? 1 : 4, value);
    return text;
}

// Neighbours that are far apart are joined, so that it reads as a line.
void draw(Dots& dots, const std::vector<std::optional<double>>& values, double low, double high) {
    const double top = static_cast<double>(dots.rows() - 1);
    std::optional<size_t> before;
    for (size_t column = 0; column < values.size(); ++column) {
        if (!values[column]) {
            continue;
        }
        const auto row = static_cast<size_t>(
            std::lround((high - *values[column]) / std::max(high - low, 1e-12) * top));
        const size_t from = before ? (*before < row   ? *before + 1
                                      : *before > row ? *before - 1
                                                      : row)
                                   : row;
        for (size_t y = std::min(from, row); y <= std::max(from, row); ++y) {
            dots.set(column, y);
        }
        before = row;
    }
}

}  // namespace

std::vector<std::string> plotLoss(std::span<const HistoryLine> history, PlotSize size,
                                  bool braille) {
    if (history.size() < 2 || size.width < kScale + kLeast || size.height < 2) {
        return {};
    }
    Dots dots(size.width - kScale, size.height, braille);
    const auto values = columnsOf(history, dots.columns());
    double low = INFINITY, high = -INFINITY;
    int known = 0;
    for (const auto& value : values) {
        if (value) {
            low = std::min(low, *value);
            high = std::max(high, *value);
            ++known;
        }
    }
    if (known < 2) {
        return {};
    }
    draw(dots, values, low, high);
    std::vector<std::string> lines;
    for (size_t i = 0; i < size.height; ++i) {
        const std::string scale = i == 0                 ? scaleOf(high)
                                  : i == size.height - 1 ? scaleOf(low)
                                                         : std::string(kScale - 1, ' ');
        lines.push_back(scale + "|" + dots.line(i));
    }
    const std::string first = std::to_string(history.front().step);
    const std::string last = "step " + std::to_string(history.back().step);
    const size_t room = size.width - kScale;
    const size_t gap = room > first.size() + last.size() ? room - first.size() - last.size() : 1;
    lines.push_back(std::string(kScale, ' ') + first + std::string(gap, ' ') + last);
    return lines;
}

bool showsBraille() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
            const std::string text = value;
            return text.find("UTF-8") != std::string::npos ||
                   text.find("utf8") != std::string::npos;
        }
    }
    return false;
}

}  // namespace understudy::training
