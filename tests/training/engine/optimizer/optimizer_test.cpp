#include "training/engine/optimizer/optimizer.h"

#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/training/engine/single_thread.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"
#include "training/engine/optimizer/ema.h"

using namespace understudy;
using namespace understudy::training;

namespace {

constexpr double kRate = 0.01;

// Parameters of several shapes and layouts, with gradients of a known size.
struct Toy : torch::nn::Module {
    torch::Tensor conv =
        register_parameter("conv", torch::linspace(-1, 1, 3 * 2 * 3 * 3)
                                       .view({3, 2, 3, 3})
                                       .contiguous(torch::MemoryFormat::ChannelsLast));
    torch::Tensor bias = register_parameter("bias", torch::linspace(0, 1, 5));
    torch::Tensor dense = register_parameter("dense", torch::linspace(-2, 2, 70000).view({7, -1}));

    std::vector<torch::Tensor> all() { return {conv, bias, dense}; }
    void setGradients(int64_t step, double size) {
        int64_t index = 0;
        for (auto& parameter : all()) {
            const auto ramp = torch::arange(parameter.numel(), torch::kDouble);
            const double phase = static_cast<double>(step + index++);
            parameter.mutable_grad() =
                (torch::sin(ramp * 0.7 + phase) * size).view(parameter.sizes()).to(parameter);
        }
    }
};

// One parameter's course in double precision, from the formulas of the header.
struct Reference {
    torch::Tensor value, first, second;
    explicit Reference(const torch::Tensor& parameter)
        : value(parameter.detach().to(torch::kDouble).clone()),
          first(torch::zeros_like(value)),
          second(torch::zeros_like(value)) {}
    void adam(const torch::Tensor& gradient, int64_t step, double weightDecay = 0) {
        const auto g = gradient.to(torch::kDouble);
        const double t = static_cast<double>(step);
        first = 0.5 * first + 0.5 * g;
        second = 0.999 * second + 0.001 * g * g;
        const auto m = first / (1 - std::pow(0.5, t));
        const auto v = second / (1 - std::pow(0.999, t));
        value = value - kRate * weightDecay * value;
        value = value - kRate * m / (v.sqrt() + 1e-8);
    }
    void belief(const torch::Tensor& gradient) {
        const auto g = gradient.to(torch::kDouble);
        first = 0.9 * first + 0.1 * g;
        second = 0.999 * second + 0.001 * (g - first).square();
        value = value - kRate * first / (second.sqrt() + 1e-6);
    }
};

double globalNorm(Toy& toy) {
    double sum = 0;
    for (const auto& parameter : toy.all()) {
        sum += parameter.grad().to(torch::kDouble).square().sum().item<double>();
    }
    return std::sqrt(sum);
}

double distance(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.to(torch::kDouble) - b.to(torch::kDouble)).abs().max().item<double>();
}

}  // namespace

TEST_CASE("parameters become views of one buffer and keep their layout and values") {
    Toy toy, original;
    FlatParameters flat(toy);
    CHECK(toy.conv.is_contiguous(torch::MemoryFormat::ChannelsLast));
    for (size_t i = 0; i < toy.all().size(); ++i) {
        CHECK(torch::equal(toy.all()[i], original.all()[i]));
        CHECK(toy.all()[i].storage().is_alias_of(flat.values().storage()));
        CHECK(toy.all()[i].storage_offset() % 16 == 0);
    }
    const auto views = flat.views(flat.values(), "x.");
    REQUIRE(views.size() == 3);
    CHECK(views[0].name == "x.conv");
    CHECK(views[0].tensor.strides() == toy.conv.strides());
    {
        const torch::NoGradGuard noGrad;
        flat.values().fill_(3);
    }
    CHECK(toy.dense.min().item<float>() == 3);
    // Reverse order of registration.
    CHECK(toy.dense.storage_offset() < toy.bias.storage_offset());
    CHECK(toy.bias.storage_offset() < toy.conv.storage_offset());
}

