#include "media/exchange/dfl_face.h"

#include <cmath>

#include "media/base/log.h"

namespace understudy::media {

namespace {

constexpr double kFarthest = 1e6;  // pixels
constexpr size_t kLongestName = 255;

struct JpegParts {
    int width = 0;
    int height = 0;
    std::string_view metadata;  // of the last APP15 segment
};

// Walks the segments before the picture data.
std::optional<JpegParts> jpegParts(std::string_view jpeg) {
    const auto byte = [jpeg](size_t i) { return static_cast<uint8_t>(jpeg[i]); };
    const auto word = [byte](size_t i) { return byte(i) << 8 | byte(i + 1); };
    if (jpeg.size() < 4 || byte(0) != 0xff || byte(1) != 0xd8) {
        return std::nullopt;
    }
    JpegParts parts;
    size_t at = 2;
    while (at + 4 <= jpeg.size() && byte(at) == 0xff) {
        const int marker = byte(at + 1);
        if (marker == 0xff) {  // filling
            ++at;
            continue;
        }
        if (marker == 0xda || marker == 0xd9) {
            return parts;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
            at += 2;
            continue;
        }
        const size_t length = static_cast<size_t>(word(at + 2));
        if (length < 2 || length > jpeg.size() - at - 2) {
            return std::nullopt;
        }
        const bool frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame && length >= 7) {
            parts.height = word(at + 5);
            parts.width = word(at + 7);
        } else if (marker == 0xef) {
            parts.metadata = jpeg.substr(at + 4, length - 2);
        }
        at += 2 + length;
    }
    return std::nullopt;
}

bool isPlace(double x) {
    return std::isfinite(x) && std::abs(x) < kFarthest;
}

std::optional<Point> pointOf(const PickleValue& value) {
    double place[2];
    if (const PickleArray* array = value.array()) {
        if (array->count() != 2) {
            return std::nullopt;
        }
        place[0] = array->at(0);
        place[1] = array->at(1);
    } else {
        if (value.size() != 2 || value.kind() == PickleKind::dict) {
            return std::nullopt;
        }
        for (size_t i = 0; i < 2; ++i) {
            const auto number = value.item(i).number();
            if (!number) {
                return std::nullopt;
            }
            place[i] = *number;
        }
    }
    if (!isPlace(place[0]) || !isPlace(place[1])) {
        return std::nullopt;
    }
    return Point{place[0] + 0.5, place[1] + 0.5};
}

std::optional<Landmarks> landmarksOf(const PickleValue& value) {
    Landmarks landmarks;
    if (const PickleArray* array = value.array()) {
        if (array->shape != std::vector<uint64_t>{kLandmarkCount, 2}) {
            return std::nullopt;
        }
        for (size_t i = 0; i < landmarks.size(); ++i) {
            landmarks[i] = {array->at(2 * i) + 0.5, array->at(2 * i + 1) + 0.5};
            if (!isPlace(landmarks[i].x) || !isPlace(landmarks[i].y)) {
                return std::nullopt;
            }
        }
        return landmarks;
    }
    if (value.size() != kLandmarkCount || value.kind() == PickleKind::dict) {
        return std::nullopt;
    }
    for (size_t i = 0; i < landmarks.size(); ++i) {
        const auto point = pointOf(value.item(i));
        if (!point) {
            return std::nullopt;
        }
        landmarks[i] = *point;
    }
    return landmarks;
}

Error damaged(const std::string& what, const std::string& where) {
    return {ErrorCode::corruptData, what, where,
            "Leave the file out, or extract the faces again from the plate"};
}

}  // namespace

std::string fileNameIn(const PickleValue& value) {
    std::string_view text = value.text().value_or("");
    text = text.substr(text.find_last_of("/\\") + 1);
    return text.size() > kLongestName ? std::string() : validUtf8(std::string(text));
}

Result<DflFace> readDflFace(std::string_view jpeg, const std::string& where) {
    const auto parts = jpegParts(jpeg);
    if (!parts || parts->width < 1 || parts->height < 1) {
        return damaged("the picture is no whole JPEG file", where);
    }
    if (parts->metadata.empty()) {
        return damaged("the picture has no data of DeepFaceLab in it", where);
    }
    US_ASSIGN(const Pickle pickle, Pickle::read(parts->metadata, where));
    const PickleValue& data = pickle.value();
    if (data.kind() != PickleKind::dict) {
        return damaged("the picture's data are no dictionary", where);
    }
    DflFace face;
    face.width = parts->width;
    face.height = parts->height;
    face.sourceName = fileNameIn(data.find("source_filename"));
    const std::string type = fileNameIn(data.find("face_type"));
    face.faceType = type.empty() ? "full_face" : type;
    const auto inPicture = landmarksOf(data.find("landmarks"));
    if (!inPicture) {
        return damaged("the picture's data have no 68 landmarks", where);
    }
    face.inPicture = *inPicture;
    const PickleValue source = data.find("source_landmarks");
    if (source.kind() != PickleKind::none) {
        face.inFrame = landmarksOf(source);
        if (!face.inFrame) {
            return damaged("the picture's landmarks in its frame are damaged", where);
        }
    }
    return face;
}

}  // namespace understudy::media
