#include "media/face/onnx_network.h"

#include <cmath>
#include <mutex>
#include <opencv2/dnn.hpp>

#include "media/base/file.h"
#include "media/base/log.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostModelBytes = 1u << 30;

Error notUsable(const fs::path& model, const std::string& what) {
    return {ErrorCode::corruptData, "the face model " + what, model.string(),
            "Use an ONNX file that fits the description beside it and OpenCV " CV_VERSION
            ", or set the model to default"};
}

}  // namespace

Status OnnxInput::check(const fs::path& description) const {
    if (width >= 8 && width <= 2048 && height >= 8 && height <= 2048 &&
        (channels == 1 || channels == 3) && std::isfinite(mean) && std::isfinite(scale) &&
        scale != 0) {
        return {};
    }
    return Error{ErrorCode::corruptData, "the input of the face model is not possible",
                 description.string(),
                 "Give input.width and input.height (8 to 2048), input.channels (1 or 3), "
                 "input.mean and input.scale"};
}

// Networks keep their layers' results, so every thread needs its own.
struct OnnxNetwork::Pool {
    std::string bytes;
    std::mutex mutex;
    std::vector<cv::dnn::Net> free;

    cv::dnn::Net take() {
        {
            const std::lock_guard lock(mutex);
            if (!free.empty()) {
                cv::dnn::Net net = free.back();
                free.pop_back();
                return net;
            }
        }
        cv::dnn::Net net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
        net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        return net;
    }
    void give(const cv::dnn::Net& net) {
        const std::lock_guard lock(mutex);
        free.push_back(net);
    }
};

OnnxNetwork::OnnxNetwork(OnnxInput input, std::vector<std::string> outputs,
                         std::unique_ptr<Pool> pool)
    : input_(input), outputs_(std::move(outputs)), pool_(std::move(pool)) {}
OnnxNetwork::~OnnxNetwork() = default;

Result<std::shared_ptr<const OnnxNetwork>> OnnxNetwork::load(
    const fs::path& model, const OnnxInput& input, const std::vector<std::string>& outputs) {
    Result<std::string> bytes = readFile(model, kMostModelBytes);
    if (!bytes.ok()) {
        Error error = bytes.error();
        if (error.code == ErrorCode::missingInput) {
            error.code = ErrorCode::environment;
            error.message = "the face model is not there or cannot be read";
            error.remedy = "Put the file there, or set the model to default";
        }
        return error;
    }
    auto pool = std::make_unique<Pool>();
    pool->bytes = std::move(*bytes);
    const std::shared_ptr<const OnnxNetwork> network(
        new OnnxNetwork(input, outputs, std::move(pool)));
    try {
        const auto results = network->run(Image(input.width, input.height, 1, SampleType::u8));
        for (const OnnxTensor& result : results) {
            if (result.values.empty()) {
                return notUsable(model, "gives no numbers for its input");
            }
        }
    } catch (const cv::Exception& error) {
        return notUsable(model, "cannot be used: " + validUtf8(error.err).substr(0, 200));
    }
    return network;
}

std::vector<OnnxTensor> OnnxNetwork::run(const Image& gray) const {
    US_CHECK(gray.width() == input_.width && gray.height() == input_.height &&
             gray.channels() == 1);
    const cv::Mat picture(gray.height(), gray.width(), CV_8UC1,
                          const_cast<std::byte*>(gray.data()));
    cv::Mat channels = picture;
    if (input_.channels == 3) {
        cv::merge(std::vector<cv::Mat>{picture, picture, picture}, channels);
    }
    const cv::Mat blob =
        cv::dnn::blobFromImage(channels, input_.scale, {}, cv::Scalar::all(input_.mean));
    cv::dnn::Net net = pool_->take();
    net.setInput(blob);
    std::vector<cv::Mat> found;
    if (outputs_.size() == 1 && outputs_[0].empty()) {
        found.push_back(net.forward());
    } else {
        net.forward(found, std::vector<cv::String>(outputs_.begin(), outputs_.end()));
    }
    std::vector<OnnxTensor> results;
    for (const cv::Mat& one : found) {
        OnnxTensor tensor;
        tensor.shape.assign(one.size.p, one.size.p + one.dims);
        if (one.type() == CV_32F && one.isContinuous()) {
            tensor.values.assign(one.ptr<float>(), one.ptr<float>() + one.total());
        }
        results.push_back(std::move(tensor));
    }
    pool_->give(net);
    return results;
}

}  // namespace understudy::media