TEST_CASE("steps follow the formulas, clipped and not, in every type") {
    constexpr double kDecay = 0.3;
    for (const char* name : {"adam", "adamw", "adabelief"}) {
        for (const auto type : {torch::kFloat, torch::kDouble}) {
            for (const double clip : {0.0, 1.0}) {
                CAPTURE(name, torch::toString(type), clip);
                Toy toy;
                toy.to(type);
                std::vector<Reference> references;
                for (const auto& parameter : toy.all()) {
                    references.emplace_back(parameter);
                }
                auto flat = std::make_shared<FlatParameters>(toy);
                auto optimizer = makeOptimizer(name, flat, kDecay).value();
                for (int64_t step = 1; step <= 5; ++step) {
                    toy.setGradients(step, step == 3 ? 1e-3 : 0.5);
                    const double norm = globalNorm(toy);
                    const double factor = clip > 0 && norm > clip ? clip / norm : 1;
                    for (size_t i = 0; i < references.size(); ++i) {
                        const auto gradient = toy.all()[i].grad() * factor;
                        if (std::string(name) == "adam") {
                            references[i].adam(gradient, step);
                        } else if (std::string(name) == "adamw") {
                            references[i].adam(gradient, step, kDecay);
                        } else {
                            references[i].belief(gradient);
                        }
                    }
                    optimizer->step(kRate, clip);
                    CHECK(optimizer->gradientNorm().item<double>() == Approx(norm).epsilon(1e-5));
                }
                CHECK(optimizer->skippedSteps().item<double>() == 0);
                for (size_t i = 0; i < references.size(); ++i) {
                    // The first step goes by the rate whatever the gradient: near a gradient of 0
                    // rounding shows.
                    CHECK(distance(toy.all()[i], references[i].value) <
                          (type == torch::kFloat ? 1e-5 : 1e-8));
                }
            }
        }
    }
    CHECK_FALSE(
        makeOptimizer("sgd", std::make_shared<FlatParameters>(*std::make_shared<Toy>())).ok());
}

TEST_CASE("the kernel and the library's fused step agree") {
    Toy ours, theirs;
    auto flat = std::make_shared<FlatParameters>(ours);
    auto optimizer = makeOptimizer("adam", flat).value();
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> values, first, second;
    for (auto& parameter : theirs.all()) {
        values.push_back(parameter.detach().contiguous());
        first.push_back(torch::zeros_like(values.back()));
        second.push_back(torch::zeros_like(values.back()));
    }
    for (int64_t step = 1; step <= 4; ++step) {
        ours.setGradients(step, 0.01);
        std::vector<torch::Tensor> gradients, steps;
        for (auto& parameter : ours.all()) {
            gradients.push_back(parameter.grad().contiguous());
            steps.push_back(torch::tensor(static_cast<float>(step)));
        }
        optimizer->step(kRate, 0);
        at::_fused_adam_(values, gradients, first, second, {}, steps, kRate, 0.5, 0.999, 0, 1e-8,
                         false, false);
    }
    for (size_t i = 0; i < values.size(); ++i) {
        CHECK(distance(ours.all()[i], values[i]) < 1e-6);
    }
}

TEST_CASE("learning-rate dropout updates chosen weights, and all moments") {
    const UpdateMask mask{0.3, 5, 7};
    for (const char* name : {"adam", "adamw", "adabelief"}) {
        for (const auto type : {torch::kFloat, torch::kDouble}) {
            CAPTURE(name, torch::toString(type));
            Toy whole, some;
            whole.to(type);
            some.to(type);
            auto all = std::make_shared<FlatParameters>(whole);
            auto part = std::make_shared<FlatParameters>(some);
            auto one = makeOptimizer(name, all, 0.1).value();
            auto other = makeOptimizer(name, part, 0.1).value();
            const auto before = part->values().clone();
            whole.setGradients(1, 0.5);
            some.setGradients(1, 0.5);
            one->step(kRate, 1);
            other->step(kRate, 1, mask);
            const auto mine = chosen(mask.key(), 0, before.numel(), torch::kCPU);
            CHECK(torch::equal(part->values(), torch::where(mine, all->values(), before)));
            const auto a = one->state(), b = other->state();
            for (size_t i = 0; i < a.size(); ++i) {
                CHECK(torch::equal(a[i].tensor, b[i].tensor));
            }
        }
    }
}

