// Pickles, aligned pictures and facesets as DeepFaceLab writes them, byte by byte: Python is not
// needed, and broken ones are as easy to make as whole ones.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "media/align/landmarks.h"

namespace understudy::tests {

inline std::string little(uint64_t value, size_t bytes) {
    std::string text(bytes, '\0');
    std::memcpy(text.data(), &value, bytes);
    return text;
}

namespace pickled {

inline std::string text(const std::string& content) {
    return "X" + little(content.size(), 4) + content;
}
inline std::string bytes(const std::string& content) {
    return "B" + little(content.size(), 4) + content;
}
inline std::string integer(int32_t value) {
    return "J" + little(static_cast<uint32_t>(value), 4);
}
inline std::string real(double value) {
    return "G" + little(__builtin_bswap64(std::bit_cast<uint64_t>(value)), 8);
}
inline std::string global(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}
inline std::string list(const std::string& items) {
    return "](" + items + "e";
}
inline std::string dict(const std::string& keysAndValues) {
    return "}(" + keysAndValues + "u";
}
inline std::string whole(const std::string& content, char protocol = 4) {
    return std::string("\x80") + protocol + content + ".";
}

// numpy's format of little-endian or big-endian numbers, "f8" or "f4".
inline std::string format(const std::string& name, const std::string& order = "<") {
    return global("numpy", "dtype") + text(name) + "\x89\x88\x87R(K\x03" + text(order) +
           "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" + std::string(1, '\0') + "tb";
}
inline std::string array(const std::string& shape, const std::string& numbers,
                         const std::string& numberFormat, bool columnMajor = false) {
    return global("numpy.core.multiarray", "_reconstruct") + global("numpy", "ndarray") + "K" +
           std::string(1, '\0') + "\x85" + bytes("b") + "\x87R(K\x01" + shape + numberFormat +
           (columnMajor ? "\x88" : "\x89") + bytes(numbers) + "tb";
}

// 68 x 2, as doubles.
inline std::string landmarkArray(const media::Landmarks& landmarks) {
    std::string numbers;
    for (const media::Point point : landmarks) {
        numbers += little(std::bit_cast<uint64_t>(point.x - 0.5), 8) +
                   little(std::bit_cast<uint64_t>(point.y - 0.5), 8);
    }
    return array("K\x44K\x02\x86", numbers, format("f8"));
}
inline std::string landmarkLists(const media::Landmarks& landmarks) {
    std::string points;
    for (const media::Point point : landmarks) {
        points += list(real(point.x - 0.5) + real(point.y - 0.5));
    }
    return list(points);
}

}  // namespace pickled

// What DeepFaceLab keeps of a face; the landmarks in the frame may be absent.
inline std::string dflData(const media::Landmarks& inPicture, const media::Landmarks* inFrame,
                           const std::string& sourceName,
                           const std::string& faceType = "whole_face") {
    using namespace pickled;
    std::string data = text("face_type") + text(faceType) + text("landmarks") +
                       landmarkLists(inPicture) + text("source_filename") + text(sourceName) +
                       text("eyebrows_expand_mod") + real(1) + text("image_to_face_mat") + "N";
    if (inFrame != nullptr) {
        data += text("source_landmarks") + landmarkArray(*inFrame);
    }
    return whole(dict(data));
}

// `jpeg` with the data in an APP15 segment before everything else.
inline std::string withData(const std::string& jpeg, const std::string& data) {
    const size_t length = data.size() + 2;
    return jpeg.substr(0, 2) + "\xff\xef" + static_cast<char>(length >> 8) +
           static_cast<char>(length & 0xff) + data + jpeg.substr(2);
}

// The segments of a JPEG file that a reader of its data looks at, without a picture.
inline std::string emptyJpeg(int width, int height) {
    const auto word = [](int value) {
        return std::string{static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
    };
    return std::string("\xff\xd8\xff\xc0") + word(11) + "\x08" + word(height) + word(width) +
           std::string("\x01\x01\x11\x00", 4) + "\xff\xda" + word(2) + "\xff\xd9";
}

// Landmarks of an upright face in the middle of a square of this many pixels, moved by `shift`.
inline media::Landmarks madeLandmarks(double size, double shift = 0) {
    media::Landmarks landmarks;
    const auto put = [&](int i, double x, double y) {
        landmarks[static_cast<size_t>(i)] = {size * x + shift, size * y};
    };
    for (int i = 0; i < 17; ++i) {
        const double angle = 3.1415926535 * i / 16;
        put(i, 0.5 - 0.25 * std::cos(angle), 0.5 + 0.3 * std::sin(angle));
    }
    for (int i = 0; i < 5; ++i) {
        put(17 + i, 0.29 + 0.04 * i, 0.40);
        put(22 + i, 0.55 + 0.04 * i, 0.40);
    }
    for (int i = 0; i < 4; ++i) {
        put(27 + i, 0.5, 0.46 + 0.04 * i);
    }
    for (int i = 0; i < 5; ++i) {
        put(31 + i, 0.46 + 0.02 * i, 0.61);
    }
    for (int i = 0; i < 6; ++i) {
        const double angle = 3.1415926535 * (1 + i / 3.0);
        put(36 + i, 0.37 + 0.05 * std::cos(angle), 0.47 + 0.02 * std::sin(angle));
        put(42 + i, 0.63 + 0.05 * std::cos(angle), 0.47 + 0.02 * std::sin(angle));
    }
    for (int i = 0; i < 20; ++i) {
        const double angle = 3.1415926535 * (1 + (i % 12) / 6.0);
        const double reach = i < 12 ? 1 : 0.7;
        put(48 + i, 0.5 + 0.09 * reach * std::cos(angle), 0.69 + 0.04 * reach * std::sin(angle));
    }
    return landmarks;
}

// A faceset.pak of these pictures; its last offset is wrong as DeepFaceLab writes it.
inline std::string dflPack(const std::vector<std::pair<std::string, std::string>>& pictures) {
    using namespace pickled;
    std::string entries, offsets, content;
    for (const auto& [name, jpeg] : pictures) {
        entries += dict(text("sample_type") + global("samplelib.Sample", "SampleType") +
                        integer(1) + "\x85R" + text("filename") + text(name) + text("face_type") +
                        global("facelib.FaceType", "FaceType") + integer(4) + "\x85R");
        offsets += little(content.size(), 8);
        content += jpeg;
    }
    const std::string index = whole(list(entries));
    const std::string head = little(1, 8) + little(index.size(), 8) + index;
    return head + offsets + little(head.size() + offsets.size() + 8 + content.size(), 8) + content;
}

}  // namespace understudy::tests
