#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/training/engine/single_thread.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/device.h"
#include "training/engine/model/discriminators.h"
#include "training/engine/model/face_model.h"

using namespace understudy;
using namespace understudy::training;

namespace {

ModelSpec spec(const std::string& model, const std::string& switches, int resolution) {
    ModelSpec result;
    result.model = model;
    result.switches = switches;
    result.resolution = resolution;
    return result;
}

ModelSpec smallSpec(const std::string& model, const std::string& switches, int resolution) {
    ModelSpec result = spec(model, switches, resolution);
    result.encoderDims = 6;
    result.decoderDims = 4;
    result.maskDims = 3;
    result.bottleneck = 10;
    return result;
}

int64_t built(const torch::nn::Module& model) {
    int64_t count = 0;
    for (const auto& parameter : model.parameters()) {
        count += parameter.numel();
    }
    return count;
}

bool inUnit(const torch::Tensor& tensor) {
    return tensor.min().item<double>() >= 0 && tensor.max().item<double>() <= 1;
}

void checkOutput(const FaceOutput& output, int64_t batch, int64_t resolution) {
    CHECK(output.image.sizes() == at::IntArrayRef({batch, 3, resolution, resolution}));
    CHECK(output.mask.sizes() == at::IntArrayRef({batch, 1, resolution, resolution}));
    CHECK(output.image.scalar_type() == torch::kFloat);
    CHECK(output.mask.scalar_type() == torch::kFloat);
    CHECK(inUnit(output.image));
    CHECK(inUnit(output.mask));
}

}  // namespace

TEST_CASE("networks have the published sizes") {
    struct Row {
        const char *model, *switches;
        int64_t at128, at256, at512;
        double gmac;
    };
    const Row rows[] = {
        {"df", "", 57538432, 95336320, 246527872, 221.94946048},
        {"df", "ud", 54470998, 82794838, 196090198, 60.913614848},
        {"liae", "", 94963328, 195823232, 599262848, 267.046617088},
        {"liae", "ud", 82376555, 145340267, 397195115, 72.213069824},
        {"liae", "udt", 77537451, 102752427, 203612331, 72.26392576},
    };
    for (const Row& row : rows) {
        CAPTURE(row.model, row.switches);
        CHECK(parameterCount(spec(row.model, row.switches, 128)).value() == row.at128);
        CHECK(parameterCount(spec(row.model, row.switches, 256)).value() == row.at256);
        CHECK(parameterCount(spec(row.model, row.switches, 512)).value() == row.at512);
        CHECK(forwardGmac(spec(row.model, row.switches, 256)).value() ==
              Approx(row.gmac).epsilon(1e-12));
    }
}

TEST_CASE("every combination of switches gives faces of the right shape") {
    const torch::NoGradGuard noGrad;
    for (const char* model : {"df", "liae"}) {
        for (const char* switches : {"", "u", "d", "t", "ud", "ut", "td", "dtu"}) {
            for (const int resolution : {64, 96}) {
                CAPTURE(model, switches, resolution);
                const ModelSpec small = smallSpec(model, switches, resolution);
                const auto network = makeModel(small).value();
                CHECK(network->spec() == small);
                CHECK(built(*network) == parameterCount(small).value());
                initialise(*network, 3);
                useChannelsLast(*network);
                const auto source = torch::rand({2, 3, resolution, resolution});
                const auto destination = torch::rand({2, 3, resolution, resolution});
                const auto [a, b] = network->forwardPair(source, destination);
                checkOutput(a, 2, resolution);
                checkOutput(b, 2, resolution);
                const auto swapped = network->swap(destination);
                checkOutput(swapped, 2, resolution);
                // Training and use agree on what a side is.
                CHECK(
                    torch::allclose(network->reconstructSource(source).image, a.image, 1e-4, 1e-5));
                CHECK(torch::allclose(network->reconstructDestination(destination).mask, b.mask,
                                      1e-4, 1e-5));
                CHECK_FALSE(torch::allclose(swapped.image, b.image, 1e-4, 1e-5));
            }
        }
    }
}

TEST_CASE("resolutions that are no power of two work without d and t") {
    const torch::NoGradGuard noGrad;
    const auto network = makeModel(smallSpec("df", "u", 80)).value();
    initialise(*network, 1);
    checkOutput(network->swap(torch::rand({1, 3, 80, 80})), 1, 80);
}

