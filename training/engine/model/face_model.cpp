#include "training/engine/model/face_model.h"

#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "media/base/philox.h"
#include "training/engine/model/parts.h"

namespace understudy::training {

namespace {

// One encoder and one inter for both sides, one decoder per side.
class DfModel : public FaceModel {
  public:
    explicit DfModel(const ModelSpec& spec)
        : FaceModel(spec),
          encoder_(register_module("encoder", std::make_shared<Encoder>(spec))),
          inter_(register_module("inter", std::make_shared<Inter>(spec, interChannels(spec)))),
          source_(register_module("decoder_source",
                                  std::make_shared<Decoder>(spec, codeChannels(spec)))),
          destination_(register_module("decoder_destination",
                                       std::make_shared<Decoder>(spec, codeChannels(spec)))) {}

    CodedPair forwardCoded(const torch::Tensor& source, const torch::Tensor& destination) override {
        const auto codes = code(torch::cat({source, destination})).chunk(2);
        return {source_->forward(codes[0]), destination_->forward(codes[1]), codes[0], codes[1]};
    }
    FaceOutput drawSource(const torch::Tensor& code) override { return source_->forward(code); }
    FaceOutput swap(const torch::Tensor& destination) override {
        return source_->forward(code(destination));
    }
    FaceOutput reconstructSource(const torch::Tensor& source) override {
        return source_->forward(code(source));
    }
    FaceOutput reconstructDestination(const torch::Tensor& destination) override {
        return destination_->forward(code(destination));
    }

  private:
    torch::Tensor code(const torch::Tensor& image) {
        return inter_->forward(encoder_->forward(image));
    }

    std::shared_ptr<Encoder> encoder_;
    std::shared_ptr<Inter> inter_;
    std::shared_ptr<Decoder> source_, destination_;
};

// One encoder and one decoder; what a face is made of says which inter was used:
// source = [AB, AB], destination = [B, AB], swap = [AB, AB] of the destination.
class LiaeModel : public FaceModel {
  public:
    explicit LiaeModel(const ModelSpec& spec)
        : FaceModel(spec),
          encoder_(register_module("encoder", std::make_shared<Encoder>(spec))),
          decoder_(register_module("decoder", std::make_shared<Decoder>(spec, codeChannels(spec)))),
          ab_(register_module("inter_ab", std::make_shared<Inter>(spec, interChannels(spec)))),
          b_(register_module("inter_b", std::make_shared<Inter>(spec, interChannels(spec)))) {}

    CodedPair forwardCoded(const torch::Tensor& source, const torch::Tensor& destination) override {
        const int64_t batch = source.size(0);
        const auto encoding = encoder_->forward(torch::cat({source, destination}));
        const auto ab = ab_->forward(encoding);
        const auto b = b_->forward(encoding.slice(0, batch));
        const auto first = torch::cat({ab.slice(0, 0, batch), b});
        const auto result = decoder_->forward(torch::cat({first, ab}, 1));
        return {{result.image.slice(0, 0, batch), result.mask.slice(0, 0, batch)},
                {result.image.slice(0, batch), result.mask.slice(0, batch)},
                ab.slice(0, 0, batch),
                ab.slice(0, batch)};
    }
    FaceOutput drawSource(const torch::Tensor& code) override {
        return decoder_->forward(torch::cat({code, code}, 1));
    }
    FaceOutput swap(const torch::Tensor& destination) override {
        return reconstructSource(destination);
    }
    FaceOutput reconstructSource(const torch::Tensor& source) override {
        return drawSource(ab_->forward(encoder_->forward(source)));
    }
    FaceOutput reconstructDestination(const torch::Tensor& destination) override {
        const auto encoding = encoder_->forward(destination);
        return decoder_->forward(torch::cat({b_->forward(encoding), ab_->forward(encoding)}, 1));
    }

