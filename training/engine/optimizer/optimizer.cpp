#include "training/engine/optimizer/optimizer.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "training/engine/model/parallel.h"
#include "training/engine/optimizer/update_kernel.h"

namespace understudy::training {

namespace {

constexpr double kAdamBeta1 = 0.5, kAdamBeta2 = 0.999, kAdamEpsilon = 1e-8;
constexpr double kBeliefBeta1 = 0.9, kBeliefBeta2 = 0.999, kBeliefEpsilon = 1e-6;
constexpr int64_t kStretch = 1 << 16;  // numbers that one thread takes at a time
constexpr int64_t kMaskedAtOnce = 1 << 24;

UpdateSpan gradientSpan(const torch::Tensor& gradient) {
    UpdateSpan span;
    span.count = gradient.numel();
    if (gradient.scalar_type() == torch::kBFloat16) {
        span.narrow = static_cast<const uint16_t*>(gradient.const_data_ptr());
    } else {
        span.gradient = gradient.const_data_ptr<float>();
    }
    return span;
}

UpdateSpan partOf(const UpdateSpan& whole, int64_t begin, int64_t end) {
    const auto moved = [begin](auto* pointer) {
        return pointer == nullptr ? pointer : pointer + begin;
    };
    return {moved(whole.values), moved(whole.first), moved(whole.second), moved(whole.gradient),
            moved(whole.narrow), moved(whole.copy),  end - begin};
}

}  // namespace

// One piece per parameter, in one dimension.
struct Optimizer::Pieces {
    std::vector<torch::Tensor> values, gradients, first, second, copies;
    std::vector<torch::Tensor> updates;  // how many there were; empty where they are not counted

    UpdateSpan span(size_t i) const {
        UpdateSpan result = gradientSpan(gradients[i]);
        result.values = values[i].data_ptr<float>();
        result.first = first[i].data_ptr<float>();
        result.second = second[i].data_ptr<float>();
        if (!copies.empty()) {
            result.copy = static_cast<uint16_t*>(copies[i].data_ptr());
        }
        return result;
    }

    // On all threads; what is done must not depend on how the pieces are cut. `work` is also told
    // the number of the piece.
    template <class Work>
    void inStretches(const Work& work) const {
        std::vector<std::pair<UpdateSpan, size_t>> stretches;
        for (size_t i = 0; i < values.size(); ++i) {
            const UpdateSpan whole = span(i);
            for (int64_t begin = 0; begin < whole.count; begin += kStretch) {
                stretches.emplace_back(
                    partOf(whole, begin, std::min(whole.count, begin + kStretch)), i);
            }
        }
        parallelFor(static_cast<int64_t>(stretches.size()), [&](int64_t i) {
            const auto& [span, piece] = stretches[static_cast<size_t>(i)];
            work(span, piece);
        });
    }

    // Where there is no kernel of our own, all in the type of the weights.
    void widen() {
        for (size_t i = 0; i < values.size(); ++i) {
            gradients[i] = gradients[i].to(values[i].scalar_type());
        }
    }
};

namespace {

// With weight decay it is AdamW.
class Adam : public Optimizer {
  public:
    Adam(std::shared_ptr<FlatParameters> parameters, double weightDecay, bool countUpdates)
        : Optimizer(std::move(parameters), "exp_avg", "exp_avg_sq", countUpdates),
          weightDecay_(weightDecay) {}

  private:
    void updateInPlace(const Pieces& pieces, double learningRate, double gradientFactor) override {
        AdamFactors factors;
        factors.beta1 = static_cast<float>(kAdamBeta1);
        factors.beta2 = static_cast<float>(kAdamBeta2);
        factors.epsilon = static_cast<float>(kAdamEpsilon);
        factors.gradientFactor = static_cast<float>(gradientFactor);
        factors.kept = static_cast<float>(1 - learningRate * weightDecay_);
        std::vector<AdamFactors> all;  // of each piece, or one for all
        for (size_t i = 0; i < std::max<size_t>(1, pieces.updates.size()); ++i) {
            const double steps =
                (pieces.updates.empty() ? step_ : pieces.updates[i]).item<double>();
            factors.rate = static_cast<float>(learningRate / (1 - std::pow(kAdamBeta1, steps)));
            factors.secondFactor =
                static_cast<float>(1 / std::sqrt(1 - std::pow(kAdamBeta2, steps)));
            all.push_back(factors);
        }
        pieces.inStretches([&](const UpdateSpan& span, size_t piece) {
            adamUpdate(span, all[all.size() > 1 ? piece : 0]);
        });
    }

