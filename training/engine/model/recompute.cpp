#include "training/engine/model/recompute.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "training/engine/model/autocast.h"

namespace understudy::training {

namespace {

using torch::autograd::variable_list;

class StageNode : public torch::autograd::Node {
  public:
    StageNode(const torch::Tensor& input, Stage stage)
        : Node(torch::autograd::collect_next_edges(input)),
          input_(input, /*is_output=*/false),
          stage_(std::move(stage)),
          device_(input.device()) {
        const auto type = device_.type();
        const bool narrow = at::autocast::is_autocast_enabled(type) &&
                            at::autocast::get_autocast_dtype(type) == torch::kBFloat16;
        precision_ = narrow ? Precision::bf16 : Precision::fp32;
    }

    variable_list apply(variable_list&& gradients) override {
        const torch::Tensor kept = input_.unpack();
        const torch::Tensor input = kept.detach().requires_grad_(kept.requires_grad());
        torch::autograd::Edge root;
        {
            const torch::AutoGradMode recording(true);
            const AutocastScope autocast(device_, precision_);
            // The result itself is not needed again.
            root = torch::autograd::impl::gradient_edge(stage_(input));
        }
        torch::autograd::Engine::get_default_engine().execute(
            {root}, {std::move(gradients[0])}, /*keep_graph=*/false, /*create_graph=*/false,
            /*accumulate_grad=*/true);
        return {input.grad()};
    }

    void release_variables() override { input_.reset_data(); }
    std::string name() const override { return "RecomputedStage"; }

  private:
    torch::autograd::SavedVariable input_;
    Stage stage_;
    torch::Device device_;
    Precision precision_;
};

}  // namespace

torch::Tensor recomputed(const torch::Tensor& input, Stage stage) {
    if (!torch::GradMode::is_enabled()) {
        return stage(input);
    }
    // With gradients as backward will do it, since layers choose their kernels by that. What would
    // be kept for backward goes with the result's history.
    const torch::Tensor output = stage(input.detach()).tensor_data();
    const std::shared_ptr<torch::autograd::Node> node(new StageNode(input, std::move(stage)),
                                                      torch::autograd::deleteNode);
    torch::autograd::set_history(output, node);
    return output;
}

}  // namespace understudy::training
