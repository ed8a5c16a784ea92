#include "training/engine/model/face_model.h"

#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "media/base/check.h"
#include "media/base/philox.h"
#include "training/engine/model/parts.h"

namespace understudy::training {

namespace {

// "source", "destination", "2", ...: how tensors of an identity are called.
std::string identityName(size_t identity) {
    return identity == 0 ? "source" : identity == 1 ? "destination" : std::to_string(identity);
}

// The identity that a parameter belongs to alone, as its name says behind `beginning`; nothing
// where it is shared.
std::optional<std::string> ownerOf(const std::string& parameter, const std::string& beginning) {
    if (!parameter.starts_with(beginning)) {
        return std::nullopt;
    }
    const size_t end = std::min(parameter.find('.'), parameter.size());
    return parameter.substr(beginning.size(), end - beginning.size());
}

// One encoder and one inter for all, one decoder for each identity.
class DfModel : public FaceModel {
  public:
    explicit DfModel(const ModelSpec& spec)
        : FaceModel(spec),
          encoder_(register_module("encoder", std::make_shared<Encoder>(spec))),
          inter_(register_module("inter", std::make_shared<Inter>(spec, interChannels(spec)))) {
        for (size_t i = 0; i < static_cast<size_t>(spec.identities); ++i) {
            decoders_.push_back(register_module(
                "decoder_" + identityName(i), std::make_shared<Decoder>(spec, codeChannels(spec))));
        }
    }

    CodedPair forwardCoded(const torch::Tensor& source, const torch::Tensor& destination) override {
        const auto codes = code(torch::cat({source, destination})).chunk(2);
        return {draw(this->source(), codes[0]),
                draw(this->destination(), codes[1]),
                codes[0],
                codes[1],
                {}};
    }
    FaceOutput drawSwap(const CodedPair& pair) override {
        return draw(source(), pair.destinationCode.detach());
    }
    FaceOutput swap(const torch::Tensor& destination) override {
        return draw(source(), code(destination));
    }
    FaceOutput reconstructSource(const torch::Tensor& source) override {
        return draw(this->source(), code(source));
    }
    FaceOutput reconstructDestination(const torch::Tensor& destination) override {
        return draw(this->destination(), code(destination));
    }
    bool takesPart(const std::string& parameter) const override {
        const auto owner = ownerOf(parameter, "decoder_");
        return !owner || *owner == identityName(source()) || *owner == identityName(destination());
    }
    void recompute(bool on) override {
        encoder_->recompute(on);
        for (const auto& decoder : decoders_) {
            decoder->recompute(on);
        }
    }

  private:
    torch::Tensor code(const torch::Tensor& image) {
        return inter_->forward(encoder_->forward(image));
    }
    FaceOutput draw(size_t identity, const torch::Tensor& code) {
        return decoders_[identity]->forward(code);
    }

    std::shared_ptr<Encoder> encoder_;
    std::shared_ptr<Inter> inter_;
    std::vector<std::shared_ptr<Decoder>> decoders_;  // of each identity
};

// One encoder and one decoder; what a face is made of says whose it is: identity 0 = [AB, AB],
// identity 1 = [B, AB], any other = [its learned code, AB]. A swap takes AB of the destination.
class LiaeModel : public FaceModel {
  public:
    explicit LiaeModel(const ModelSpec& spec)
        : FaceModel(spec),
          encoder_(register_module("encoder", std::make_shared<Encoder>(spec))),
          decoder_(register_module("decoder", std::make_shared<Decoder>(spec, codeChannels(spec)))),
          ab_(register_module("inter_ab", std::make_shared<Inter>(spec, interChannels(spec)))),
          b_(register_module("inter_b", std::make_shared<Inter>(spec, interChannels(spec)))) {
        const int64_t channels = interChannels(spec), side = Inter::codeSide(spec);
        for (size_t i = 2; i < static_cast<size_t>(spec.identities); ++i) {
            codes_.push_back(register_parameter("code_" + identityName(i),
                                                torch::zeros({1, channels, side, side})));
        }
    }