TEST_CASE("which weights are updated follows from seed, step, network and place") {
    constexpr int64_t kCount = 200000;
    const auto of = [](const UpdateMask& mask) {
        return chosen(mask.key(), 0, kCount, torch::kCPU).to(torch::kDouble);
    };
    const UpdateMask mask{0.3, 5, 7};
    const auto first = of(mask);
    CHECK(first.mean().item<double>() == Approx(0.3).margin(0.005));
    CHECK(torch::equal(first, of(mask)));
    CHECK(torch::equal(first.slice(0, 1000, 1500),
                       chosen(mask.key(), 1000, 500, torch::kCPU).to(torch::kDouble)));
    for (const UpdateMask& another :
         {UpdateMask{0.3, 6, 7}, UpdateMask{0.3, 5, 8}, UpdateMask{0.3, 5, 7, 1}}) {
        // Independent: both at once as often as by chance.
        CHECK((first * of(another)).mean().item<double>() == Approx(0.09).margin(0.005));
    }
    // Neighbours, too, and every share.
    CHECK((first.slice(0, 1) * first.slice(0, 0, -1)).mean().item<double>() ==
          Approx(0.09).margin(0.005));
    CHECK(of({0.9, 5, 7}).mean().item<double>() == Approx(0.9).margin(0.005));
    CHECK(UpdateMask{}.all());
}

TEST_CASE("a gradient that is not finite changes nothing and is counted") {
    for (const char* name : {"adam", "adabelief"}) {
        for (const auto type : {torch::kFloat, torch::kDouble}) {
            for (const double value : {std::nan(""), HUGE_VAL}) {
                CAPTURE(name, torch::toString(type), value);
                Toy toy;
                toy.to(type);
                auto flat = std::make_shared<FlatParameters>(toy);
                auto optimizer = makeOptimizer(name, flat).value();
                toy.setGradients(1, 0.1);
                optimizer->step(kRate, 1);
                std::vector<torch::Tensor> before;
                for (const auto& named : optimizer->state()) {
                    before.push_back(named.tensor.clone());
                }
                const auto weights = flat->values().clone();
                toy.setGradients(2, 0.1);
                toy.dense.mutable_grad()[3][77] = value;
                optimizer->step(kRate, 1);
                CHECK(torch::equal(flat->values(), weights));
                const auto after = optimizer->state();
                for (size_t i = 0; i + 1 < after.size(); ++i) {
                    CAPTURE(after[i].name);
                    CHECK(torch::equal(after[i].tensor, before[i]));
                }
                CHECK(after.back().name == "skipped");
                CHECK(optimizer->skippedSteps().item<double>() == 1);
                toy.setGradients(3, 0.1);
                optimizer->step(kRate, 1);
                CHECK_FALSE(torch::equal(flat->values(), weights));
            }
        }
    }
}

TEST_CASE("parameters without a gradient rest") {
    for (const char* name : {"adam", "adamw", "adabelief"}) {
        for (const auto type : {torch::kFloat, torch::kDouble}) {
            CAPTURE(name, torch::toString(type));
            Toy toy;
            toy.to(type);
            auto flat = std::make_shared<FlatParameters>(toy);
            auto optimizer = makeOptimizer(name, flat, 0.1).value();
            toy.setGradients(1, 0.1);
            optimizer->step(kRate, 0);
            std::vector<torch::Tensor> before;
            for (const NamedTensor& state : optimizer->state()) {
                before.push_back(state.tensor.clone());
            }
            const auto bias = toy.bias.detach().clone(), conv = toy.conv.detach().clone();
            toy.setGradients(2, 0.1);
            toy.bias.mutable_grad().reset();
            const double norm = std::hypot(toy.conv.grad().norm().item<double>(),
                                           toy.dense.grad().norm().item<double>());
            optimizer->step(kRate, 0.01);
            CHECK(torch::equal(toy.bias, bias));
            CHECK_FALSE(torch::equal(toy.conv, conv));
            const NamedTensors after = optimizer->state();
            for (size_t i = 0; i < after.size(); ++i) {
                CAPTURE(after[i].name);
                const bool rests = after[i].name.ends_with(".bias") || after[i].name == "skipped";
                CHECK(torch::equal(after[i].tensor, before[i]) == rests);
            }
            // Clipping counts only what is there.
            CHECK(optimizer->gradientNorm().item<double>() == Approx(norm).epsilon(1e-5));
            flat->zeroGradients();
            CHECK_FALSE(toy.conv.grad().defined());
            optimizer->step(kRate, 0);  // nothing at all
            CHECK(torch::equal(toy.bias, bias));
        }
    }
}

