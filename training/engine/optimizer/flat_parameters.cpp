#include "training/engine/optimizer/flat_parameters.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>

#include "media/base/check.h"
#include "training/engine/model/compute_copies.h"
#include "training/engine/model/layers.h"

namespace understudy::training {

namespace {

constexpr int64_t kAlignment = 16;  // numbers: every part starts on a cache line

}  // namespace

torch::Tensor inMemoryOrder(const torch::Tensor& tensor) {
    return tensor.as_strided({tensor.numel()}, {1}, tensor.storage_offset());
}

// Takes gradients from where backward leaves them.
class FlatParameters::Collector {
  public:
    torch::Tensor buffer;
    std::vector<torch::Tensor> views;  // of the buffer, in order of registration
    std::vector<bool> taken;           // of each: whether there was one since they were zeroed
    std::function<void(size_t piece)> arrived;
    bool held = false;  // until backward is over

    // `leaf`: the parameter `index`, or its copy.
    static void listen(const std::shared_ptr<Collector>& collector, const torch::Tensor& leaf,
                       size_t index) {
        torch::autograd::impl::set_post_acc_grad_hooks(leaf,
                                                       std::make_unique<Hook>(collector, index));
    }

    void take(const torch::Tensor& leaf, size_t index) {
        const torch::NoGradGuard noGrad;
        if (taken[index]) {
            views[index].add_(leaf.grad());
        } else {
            views[index].copy_(leaf.grad());
        }
        leaf.mutable_grad().reset();
        taken[index] = true;
        arrived(views.size() - 1 - index);
    }

  private:
    class Hook : public torch::autograd::PostAccumulateGradHook {
      public:
        Hook(std::shared_ptr<Collector> collector, size_t index)
            : collector_(std::move(collector)), index_(index) {}
        void operator()(const torch::autograd::Variable& leaf) override {
            if (collector_->buffer.defined() && !collector_->held) {
                collector_->take(leaf, index_);
            }
        }

      private:
        std::shared_ptr<Collector> collector_;
        size_t index_;
    };
};

// Made when the first layer asks. Each copy remembers the state of the weights it was made from:
// autograd counts writes to the parameter and to the buffer it lies in.
class FlatParameters::Copies : public ComputeCopies {
  public:
    Copies(const torch::Tensor& values, const std::vector<Slice>& slices) : values_(values) {
        for (const Slice& slice : slices) {
            slots_.push_back({slice.offset, torch::Tensor(), {}, false});
        }
    }

    torch::Tensor copyOf(const torch::Tensor& parameter, size_t index) override {
        Slot& slot = slots_[index];
        if (!active_ || (!slot.copy.defined() && !torch::GradMode::is_enabled())) {
            return {};
        }
        if (!buffer_.defined()) {
            buffer_ = torch::zeros_like(values_, torch::kBFloat16);
        }
        const State state = stateOf(parameter);
        if (!slot.copy.defined() || slot.state != state) {
            const torch::NoGradGuard noGrad;
            if (!slot.copy.defined()) {
                // Views of one buffer share a count of writes; the copies must not.
                slot.copy = torch::empty({0}, buffer_.options());
                slot.copy.set_data(
                    buffer_.as_strided(parameter.sizes(), parameter.strides(), slot.offset));
            }
            slot.copy.detach().copy_(parameter);
            slot.state = state;
            slot.copy.requires_grad_(true);
            if (collector_ && !slot.listening) {
                Collector::listen(collector_, slot.copy, index);
                slot.listening = true;
            }
        }
        return parameter.requires_grad() ? slot.copy : slot.copy.detach();
    }

    void renew(const std::vector<Slice>& slices) {
        if (!buffer_.defined()) {
            return;
        }
        const torch::NoGradGuard noGrad;
        buffer_.copy_(values_);
        for (size_t i = 0; i < slots_.size(); ++i) {
            slots_[i].state = stateOf(slices[i].parameter);
        }
    }

    void collect(const std::shared_ptr<Collector>& collector) {
        collector_ = collector;
        for (size_t i = 0; i < slots_.size(); ++i) {
            if (slots_[i].copy.defined() && !slots_[i].listening) {
                Collector::listen(collector, slots_[i].copy, i);
                slots_[i].listening = true;
            }
        }
    }

    void activate(bool active) { active_ = active; }
    const torch::Tensor& buffer() const { return buffer_; }
    torch::Tensor gradient(size_t index) const {
        return slots_[index].copy.defined() ? slots_[index].copy.grad() : torch::Tensor();
    }
    const torch::Tensor& leaf(size_t index) const { return slots_[index].copy; }
    void resetGradients() {
        for (Slot& slot : slots_) {
            if (slot.copy.defined()) {
                slot.copy.mutable_grad().reset();
            }
        }
    }

  private:
    using State = std::pair<int64_t, int64_t>;
    struct Slot {
        int64_t offset;
        torch::Tensor copy;
        State state;
        bool listening = false;
    };
    State stateOf(const torch::Tensor& parameter) const {
        return {parameter._version(), values_._version()};
    }