    CodedPair forwardCoded(const torch::Tensor& source, const torch::Tensor& destination) override {
        const int64_t batch = source.size(0);
        const auto encoding = encoder_->forward(torch::cat({source, destination}));
        const auto ab = ab_->forward(encoding);
        const auto sourceCode = ab.slice(0, 0, batch), destinationCode = ab.slice(0, batch);
        const auto ownDestination = encoding.slice(0, batch);
        const auto first =
            torch::cat({whose(this->source(), encoding.slice(0, 0, batch), sourceCode),
                        whose(this->destination(), ownDestination, destinationCode)});
        const auto result = decoder_->forward(torch::cat({first, ab}, 1));
        return {{result.image.slice(0, 0, batch), result.mask.slice(0, 0, batch)},
                {result.image.slice(0, batch), result.mask.slice(0, batch)},
                sourceCode,
                destinationCode,
                ownDestination};
    }
    FaceOutput drawSwap(const CodedPair& pair) override {
        const auto code = pair.destinationCode.detach();
        auto identity = whose(source(), pair.destinationEncoding.detach(), code);
        if (source() == 1) {
            identity = identity.detach();
        }
        return decoder_->forward(torch::cat({identity, code}, 1));
    }
    FaceOutput swap(const torch::Tensor& destination) override {
        return drawn(source(), destination);
    }
    FaceOutput reconstructSource(const torch::Tensor& source) override {
        return drawn(this->source(), source);
    }
    FaceOutput reconstructDestination(const torch::Tensor& destination) override {
        return drawn(this->destination(), destination);
    }
    bool takesPart(const std::string& parameter) const override {
        if (parameter.starts_with("inter_b.")) {
            return source() == 1 || destination() == 1;
        }
        const auto owner = ownerOf(parameter, "code_");
        return !owner || *owner == identityName(source()) || *owner == identityName(destination());
    }
    void recompute(bool on) override {
        encoder_->recompute(on);
        decoder_->recompute(on);
    }

  private:
    // What stands beside `ab`, the code of `encoding`, to say whose face it is.
    torch::Tensor whose(size_t identity, const torch::Tensor& encoding, const torch::Tensor& ab) {
        if (identity < 2) {
            return identity == 0 ? ab : b_->forward(encoding);
        }
        return codes_[identity - 2].to(ab.scalar_type()).expand_as(ab);
    }
    FaceOutput drawn(size_t identity, const torch::Tensor& image) {
        const auto encoding = encoder_->forward(image);
        const auto ab = ab_->forward(encoding);
        return decoder_->forward(torch::cat({whose(identity, encoding, ab), ab}, 1));
    }

    std::shared_ptr<Encoder> encoder_;
    std::shared_ptr<Decoder> decoder_;
    std::shared_ptr<Inter> ab_, b_;
    std::vector<torch::Tensor> codes_;  // of identities 2 and up
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
    if (identities < 2 || identities > static_cast<int>(kMostIdentities)) {
        return specError("others", std::to_string(identities) + " faces are not learned together",
                         "Use 2 to " + std::to_string(kMostIdentities));
    }
    return {};
}

ModelSpec specOf(const Plan& plan) {
    return {plan.model,       plan.switches,
            plan.resolution,  plan.encoderDims,
            plan.decoderDims, plan.maskDims,
            plan.bottleneck,  static_cast<int>(performersOf(plan).size())};
}

Result<std::shared_ptr<FaceModel>> makeModel(const ModelSpec& spec) {
    US_TRY(spec.check());
    if (spec.model == "df") {
        return std::shared_ptr<FaceModel>(std::make_shared<DfModel>(spec));
    }
    return std::shared_ptr<FaceModel>(std::make_shared<LiaeModel>(spec));
}

void FaceModel::choose(size_t source, size_t destination) {
    const auto count = static_cast<size_t>(spec_.identities);
    US_CHECK(source < count && destination < count);
    source_ = source;
    destination_ = destination;
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