TEST_CASE("specs that cannot be built are refused by name") {
    const auto refused = [](const ModelSpec& bad) {
        const auto result = makeModel(bad);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().code == ErrorCode::usage);
        CHECK_FALSE(result.error().remedy.empty());
        return result.error().where;
    };
    CHECK(refused(spec("saehd", "", 128)) == "model");
    CHECK(refused(spec("df", "ux", 128)) == "switches");
    CHECK(refused(spec("df", "uu", 128)) == "switches");
    CHECK(refused(spec("df", "", 63)) == "resolution");
    CHECK(refused(spec("df", "", 48)) == "resolution");
    CHECK(refused(spec("df", "d", 80)) == "resolution");
    CHECK(refused(spec("liae", "t", 144)) == "resolution");
    ModelSpec bad = spec("df", "", 64);
    bad.maskDims = 0;
    CHECK(refused(bad) == "maskDims");
    CHECK_FALSE(parameterCount(bad).ok());
}

TEST_CASE("initial weights are a function of the seed and the name") {
    const auto a = makeModel(smallSpec("df", "ud", 64)).value();
    const auto b = makeModel(smallSpec("df", "ud", 64)).value();
    const auto other = makeModel(smallSpec("df", "ud", 64)).value();
    initialise(*a, 5);
    useChannelsLast(*b);
    initialise(*b, 5);
    initialise(*other, 6);
    const auto left = a->named_parameters(), right = b->named_parameters();
    for (const auto& item : left) {
        CAPTURE(item.key());
        CHECK(torch::equal(item.value(), right[item.key()]));
        if (item.value().dim() == 1) {
            CHECK(item.value().count_nonzero().item<int64_t>() == 0);
        }
    }
    const std::string name = "decoder_source.body.res1.conv1.weight";
    CHECK_FALSE(torch::equal(left[name], other->named_parameters()[name]));
    CHECK_FALSE(torch::equal(left[name], left["decoder_destination.body.res1.conv1.weight"]));
    // Uniform with bound sqrt(6 / (9 * 32 + 9 * 32)).
    const double bound = std::sqrt(6.0 / (2 * 9 * 32));
    CHECK(left[name].abs().max().item<double>() <= bound);
    CHECK(left[name].std().item<double>() == Approx(bound / std::sqrt(3.0)).epsilon(0.02));
}

TEST_CASE("gradients of the networks are right") {
    ModelSpec tiny = smallSpec("liae", "udt", 64);
    tiny.encoderDims = 2;
    tiny.decoderDims = 2;
    tiny.maskDims = 1;
    tiny.bottleneck = 4;
    const auto network = makeModel(tiny).value();
    initialise(*network, 11);
    network->to(torch::kDouble);
    torch::manual_seed(1);
    const auto source = torch::rand({1, 3, 64, 64}, torch::kDouble);
    const auto destination = torch::rand({1, 3, 64, 64}, torch::kDouble);
    const auto value = [&] {
        const auto [a, b] = network->forwardPair(source, destination);
        return a.image.square().mean() + a.mask.mean() + b.image.mean() + b.mask.square().mean();
    };
    value().backward();
    const torch::NoGradGuard noGrad;
    // A step along the gradient changes the value by the square of its norm.
    double norm = 0;
    for (auto& parameter : network->parameters()) {
        norm += parameter.grad().square().sum().item<double>();
    }
    const double size = 1e-7;
    const auto move = [&](double by) {
        for (auto& parameter : network->parameters()) {
            parameter.add_(parameter.grad(), by);
        }
        return value().item<double>();
    };
    const double forward = move(size), backward = move(-2 * size);
    CHECK((forward - backward) / (2 * size) == Approx(norm).epsilon(1e-4));
}

TEST_CASE("a swap is what the source's way makes of the destination's code") {
    for (const char* model : {"df", "liae"}) {
        CAPTURE(model);
        const auto network = makeModel(smallSpec(model, "ud", 64)).value();
        initialise(*network, 4);
        const auto a = torch::rand({2, 3, 64, 64}), b = torch::rand({2, 3, 64, 64});
        const CodedPair pair = network->forwardCoded(a, b);
        const auto plain = network->forwardPair(a, b);
        CHECK(torch::equal(plain.first.image, pair.source.image));
        CHECK(torch::equal(plain.second.mask, pair.destination.mask));
        const auto swap = network->drawSwap(pair);
        CHECK(torch::allclose(swap.image, network->swap(b).image, 1e-4, 1e-5));
        // Only the way back from the code learns.
        swap.image.mean().backward();
        for (const auto& item : network->named_parameters()) {
            const bool decoder =
                item.key().starts_with("decoder") && !item.key().starts_with("decoder_destination");
            CAPTURE(item.key());
            CHECK((item.value().grad().defined() &&
                   item.value().grad().abs().sum().item<double>() > 0) ==
                  (decoder && item.key().find(".mask.") == std::string::npos));
        }
    }
}