    void updateOnDevice(Pieces& pieces, double learningRate, const torch::Tensor& scale,
                        const torch::Tensor& bad) override {
        // The kernel only reads the count, so that all pieces may share one.
        const std::vector<torch::Tensor> steps =
            pieces.updates.empty() ? std::vector<torch::Tensor>(pieces.values.size(), step_)
                                   : pieces.updates;
        at::_fused_adamw_(pieces.values, pieces.gradients, pieces.first, pieces.second, {}, steps,
                          learningRate, kAdamBeta1, kAdamBeta2, weightDecay_, kAdamEpsilon, false,
                          false, scale, bad);
    }

    double weightDecay_;
};

class AdaBelief : public Optimizer {
  public:
    explicit AdaBelief(std::shared_ptr<FlatParameters> parameters)
        : Optimizer(std::move(parameters), "exp_avg", "exp_avg_var", false) {}

  private:
    void updateInPlace(const Pieces& pieces, double learningRate, double gradientFactor) override {
        const BeliefFactors factors{
            static_cast<float>(kBeliefBeta1), static_cast<float>(kBeliefBeta2),
            static_cast<float>(kBeliefEpsilon), static_cast<float>(learningRate),
            static_cast<float>(gradientFactor)};
        pieces.inStretches([&](const UpdateSpan& span, size_t) { beliefUpdate(span, factors); });
    }

