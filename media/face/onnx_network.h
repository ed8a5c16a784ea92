// A network in an .onnx file that looks at grey pictures of one size, run by OpenCV on the CPU,
// with the small description that lies beside it (model.onnx, model.json). Nothing in either file
// can execute.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/frame/image.h"

namespace understudy::media {

struct OnnxInput {
    int width = 0;  // pixels, 8 to 2048
    int height = 0;
    int channels = 3;  // 1, or 3 that are all the grey
    float mean = 0;    // the network sees (value - mean) * scale, value 0 to 255
    float scale = 1.0f / 255;

    Status check(const std::filesystem::path& description) const;  // errors: corruptData
};

struct OnnxTensor {
    std::vector<int> shape;
    std::vector<float> values;
};

// Thread-safe: threads run copies of the network.
class OnnxNetwork {
  public:
    // `outputs`: names in the order of the results; an empty name is the network's only output.
    // Runs it once, so that what it cannot do shows here. Errors: environment for a file that is
    // not there, corruptData for one that is no network of this input and these outputs.
    static Result<std::shared_ptr<const OnnxNetwork>> load(const std::filesystem::path& model,
                                                           const OnnxInput& input,
                                                           const std::vector<std::string>& outputs);
    ~OnnxNetwork();

    const OnnxInput& input() const { return input_; }
    // `gray`: u8, one channel, of the input's size.
    std::vector<OnnxTensor> run(const Image& gray) const;

  private:
    struct Pool;
    OnnxNetwork(OnnxInput input, std::vector<std::string> outputs, std::unique_ptr<Pool> pool);

    OnnxInput input_;
    std::vector<std::string> outputs_;
    std::unique_ptr<Pool> pool_;
};

}  // namespace understudy::media