TEST_CASE("networks of several identities have a part for each, and use that of the chosen") {
    const torch::NoGradGuard noGrad;
    for (const char* model : {"df", "liae"}) {
        for (const char* switches : {"", "udt"}) {
            CAPTURE(model, switches);
            ModelSpec four = smallSpec(model, switches, 64);
            four.identities = 4;
            const auto network = makeModel(four).value();
            CHECK(built(*network) == parameterCount(four).value());
            initialise(*network, 3);
            const auto pair = makeModel(smallSpec(model, switches, 64)).value();
            initialise(*pair, 3);
            const auto a = torch::rand({2, 3, 64, 64}), b = torch::rand({2, 3, 64, 64});
            // Two identities are what they are without the others.
            CHECK(torch::equal(network->swap(b).image, pair->swap(b).image));
            CHECK(torch::equal(network->forwardPair(a, b).second.image,
                               pair->forwardPair(a, b).second.image));
            std::vector<torch::Tensor> drawn;
            for (size_t face = 0; face < 4; ++face) {
                const size_t other = (face + 1) % 4;
                network->choose(face, other);
                const CodedPair coded = network->forwardCoded(a, b);
                checkOutput(coded.source, 2, 64);
                CHECK(torch::allclose(network->reconstructSource(a).image, coded.source.image, 1e-4,
                                      1e-5));
                CHECK(torch::allclose(network->reconstructDestination(b).mask,
                                      coded.destination.mask, 1e-4, 1e-5));
                CHECK(torch::allclose(network->drawSwap(coded).image, network->swap(b).image, 1e-4,
                                      1e-5));
                drawn.push_back(network->swap(b).image);
                for (size_t i = 0; i < face; ++i) {
                    CHECK_FALSE(torch::allclose(drawn[i], drawn[face], 1e-4, 1e-5));
                }
            }
        }
    }
}

TEST_CASE("parts of identities that are not chosen get no gradient, and all others do") {
    for (const char* model : {"df", "liae"}) {
        ModelSpec four = smallSpec(model, "ud", 64);
        four.identities = 4;
        const auto network = makeModel(four).value();
        initialise(*network, 3);
        for (const auto& [source, destination] :
             {std::pair{0, 1}, std::pair{2, 0}, std::pair{1, 3}, std::pair{3, 2}}) {
            CAPTURE(model, source, destination);
            network->choose(static_cast<size_t>(source), static_cast<size_t>(destination));
            network->zero_grad(true);
            const auto [one, two] =
                network->forwardPair(torch::rand({1, 3, 64, 64}), torch::rand({1, 3, 64, 64}));
            (one.image.mean() + one.mask.mean() + two.image.mean() + two.mask.mean()).backward();
            int idle = 0;
            for (const auto& item : network->named_parameters()) {
                CAPTURE(item.key());
                const bool part = network->takesPart(item.key());
                CHECK(item.value().grad().defined() == part);
                idle += part ? 0 : 1;
            }
            CHECK(idle > 0);
        }
    }
}

TEST_CASE("patches are as near to what was asked for as convolutions can be") {
    CHECK(receptiveField({2}) == 3);
    CHECK(receptiveField({2, 2}) == 7);
    CHECK(receptiveField({1, 2, 2}) == 9);
    CHECK(stridesFor(16, 128) == Strides{2, 2, 2});
    CHECK(stridesFor(32, 256) == Strides{2, 2, 2, 2});
    CHECK(stridesFor(8, 64) == Strides{2, 2});
    CHECK(stridesFor(3, 64) == Strides{2});
    for (int patch = 3; patch <= 64; ++patch) {
        CHECK(std::abs(receptiveField(stridesFor(patch, 256)) - patch) <= 1);
    }
    // What it is to see is more than the picture holds: narrowest at four pixels.
    int side = 64;
    for (const int stride : stridesFor(64, 64)) {
        side /= stride;
    }
    CHECK(side >= 4);
}

TEST_CASE("discriminators have the published sizes") {
    const auto millions = [](const torch::nn::Module& network) {
        return static_cast<double>(built(network)) / 1e6;
    };
    CHECK(millions(PatchDiscriminator(stridesFor(16, 128), 16)) == Approx(0.23).margin(0.005));
    CHECK(millions(PatchDiscriminator(stridesFor(32, 256), 16)) == Approx(0.95).margin(0.005));
    CHECK(millions(CodeDiscriminator(256, 8)) == Approx(2.2).margin(0.05));
    CHECK(millions(CodeDiscriminator(256, 16)) == Approx(6.9).margin(0.1));
}