    // A step to leave out turns every coefficient into 0; what is not finite in its gradient must
    // go first, since it would survive a product with 0.
    void updateOnDevice(Pieces& pieces, double learningRate, const torch::Tensor& scale,
                        const torch::Tensor& bad) override {
        const auto good = (1 - bad).to(pieces.values.front().scalar_type());
        const auto factor = scale.reciprocal().nan_to_num_(0.0, 0.0, 0.0);
        for (size_t i = 0; i < pieces.values.size(); ++i) {
            auto& mean = pieces.first[i];
            auto& variance = pieces.second[i];
            const auto gradient = pieces.gradients[i].nan_to_num(0.0, 0.0, 0.0).mul_(factor);
            mean.add_((gradient - mean).mul_(good * (1 - kBeliefBeta1)));
            const auto difference = gradient.sub_(mean);
            variance.add_(difference.square_().sub_(variance).mul_(good * (1 - kBeliefBeta2)));
            pieces.values[i].sub_(
                (mean / variance.sqrt().add_(kBeliefEpsilon)).mul_(good * learningRate));
        }
    }
};

// Of all pieces, in fp32: partial sums over fixed stretches, added in order.
double normInPlace(const std::vector<torch::Tensor>& gradients) {
    std::vector<UpdateSpan> stretches;
    for (const torch::Tensor& gradient : gradients) {
        const UpdateSpan whole = gradientSpan(gradient);
        for (int64_t begin = 0; begin < whole.count; begin += kStretch) {
            stretches.push_back(partOf(whole, begin, std::min(whole.count, begin + kStretch)));
        }
    }
    std::vector<double> sums(stretches.size());
    parallelFor(static_cast<int64_t>(sums.size()), [&](int64_t i) {
        sums[static_cast<size_t>(i)] = sumOfSquares(stretches[static_cast<size_t>(i)]);
    });
    double total = 0;
    for (const double sum : sums) {
        total += sum;
    }
    return std::sqrt(total);
}

}  // namespace

Optimizer::Optimizer(std::shared_ptr<FlatParameters> parameters, std::string firstName,
                     std::string secondName, bool countUpdates)
    : parameters_(std::move(parameters)),
      firstName_(std::move(firstName)),
      secondName_(std::move(secondName)),
      first_(parameters_->makeBuffer()),
      second_(parameters_->makeBuffer()),
      all_(std::make_unique<Pieces>()),
      pieces_(std::make_unique<Pieces>()) {
    const auto scalar = first_.options().dtype(torch::kFloat);
    step_ = torch::zeros({}, scalar);
    norm_ = torch::zeros({}, scalar);
    skipped_ = torch::zeros({}, scalar);
    all_->values = parameters_->pieces(parameters_->values());
    all_->first = parameters_->pieces(first_);
    all_->second = parameters_->pieces(second_);
    if (countUpdates) {
        updates_ = torch::zeros({static_cast<int64_t>(parameters_->count())}, scalar);
        all_->updates = updates_.unbind();
    }
}

Optimizer::~Optimizer() = default;

void Optimizer::step(double learningRate, double clipNorm, const UpdateMask& mask) {
    const torch::NoGradGuard noGrad;
    takePieces();
    if (pieces_->values.empty()) {
        return;
    }
    const torch::Tensor& values = parameters_->values();
    if (values.is_cpu() && values.scalar_type() == torch::kFloat) {
        stepInPlace(learningRate, clipNorm, mask);
    } else {
        stepOnDevice(learningRate, clipNorm, mask);
    }
    *pieces_ = Pieces();
}

// Those of the parameters that have a gradient.
void Optimizer::takePieces() {
    const std::vector<torch::Tensor> gradients = parameters_->gradientPieces();
    all_->copies = parameters_->copyPieces();
    for (size_t i = 0; i < gradients.size(); ++i) {
        if (!gradients[i].defined()) {
            continue;
        }
        pieces_->gradients.push_back(gradients[i]);
        for (const auto part : {&Pieces::values, &Pieces::first, &Pieces::second, &Pieces::copies,
                                &Pieces::updates}) {
            if (const auto& from = (*all_).*part; !from.empty()) {
                ((*pieces_).*part).push_back(from[i]);
            }
        }
    }
}

void Optimizer::stepInPlace(double learningRate, double clipNorm, const UpdateMask& mask) {
    const double norm = normInPlace(pieces_->gradients);
    norm_.fill_(norm);
    if (!std::isfinite(norm)) {
        skipped_.add_(1);
        return;
    }
    step_.add_(1);
    for (const torch::Tensor& count : pieces_->updates) {
        count.add_(1);
    }
    const auto before = mask.all() ? torch::Tensor() : parameters_->values().clone();
    updateInPlace(*pieces_, learningRate, clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1.0);
    if (before.defined()) {
        const float* old = before.const_data_ptr<float>();
        const float* start = parameters_->values().const_data_ptr<float>();
        const MaskKey key = mask.key();
        pieces_->inStretches([&](const UpdateSpan& span, size_t) {
            const auto position = span.values - start;
            keepChosen(span, old + position, static_cast<uint32_t>(position), key);
        });
    }
}

void Optimizer::stepOnDevice(double learningRate, double clipNorm, const UpdateMask& mask) {
    pieces_->widen();
    norm_ = torch::stack(torch::_foreach_norm(pieces_->gradients)).norm().to(torch::kFloat);
    const auto bad = torch::isfinite(norm_).logical_not().to(torch::kFloat);
    skipped_.add_(bad);
    step_.add_(1 - bad);
    if (!pieces_->updates.empty()) {
        torch::_foreach_add_(pieces_->updates, 1 - bad);
    }
    const auto scale = clipNorm > 0 ? (norm_ / clipNorm).clamp_min(1) : torch::ones_like(norm_);
    const torch::Tensor& values = parameters_->values();
    const auto before = mask.all() ? torch::Tensor() : values.clone();
    updateOnDevice(*pieces_, learningRate, scale, bad);
    const int64_t size = before.defined() ? values.numel() : 0;
    for (int64_t first = 0; first < size; first += kMaskedAtOnce) {
        const int64_t count = std::min(kMaskedAtOnce, size - first);
        const auto mine = chosen(mask.key(), first, count, values.device());
        auto part = values.narrow(0, first, count);
        part.copy_(torch::where(mine, part, before.narrow(0, first, count)));
    }
    parameters_->renewCopies();  // fused updates are not counted as writes
}

NamedTensors Optimizer::state() const {
    NamedTensors result = parameters_->views(first_, firstName_ + ".");
    for (auto& named : parameters_->views(second_, secondName_ + ".")) {
        result.push_back(std::move(named));
    }
    result.push_back({"step", step_});
    result.push_back({"skipped", skipped_});
    if (updates_.defined()) {
        result.push_back({"updates", updates_});
    }
    return result;
}

Result<std::unique_ptr<Optimizer>> makeOptimizer(const std::string& name,
                                                 std::shared_ptr<FlatParameters> parameters,
                                                 double weightDecay, bool countUpdates) {
    if (name == "adam" || name == "adamw") {
        return std::unique_ptr<Optimizer>(std::make_unique<Adam>(
            std::move(parameters), name == "adamw" ? weightDecay : 0, countUpdates));
    }
    if (name == "adabelief") {
        return std::unique_ptr<Optimizer>(std::make_unique<AdaBelief>(std::move(parameters)));
    }
    return Error{ErrorCode::usage, "there is no optimizer \"" + name + "\"", "optimizer",
                 "Use adam, adamw or adabelief"};
}

}  // namespace understudy::training
