#include "tests/media/face/onnx_writer.h"

#include <fstream>

namespace understudy::tests {

namespace {

// Protocol buffers by hand: a field is its number and kind, then a whole number or bytes.
std::string varint(uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) {
        bytes += static_cast<char>(value | 0x80);
    }
    return bytes + static_cast<char>(value);
}
std::string number(int field, uint64_t value) {
    return varint(static_cast<uint64_t>(field) << 3) + varint(value);
}
std::string text(int field, const std::string& bytes) {
    return varint(static_cast<uint64_t>(field) << 3 | 2) + varint(bytes.size()) + bytes;
}

constexpr int kFloat = 1;

// ValueInfoProto.
std::string value(const std::string& name, const std::vector<int64_t>& shape) {
    std::string dims;
    for (const int64_t size : shape) {
        dims += text(1, number(1, static_cast<uint64_t>(size)));
    }
    return text(1, name) + text(2, text(1, number(1, kFloat) + text(2, dims)));
}

// NodeProto.
std::string node(const std::string& kind, const std::vector<std::string>& inputs,
                 const std::string& output, const std::string& attributes = "") {
    std::string bytes;
    for (const std::string& input : inputs) {
        bytes += text(1, input);
    }
    return bytes + text(2, output) + text(3, "make " + output) + text(4, kind) + attributes;
}

std::string attribute(const std::string& name, int64_t whole) {
    constexpr int kWhole = 2;
    return text(5, text(1, name) + number(3, static_cast<uint64_t>(whole)) + number(20, kWhole));
}

// OnnxWriter::scaled's kernel of one pixel, as AttributeProto.
std::string onePixelKernel() {
    constexpr int kWholes = 7;
    return text(5, text(1, "kernel_shape") + number(8, 1) + number(8, 1) + number(20, kWholes));
}

}  // namespace

OnnxWriter::OnnxWriter(int channels, int height, int width) : input_{1, channels, height, width} {
    nodes_ = text(1, node("Flatten", {"picture"}, "flat", attribute("axis", 1)));
}

void OnnxWriter::tensor(const std::string& name, const std::vector<int64_t>& shape,
                        const std::vector<float>& values) {
    std::string bytes;
    for (const int64_t size : shape) {
        bytes += number(1, static_cast<uint64_t>(size));
    }
    bytes += number(2, kFloat) + text(8, name);
    bytes += text(9, std::string(reinterpret_cast<const char*>(values.data()),
                                 values.size() * sizeof(float)));
    weights_ += text(5, bytes);
}

OnnxWriter& OnnxWriter::linear(const std::string& output, const std::vector<float>& weights,
                               const std::vector<float>& bias) {
    const auto rows = static_cast<int64_t>(bias.size());
    tensor(output + ".weights", {rows, input_[1] * input_[2] * input_[3]}, weights);
    tensor(output + ".bias", {rows}, bias);
    nodes_ += text(1, node("Gemm", {"flat", output + ".weights", output + ".bias"}, output,
                           attribute("transB", 1)));
    outputs_ += text(12, value(output, {1, rows}));
    return *this;
}

OnnxWriter& OnnxWriter::scaled(const std::string& output, const std::vector<float>& factors) {
    const auto maps = static_cast<int64_t>(factors.size());
    std::vector<float> weights;
    for (const float factor : factors) {
        weights.insert(weights.end(), static_cast<size_t>(input_[1]), factor);
    }
    tensor(output + ".weights", {maps, input_[1], 1, 1}, weights);
    nodes_ += text(1, node("Conv", {"picture", output + ".weights"}, output, onePixelKernel()));
    outputs_ += text(12, value(output, {1, maps, input_[2], input_[3]}));
    return *this;
}

std::string OnnxWriter::bytes() const {
    constexpr int kFormat = 7;  // of the file
    constexpr int kOperators = 11;
    const std::string graph =
        nodes_ + text(2, "test") + weights_ + text(11, value("picture", input_)) + outputs_;
    return number(1, kFormat) + text(7, graph) + text(8, text(1, "") + number(2, kOperators));
}

void OnnxWriter::write(const std::filesystem::path& path) const {
    std::ofstream(path, std::ios::binary) << bytes();
}

}  // namespace understudy::tests