TEST_CASE("parameters that take turns are corrected for their own updates") {
    for (const auto type : {torch::kFloat, torch::kDouble}) {
        CAPTURE(torch::toString(type));
        Toy toy;
        toy.to(type);
        auto flat = std::make_shared<FlatParameters>(toy);
        auto optimizer = makeOptimizer("adam", flat, 0, true).value();
        Reference bias(toy.bias), conv(toy.conv);
        int64_t ofBias = 0;
        for (int64_t step = 1; step <= 9; ++step) {
            toy.setGradients(step, 0.1);
            conv.adam(toy.conv.grad(), step);
            if (step % 3 == 0) {
                bias.adam(toy.bias.grad(), ++ofBias);
            } else {
                toy.bias.mutable_grad().reset();
            }
            optimizer->step(kRate, 0);
        }
        CHECK(distance(toy.bias, bias.value) < 1e-6);
        CHECK(distance(toy.conv, conv.value) < 1e-6);
        const NamedTensors state = optimizer->state();
        CHECK(state.back().name == "updates");
        CHECK(state.back().tensor.min().item<double>() == 3);
        CHECK(state.back().tensor.max().item<double>() == 9);
    }
}

TEST_CASE("the average forgets the beginning and lends itself to the network") {
    Toy toy;
    auto flat = std::make_shared<FlatParameters>(toy);
    Ema ema(flat, 0.999);
    auto expected = toy.conv.detach().to(torch::kDouble).clone();
    for (int64_t step = 1; step <= 20; ++step) {
        const torch::NoGradGuard noGrad;
        toy.conv.add_(0.1);
        ema.update(step);
        const double decay =
            std::min(0.999, (1.0 + static_cast<double>(step)) / (10.0 + static_cast<double>(step)));
        expected = decay * expected + (1 - decay) * toy.conv.to(torch::kDouble);
    }
    const auto weights = toy.conv.detach().clone();
    REQUIRE(ema.state().size() == 3);
    CHECK(distance(ema.state()[0].tensor, expected) < 1e-5);
    {
        const Ema::Scope scope(ema);
        CHECK(distance(toy.conv, expected) < 1e-5);
    }
    CHECK(torch::equal(toy.conv, weights));
    Ema off(flat, 0);
    off.update(1);
    CHECK(off.state().empty());
    const Ema::Scope nothing(off);
    CHECK(torch::equal(toy.conv, weights));
}

namespace {

struct Trained {
    std::shared_ptr<FaceModel> model;
    std::shared_ptr<FlatParameters> flat;
    std::unique_ptr<Optimizer> optimizer;
    torch::Tensor input = torch::full({1, 3, 64, 64}, 0.4);

    // Weights in double are updated as those on a GPU are, by the library.
    explicit Trained(torch::ScalarType type = torch::kFloat, const char* rule = "adam") {
        ModelSpec spec;
        spec.resolution = 64;
        spec.encoderDims = 16;
        spec.decoderDims = 16;
        spec.maskDims = 4;
        spec.bottleneck = 128;
        model = makeModel(spec).value();
        initialise(*model, 1);
        model->to(type);
        useChannelsLast(*model);
        flat = std::make_shared<FlatParameters>(*model);
        optimizer = makeOptimizer(rule, flat).value();
    }
    torch::Tensor output(bool narrow) {
        const AutocastScope scope(torch::kCPU, narrow ? Precision::bf16 : Precision::fp32);
        return model->forwardPair(input, input).first.image;
    }
    void step() {
        flat->zeroGradients();
        (output(true) - 1).square().mean().backward();
        optimizer->step(1e-3, 1);
    }
};

}  // namespace

