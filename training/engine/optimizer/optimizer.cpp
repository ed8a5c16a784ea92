#include "training/engine/optimizer/optimizer.h"

#include <torch/torch.h>

namespace understudy::training {

namespace {

constexpr double kAdamBeta1 = 0.5, kAdamBeta2 = 0.999, kAdamEpsilon = 1e-8;
constexpr double kBeliefBeta1 = 0.9, kBeliefBeta2 = 0.999, kBeliefEpsilon = 1e-6;

class Adam : public Optimizer {
  public:
    explicit Adam(std::shared_ptr<FlatParameters> parameters)
        : Optimizer(std::move(parameters), "exp_avg", "exp_avg_sq") {}

  private:
    void update(Pieces& pieces, double learningRate, const torch::Tensor& scale,
                const torch::Tensor& bad) override {
        // The kernel only reads the count, so that all pieces share one.
        const std::vector<torch::Tensor> steps(pieces.values.size(), step_);
        at::_fused_adam_(pieces.values, pieces.gradients, pieces.first, pieces.second, {}, steps,
                         learningRate, kAdamBeta1, kAdamBeta2, 0, kAdamEpsilon, false, false,
                         scale.defined() ? std::optional(scale) : std::nullopt, bad);
    }
};

class AdaBelief : public Optimizer {
  public:
    explicit AdaBelief(std::shared_ptr<FlatParameters> parameters)
        : Optimizer(std::move(parameters), "exp_avg", "exp_avg_var") {}

  private:
    // A step to leave out turns every coefficient into 0; what is not finite in its gradient must
    // go first, since it would survive a product with 0.
    void update(Pieces& pieces, double learningRate, const torch::Tensor& scale,
                const torch::Tensor& bad) override {
        const auto good = (1 - bad).to(pieces.values.front().scalar_type());
        for (size_t i = 0; i < pieces.values.size(); ++i) {
            auto& gradient = pieces.gradients[i];
            auto& mean = pieces.first[i];
            auto& variance = pieces.second[i];
            gradient.nan_to_num_(0.0, 0.0, 0.0);
            if (scale.defined()) {
                gradient.div_(scale);
            }
            mean.add_((gradient - mean).mul_(good * (1 - kBeliefBeta1)));
            const auto difference = gradient.sub_(mean);
            variance.add_(difference.square_().sub_(variance).mul_(good * (1 - kBeliefBeta2)));
            pieces.values[i].sub_(
                (mean / (variance.sqrt().add_(kBeliefEpsilon))).mul_(good * learningRate));
        }
    }
};

}  // namespace

Optimizer::Optimizer(std::shared_ptr<FlatParameters> parameters, std::string firstName,
                     std::string secondName)
    : parameters_(std::move(parameters)),
      firstName_(std::move(firstName)),
      secondName_(std::move(secondName)),
      first_(parameters_->makeBuffer()),
      second_(parameters_->makeBuffer()) {
    const auto scalar = first_.options().dtype(torch::kFloat);
    step_ = torch::zeros({}, scalar);
    norm_ = torch::zeros({}, scalar);
    skipped_ = torch::zeros({}, scalar);
    pieces_.values = parameters_->pieces(parameters_->values());
    pieces_.first = parameters_->pieces(first_);
    pieces_.second = parameters_->pieces(second_);
}

void Optimizer::step(double learningRate, double clipNorm) {
    const torch::NoGradGuard noGrad;
    pieces_.gradients = parameters_->gradientPieces();
    norm_ = torch::stack(torch::_foreach_norm(pieces_.gradients)).norm().to(torch::kFloat);
    const auto bad = torch::isfinite(norm_).logical_not().to(torch::kFloat);
    skipped_.add_(bad);
    step_.add_(1 - bad);
    torch::Tensor scale;
    if (clipNorm > 0) {
        scale = (norm_ / clipNorm).clamp_min(1);
        // Reading a number back costs nothing on the CPU and saves a pass over the gradients.
        if (scale.is_cpu() && scale.item<float>() == 1.0f) {
            scale.reset();
        }
    }
    update(pieces_, learningRate, scale, bad);
    pieces_.gradients.clear();
}

NamedTensors Optimizer::state() const {
    NamedTensors result = parameters_->views(first_, firstName_ + ".");
    for (auto& named : parameters_->views(second_, secondName_ + ".")) {
        result.push_back(std::move(named));
    }
    result.push_back({"step", step_});
    result.push_back({"skipped", skipped_});
    return result;
}

Result<std::unique_ptr<Optimizer>> makeOptimizer(const std::string& name,
                                                 std::shared_ptr<FlatParameters> parameters) {
    if (name == "adam") {
        return std::unique_ptr<Optimizer>(std::make_unique<Adam>(std::move(parameters)));
    }
    if (name == "adabelief") {
        return std::unique_ptr<Optimizer>(std::make_unique<AdaBelief>(std::move(parameters)));
    }
    return Error{ErrorCode::usage, "there is no optimizer \"" + name + "\"", "optimizer",
                 "Use adam or adabelief"};
}

}  // namespace understudy::training