TEST_CASE("a patch sees its field and no more, and pixels are judged one by one") {
    PatchDiscriminator judge({2, 2}, 4);
    initialise(judge, 3);
    judge.to(torch::kDouble);
    auto image = torch::rand({1, 3, 32, 32}, torch::kDouble).requires_grad_(true);
    const auto verdict = judge.forward(image);
    CHECK(verdict.patches.sizes() == at::IntArrayRef({1, 1, 8, 8}));
    CHECK(verdict.pixels.sizes() == at::IntArrayRef({1, 1, 32, 32}));
    verdict.patches[0][0][4][4].backward();
    const auto seen = image.grad()[0].abs().mean(std::vector<int64_t>{0}) > 0;
    CHECK(seen.any(0).sum().item<int64_t>() == 7);
    CHECK(seen.any(1).sum().item<int64_t>() == 7);
    // Sizes that do not halve evenly come back whole.
    for (const int side : {33, 80}) {
        const auto odd = judge.forward(torch::rand({2, 3, side, side}, torch::kDouble));
        CHECK(odd.pixels.sizes() == at::IntArrayRef({2, 1, side, side}));
    }
    PatchDiscriminator flat({1, 2}, 4);
    initialise(flat, 3);
    CHECK(flat.forward(torch::rand({1, 3, 32, 32})).pixels.size(3) == 32);
    for (const int side : {2, 4, 8, 16}) {
        CodeDiscriminator codes(6, side);
        initialise(codes, 3);
        CHECK(codes.forward(torch::rand({3, 6, side, side})).size(0) == 3);
    }
}

TEST_CASE("a frozen discriminator passes gradients on and keeps none") {
    PatchDiscriminator judge({2, 2}, 4);
    initialise(judge, 3);
    auto image = torch::rand({1, 3, 32, 32}).requires_grad_(true);
    torch::Tensor value;
    {
        const Frozen frozen(judge);
        value = judge.forward(image).pixels.mean();
    }
    value.backward();
    CHECK(image.grad().abs().sum().item<double>() > 0);
    for (const auto& parameter : judge.parameters()) {
        CHECK_FALSE(parameter.grad().defined());
        CHECK(parameter.requires_grad());
    }
    const AutocastScope scope(torch::kCPU, Precision::bf16);
    const auto rounded = judge.forward(image.detach());
    CHECK(rounded.pixels.scalar_type() == torch::kFloat);
    CHECK(rounded.patches.scalar_type() == torch::kFloat);
}

TEST_CASE("autocast computes in bf16 and answers in fp32") {
    const auto network = makeModel(smallSpec("df", "ud", 64)).value();
    initialise(*network, 2);
    useChannelsLast(*network);
    const auto input = torch::rand({1, 3, 64, 64});
    const torch::NoGradGuard noGrad;
    const auto exact = network->swap(input);
    FaceOutput rounded;
    {
        const AutocastScope scope(torch::kCPU, Precision::bf16);
        rounded = network->swap(input);
    }
    checkOutput(rounded, 1, 64);
    const auto difference = (rounded.image - exact.image).abs().max().item<double>();
    CHECK(difference > 0);
    CHECK(difference < 0.02);
    CHECK(torch::equal(network->swap(input).image, exact.image));
}

TEST_CASE("precision and devices are chosen by name") {
    CHECK(choosePrecision("fp32", torch::kCPU) == Precision::fp32);
    CHECK(choosePrecision("bf16", torch::kCPU) == Precision::bf16);
    CHECK((choosePrecision("auto", torch::kCPU) == Precision::bf16) == cpuIsGoodAtBf16());
    CHECK(choosePrecision("auto", torch::kCUDA) == Precision::bf16);
    CHECK(openDevice("cpu").value() == torch::Device(torch::kCPU));
    for (const char* name : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0x", ""}) {
        const auto device = openDevice(name);
        REQUIRE_FALSE(device.ok());
        CHECK(device.error().code == ErrorCode::usage);
    }
    const auto far = openDevice("cuda:4711");
    REQUIRE_FALSE(far.ok());
    CHECK(far.error().code == ErrorCode::deviceUnavailable);
    CHECK_FALSE(far.error().remedy.empty());
    CHECK(resolveDevices("cpu,cpu") == std::vector<std::string>{"cpu", "cpu"});
    CHECK(resolveDevices("cuda:0, cuda:2") == std::vector<std::string>{"cuda:0", "cuda:2"});
    CHECK(resolveDevices("auto").size() == 1);
    const std::string uuid = "GPU-00000000-0000-0000-0000-00000000beef";
    CHECK(resolveDevices(uuid + ",cpu") == std::vector<std::string>{uuid, "cpu"});
    const auto gone = openDevice(uuid);
    REQUIRE_FALSE(gone.ok());
    CHECK(gone.error().code == ErrorCode::deviceUnavailable);
}