  private:
    std::shared_ptr<Encoder> encoder_;
    std::shared_ptr<Decoder> decoder_;
    std::shared_ptr<Inter> ab_, b_;
};

// FNV-1a: the weights of a parameter depend on its name, not on what else is in the network.
uint32_t hashOf(const std::string& name) {
    uint32_t hash = 2166136261u;
    for (const char letter : name) {
        hash = (hash ^ static_cast<uint8_t>(letter)) * 16777619u;
    }
    return hash;
}

// Uniform in +-sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010), in C order of the weight.
torch::Tensor glorotUniform(const torch::Tensor& weight, uint64_t seed, const std::string& name) {
    const int64_t field = weight.numel() / (weight.size(0) * weight.size(1));
    const double bound =
        std::sqrt(6.0 / static_cast<double>((weight.size(0) + weight.size(1)) * field));
    torch::Tensor values = torch::empty(weight.sizes(), torch::kFloat);
    RandomSequence random(
        {.seed = seed, .sample = hashOf(name), .stream = RandomStream::initialWeights});
    float* out = values.data_ptr<float>();
    for (int64_t i = 0; i < values.numel(); ++i) {
        out[i] = static_cast<float>(random.uniform(-bound, bound));
    }
    return values;
}

Error specError(const std::string& key, const std::string& message, const std::string& remedy) {
    return {ErrorCode::usage, message, key, remedy};
}

}  // namespace

Status ModelSpec::check() const {
    if (model != "df" && model != "liae") {
        return specError("model", "there is no model \"" + model + "\"", "Use df or liae");
    }
    for (const char letter : switches) {
        if ((letter != 'u' && letter != 'd' && letter != 't') ||
            std::count(switches.begin(), switches.end(), letter) > 1) {
            return specError("switches", "\"" + switches + "\" are not switches of a model",
                             "Use any of the letters u, d and t, each at most once");
        }
    }
    const int divisor = has('d') || has('t') ? 32 : 16;
    if (resolution < 64 || resolution > 2048 || resolution % divisor != 0) {
        return specError("resolution",
                         "a resolution of " + std::to_string(resolution) + " does not fit",
                         "Use a multiple of " + std::to_string(divisor) + " from 64 to 2048");
    }
    const std::pair<const char*, int> dims[] = {{"encoderDims", encoderDims},
                                                {"decoderDims", decoderDims},
                                                {"maskDims", maskDims},
                                                {"bottleneck", bottleneck}};
    for (const auto& [key, value] : dims) {
        const int most = std::string(key) == "bottleneck" ? 2048 : 512;
        if (value < 1 || value > most) {
            return specError(key, std::to_string(value) + " is out of range",
                             "Use 1 to " + std::to_string(most));
        }
    }
    return {};
}

ModelSpec specOf(const Plan& plan) {
    return {plan.model,       plan.switches, plan.resolution, plan.encoderDims,
            plan.decoderDims, plan.maskDims, plan.bottleneck};
}

Result<std::shared_ptr<FaceModel>> makeModel(const ModelSpec& spec) {
    US_TRY(spec.check());
    if (spec.model == "df") {
        return std::shared_ptr<FaceModel>(std::make_shared<DfModel>(spec));
    }
    return std::shared_ptr<FaceModel>(std::make_shared<LiaeModel>(spec));
}

std::pair<FaceOutput, FaceOutput> FaceModel::forwardPair(const torch::Tensor& source,
                                                         const torch::Tensor& destination) {
    CodedPair pair = forwardCoded(source, destination);
    return {std::move(pair.source), std::move(pair.destination)};
}

void initialise(torch::nn::Module& model, uint64_t seed, const std::string& prefix) {
    const torch::NoGradGuard noGrad;
    for (const auto& item : model.named_parameters()) {
        torch::Tensor parameter = item.value();
        if (parameter.dim() > 1) {
            parameter.copy_(glorotUniform(parameter, seed, prefix + item.key()));
        } else {
            parameter.zero_();
        }
    }
}

void useChannelsLast(torch::nn::Module& model) {
    for (torch::Tensor& parameter : model.parameters()) {
        if (parameter.dim() == 4) {
            parameter.set_data(parameter.detach().contiguous(torch::MemoryFormat::ChannelsLast));
        }
    }
}

}  // namespace understudy::training