    torch::Tensor values_, buffer_;
    std::shared_ptr<Collector> collector_;
    std::vector<Slot> slots_;
    bool active_ = true;
};

FlatParameters::FlatParameters(torch::nn::Module& module) {
    const torch::NoGradGuard noGrad;
    std::map<const c10::TensorImpl*, size_t> slots;
    for (const auto& item : module.named_parameters()) {
        slots[item.value().unsafeGetTensorImpl()] = slices_.size();
        slices_.push_back({item.key(), item.value(), 0});
    }
    US_CHECK(!slices_.empty());
    int64_t size = 0;
    for (size_t i = slices_.size(); i-- > 0;) {
        Slice& slice = slices_[i];
        US_CHECK(slice.parameter.is_non_overlapping_and_dense());
        slice.offset = size;
        size += (slice.parameter.numel() + kAlignment - 1) / kAlignment * kAlignment;
    }
    values_ = torch::zeros({size}, slices_.front().parameter.options().requires_grad(false));
    for (Slice& slice : slices_) {
        const torch::Tensor view = viewOf(values_, slice);
        view.copy_(slice.parameter);
        slice.parameter.set_data(view);
    }
    copies_ = std::make_shared<Copies>(values_, slices_);
    for (const auto& part : module.modules(/*include_self=*/false)) {
        if (const auto layer = std::dynamic_pointer_cast<Weighted>(part)) {
            layer->useCopies(copies_, slots.at(layer->weight().unsafeGetTensorImpl()),
                             slots.at(layer->bias().unsafeGetTensorImpl()));
        }
    }
}

FlatParameters::~FlatParameters() {
    copies_->activate(false);
}

torch::Tensor FlatParameters::viewOf(const torch::Tensor& buffer, const Slice& slice) const {
    return buffer.as_strided(slice.parameter.sizes(), slice.parameter.strides(), slice.offset);
}

void FlatParameters::zeroGradients() {
    for (Slice& slice : slices_) {
        slice.parameter.mutable_grad().reset();
    }
    copies_->resetGradients();
    if (collector_) {
        collector_->taken.assign(slices_.size(), false);
    }
}

torch::Tensor FlatParameters::makeBuffer() const {
    return torch::zeros_like(values_);
}

NamedTensors FlatParameters::views(const torch::Tensor& buffer, const std::string& prefix) const {
    NamedTensors result;
    for (const Slice& slice : slices_) {
        result.push_back({prefix + slice.name, viewOf(buffer, slice)});
    }
    return result;
}

std::vector<torch::Tensor> FlatParameters::pieces(const torch::Tensor& buffer) const {
    std::vector<torch::Tensor> result;
    for (size_t i = slices_.size(); i-- > 0;) {
        result.push_back(buffer.narrow(0, slices_[i].offset, slices_[i].parameter.numel()));
    }
    return result;
}

void FlatParameters::use(const torch::Tensor& buffer) {
    US_CHECK(buffer.sizes() == values_.sizes() && buffer.scalar_type() == values_.scalar_type());
    for (Slice& slice : slices_) {
        slice.parameter.set_data(viewOf(buffer, slice));
    }
    copies_->activate(buffer.is_same(values_));
}

void FlatParameters::collectGradients(const torch::Tensor& buffer,
                                      std::function<void(size_t piece)> arrived) {
    US_CHECK(!buffer.defined() || buffer.sizes() == values_.sizes());
    const bool first = !collector_;
    if (first) {
        collector_ = std::make_shared<Collector>();
    }
    collector_->buffer = buffer;
    collector_->arrived = std::move(arrived);
    collector_->taken.assign(slices_.size(), false);
    collector_->views.clear();
    for (size_t i = 0; i < slices_.size() && buffer.defined(); ++i) {
        collector_->views.push_back(viewOf(buffer, slices_[i]));
    }
    if (first) {
        for (size_t i = 0; i < slices_.size(); ++i) {
            Collector::listen(collector_, slices_[i].parameter, i);
        }
        copies_->collect(collector_);
    }
}

void FlatParameters::holdGradients() {
    if (collector_) {
        collector_->held = true;
    }
}

// In about the order in which backward finishes them.
void FlatParameters::takeHeldGradients() {
    if (!collector_ || !collector_->held) {
        return;
    }
    collector_->held = false;
    for (size_t i = slices_.size(); i-- > 0 && collector_->buffer.defined();) {
        const torch::Tensor& parameter = slices_[i].parameter;
        if (copies_->gradient(i).defined()) {
            collector_->take(copies_->leaf(i), i);
        } else if (parameter.grad().defined()) {
            collector_->take(parameter, i);
        }
    }
}

std::vector<torch::Tensor> FlatParameters::gradientPieces() const {
    if (collector_ && collector_->buffer.defined()) {
        std::vector<torch::Tensor> all = pieces(collector_->buffer);
        for (size_t i = 0; i < all.size(); ++i) {
            if (!collector_->taken[all.size() - 1 - i]) {
                all[i].reset();
            }
        }
        return all;
    }
    std::vector<torch::Tensor> result;
    for (size_t i = slices_.size(); i-- > 0;) {
        const torch::Tensor& parameter = slices_[i].parameter;
        torch::Tensor gradient = copies_->gradient(i);
        if (!gradient.defined()) {
            gradient = parameter.grad();
        }
        if (!gradient.defined()) {
            result.emplace_back();
            continue;
        }
        if (gradient.strides() != parameter.strides()) {
            gradient = torch::empty_like(parameter, gradient.scalar_type()).copy_(gradient);
        }
        result.push_back(inMemoryOrder(gradient.detach()));
    }
    return result;
}

std::vector<bool> FlatParameters::marked(
    const std::function<bool(const std::string& name)>& of) const {
    std::vector<bool> result;
    for (size_t i = slices_.size(); i-- > 0;) {
        result.push_back(of(slices_[i].name));
    }
    return result;
}

std::vector<torch::Tensor> FlatParameters::copyPieces() const {
    return copies_->buffer().defined() ? pieces(copies_->buffer()) : std::vector<torch::Tensor>();
}

void FlatParameters::renewCopies() {
    copies_->renew(slices_);
}

}  // namespace understudy::training
