// Writes small ONNX networks for tests: one layer after the other, weights within.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace understudy::tests {

class OnnxWriter {
  public:
    // The input "picture" has the shape [1, channels, height, width].
    OnnxWriter(int channels, int height, int width);

    // `output` [1, bias.size()] = weights * picture + bias; one row of weights (channels * height *
    // width) an output.
    OnnxWriter& linear(const std::string& output, const std::vector<float>& weights,
                       const std::vector<float>& bias);
    // `output` [1, factors.size(), height, width]: the sum of the channels times each factor.
    OnnxWriter& scaled(const std::string& output, const std::vector<float>& factors);

    std::string bytes() const;
    void write(const std::filesystem::path& path) const;

  private:
    void tensor(const std::string& name, const std::vector<int64_t>& shape,
                const std::vector<float>& values);

    std::vector<int64_t> input_;
    std::string nodes_, weights_, outputs_;
};

}  // namespace understudy::tests