TEST_CASE("the bf16 copies follow every change of the weights") {
    Trained trained;
    CHECK(trained.flat->copyPieces().empty());
    trained.step();
    const auto copiesAreRight = [&] {
        trained.output(true);
        const auto copies = trained.flat->copyPieces();
        const auto values = trained.flat->pieces(trained.flat->values());
        REQUIRE(copies.size() == values.size());
        for (size_t i = 0; i < copies.size(); ++i) {
            if (!torch::equal(copies[i], values[i].to(torch::kBFloat16))) {
                return false;
            }
        }
        return true;
    };
    SECTION("by a step") {
        trained.step();
        CHECK(copiesAreRight());
    }
    SECTION("by a step of some of the weights") {
        trained.flat->zeroGradients();
        (trained.output(true) - 1).square().mean().backward();
        trained.optimizer->step(1e-3, 1, {0.4, 1, 2});
        const auto copies = trained.flat->copyPieces();
        const auto values = trained.flat->pieces(trained.flat->values());
        for (size_t i = 0; i < copies.size(); ++i) {
            REQUIRE(torch::equal(copies[i], values[i].to(torch::kBFloat16)));
        }
        CHECK(copiesAreRight());
    }
    SECTION("by a step of the library's") {
        for (const char* rule : {"adam", "adabelief"}) {
            Trained other(torch::kDouble, rule);
            other.step();
            const auto before = other.flat->values().clone();
            other.step();
            CHECK_FALSE(torch::equal(before, other.flat->values()));
            other.output(true);
            const auto copies = other.flat->copyPieces();
            const auto values = other.flat->pieces(other.flat->values());
            for (size_t i = 0; i < copies.size(); ++i) {
                REQUIRE(torch::equal(copies[i], values[i].to(torch::kBFloat16)));
            }
        }
    }
    SECTION("through a view of the buffer, as restoring does") {
        const torch::NoGradGuard noGrad;
        trained.flat->views(trained.flat->values())[3].tensor.mul_(2);
        const torch::AutoGradMode grad(true);
        CHECK(copiesAreRight());
    }
    SECTION("through a parameter, as initialising does") {
        initialise(*trained.model, 8);
        CHECK(copiesAreRight());
    }
    SECTION("not by looking at the average") {
        const auto before = trained.output(true);
        Ema ema(trained.flat, 0.9);
        trained.step();
        const auto now = trained.output(true);
        {
            const Ema::Scope scope(ema);
            CHECK(torch::allclose(trained.output(true), before, 0.01, 0.01));
        }
        CHECK(torch::equal(trained.output(true), now));
        CHECK(copiesAreRight());
    }
}

TEST_CASE("gradients of the matrix product convolutions are those of the library's") {
    // Wide enough in the middle for the products to be used.
    Trained trained;
    trained.flat->zeroGradients();
    (trained.output(true) - 1).square().mean().backward();
    const auto ours = trained.flat->gradientPieces();
    CHECK(ours.back().scalar_type() == torch::kBFloat16);
    Trained other;
    other.flat->zeroGradients();
    (other.output(false) - 1).square().mean().backward();
    const auto theirs = other.flat->gradientPieces();
    CHECK(theirs.back().scalar_type() == torch::kFloat);
    double difference = 0, size = 0;
    for (size_t i = 0; i < ours.size(); ++i) {
        REQUIRE(ours[i].defined() == theirs[i].defined());
        if (!ours[i].defined()) {  // no part in this loss
            continue;
        }
        difference += (ours[i].to(torch::kFloat) - theirs[i]).square().sum().item<double>();
        size += theirs[i].square().sum().item<double>();
    }
    CHECK(std::sqrt(difference / size) < 0.03);
}

TEST_CASE("two runs are equal bit for bit") {
    Trained a, b;
    for (int step = 0; step < 3; ++step) {
        a.step();
        b.step();
    }
    CHECK(torch::equal(a.flat->values(), b.flat->values()));
}
