#include "media/project/note_drawing.h"

#include <bit>
#include <cmath>
#include <optional>

#include "media/base/log.h"

namespace understudy::media {

namespace {

// format, count of marks, and for each: kind, colour, width, count of points, points, length of
// the text, text. Numbers are little-endian, 32 bits.
constexpr std::byte kFormat{1};

Error unfit(const std::string& what) {
    return {ErrorCode::usage, "the drawing cannot be kept: " + what, "drawing",
            "Draw less in one note, or write what is meant"};
}

void putNumber(std::vector<std::byte>& bytes, uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<std::byte>(number >> shift & 0xFF));
    }
}

void putReal(std::vector<std::byte>& bytes, float number) {
    putNumber(bytes, std::bit_cast<uint32_t>(number));
}

// Takes what is there and nothing else.
class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    size_t left() const { return bytes_.size() - at_; }
    std::optional<uint8_t> byte() {
        if (left() < 1) {
            return std::nullopt;
        }
        return static_cast<uint8_t>(bytes_[at_++]);
    }
    std::optional<uint32_t> number() {
        if (left() < 4) {
            return std::nullopt;
        }
        uint32_t value = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            value |= static_cast<uint32_t>(bytes_[at_++]) << shift;
        }
        return value;
    }
    std::optional<float> real() {
        const auto bits = number();
        return bits ? std::optional(std::bit_cast<float>(*bits)) : std::nullopt;
    }
    std::optional<std::string> text(size_t length) {
        if (left() < length) {
            return std::nullopt;
        }
        std::string text(reinterpret_cast<const char*>(bytes_.data()) + at_, length);
        at_ += length;
        return text;
    }

  private:
    std::span<const std::byte> bytes_;
    size_t at_ = 0;
};

std::optional<DrawingMark> takeMark(Reader& reader) {
    DrawingMark mark;
    const auto kind = reader.byte();
    if (!kind || *kind > static_cast<uint8_t>(DrawingMark::Kind::text)) {
        return std::nullopt;
    }
    mark.kind = static_cast<DrawingMark::Kind>(*kind);
    for (uint8_t& channel : mark.color) {
        const auto value = reader.byte();
        if (!value) {
            return std::nullopt;
        }
        channel = *value;
    }
    const auto width = reader.real();
    const auto count = reader.number();
    if (!width || !count || *count > reader.left() / 8) {
        return std::nullopt;
    }
    mark.width = *width;
    for (uint32_t i = 0; i < *count; ++i) {
        const float x = reader.real().value_or(0);
        const float y = reader.real().value_or(0);
        mark.points.push_back({x, y});
    }
    const auto length = reader.number();
    auto text = length ? reader.text(*length) : std::nullopt;
    if (!text) {
        return std::nullopt;
    }
    mark.text = validUtf8(*text);
    return mark;
}

}  // namespace

Status NoteDrawing::check() const {
    if (marks.size() > kMostMarks) {
        return unfit("it has more than " + std::to_string(kMostMarks) + " marks");
    }
    size_t points = 0;
    for (const DrawingMark& mark : marks) {
        points += mark.points.size();
        const size_t least = mark.kind == DrawingMark::Kind::arrow ? 2 : 1;
        if (mark.points.size() < least ||
            (mark.kind != DrawingMark::Kind::freehand && mark.points.size() != least)) {
            return unfit("a mark has " + std::to_string(mark.points.size()) + " points");
        }
        if (mark.text.size() > kMostText ||
            (mark.kind == DrawingMark::Kind::text && mark.text.empty())) {
            return unfit("words in it are empty or longer than " + std::to_string(kMostText) +
                         " bytes");
        }
        bool near = mark.width > 0 && mark.width <= 1;
        for (const DrawingPoint& point : mark.points) {
            near = near && std::abs(point.x) <= kFarthest && std::abs(point.y) <= kFarthest;
        }
        if (!near) {
            return unfit("a mark is too far from the picture or too thick");
        }
    }
    return points <= kMostPoints
               ? Status()
               : unfit("it has more than " + std::to_string(kMostPoints) + " points");
}

std::vector<std::byte> NoteDrawing::bytes() const {
    std::vector<std::byte> bytes = {kFormat};
    putNumber(bytes, static_cast<uint32_t>(marks.size()));
    for (const DrawingMark& mark : marks) {
        bytes.push_back(static_cast<std::byte>(mark.kind));
        for (const uint8_t channel : mark.color) {
            bytes.push_back(static_cast<std::byte>(channel));
        }
        putReal(bytes, mark.width);
        putNumber(bytes, static_cast<uint32_t>(mark.points.size()));
        for (const DrawingPoint& point : mark.points) {
            putReal(bytes, point.x);
            putReal(bytes, point.y);
        }
        const std::string text = validUtf8(mark.text);
        putNumber(bytes, static_cast<uint32_t>(text.size()));
        const auto* letters = reinterpret_cast<const std::byte*>(text.data());
        bytes.insert(bytes.end(), letters, letters + text.size());
    }
    return bytes;
}

Result<NoteDrawing> NoteDrawing::fromBytes(std::span<const std::byte> bytes) {
    const Error damaged{ErrorCode::corruptData, "the drawing is damaged", "drawing",
                        "Take the note away, or draw it again"};
    if (bytes.empty() || bytes[0] != kFormat) {
        return damaged;
    }
    Reader reader(bytes.subspan(1));
    const auto count = reader.number();
    if (!count || *count > kMostMarks) {
        return damaged;
    }
    NoteDrawing drawing;
    for (uint32_t i = 0; i < *count; ++i) {
        auto mark = takeMark(reader);
        if (!mark) {
            return damaged;
        }
        drawing.marks.push_back(*std::move(mark));
    }
    if (reader.left() != 0 || !drawing.check().ok()) {
        return damaged;
    }
    return drawing;
}

}  // namespace understudy::media
