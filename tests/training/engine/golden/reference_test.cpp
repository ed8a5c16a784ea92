// The benchmark peer's reference runs, where the peer and a Python with torch are present: its
// weights and batch in our networks give its predictions, losses and gradients. The bounds are the
// peer's: in fp32 the first losses agree to 1e-6 and the tenth to 1e-3, in fp64 all to 1e-9.
#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "media/base/file.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/golden/recorded_run.h"
#include "tests/training/engine/single_thread.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string setting(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
}

// ctest reports the test as skipped when it reads this word.
bool havePeer(const std::string& python, const std::string& peer) {
    if (!fs::exists(peer)) {
        std::cerr << "SKIPPED: the peer is not at " << peer << "; UNDERSTUDY_PEER names it\n";
        return false;
    }
    bool works = false;
    try {
        works = runProcess(python, {"-c", "import torch, numpy"}).exitCode == 0;
    } catch (const std::runtime_error&) {
        // There is no such program.
    }
    if (!works) {
        std::cerr << "SKIPPED: " << python
                  << " has no torch and numpy; UNDERSTUDY_PYTHON names a Python that has\n";
    }
    return works;
}

// A little-endian fp32 array in numpy's file format, version 1.
torch::Tensor readNpy(const fs::path& path) {
    const std::string bytes = readFile(path).value();
    REQUIRE(bytes.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8));
    const size_t length =
        static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
    const std::string header = bytes.substr(10, length);
    REQUIRE(header.find("'descr': '<f4'") != std::string::npos);
    REQUIRE(header.find("'fortran_order': False") != std::string::npos);
    std::vector<int64_t> shape;
    const size_t open = header.find('('), close = header.find(')');
    for (size_t at = open + 1; at < close; ++at) {
        if (std::isdigit(static_cast<unsigned char>(header[at])) != 0) {
            size_t read = 0;
            shape.push_back(std::stoll(header.substr(at, close - at), &read));
            at += read;
        }
    }
    torch::Tensor result = torch::empty(shape, torch::kFloat);
    REQUIRE(bytes.size() - 10 - length == result.nbytes());
    std::memcpy(result.data_ptr(), bytes.data() + 10 + length, result.nbytes());
    return result;
}

struct Reference {
    fs::path folder;
    json manifest;

    torch::Tensor array(const std::string& part, const std::string& name) const {
        return readNpy(folder / part / (name + ".npy"));
    }
    ModelSpec spec() const {
        ModelSpec spec = specNamed(manifest["model"], manifest["resolution"]);
        spec.encoderDims = manifest["dims"]["e"];
        spec.decoderDims = manifest["dims"]["d"];
        spec.maskDims = manifest["dims"]["mask"];
        spec.bottleneck = manifest["dims"]["ae"];
        return spec;
    }
    SideBatch side(const std::string& name, torch::ScalarType type) const {
        const auto read = [&](const char* what) {
            return array("batch", name + "_" + what).to(type);
        };
        SideBatch side;
        side.warped = read("warped");
        side.target = read("target");
        side.mask = read("mask");
        return side;
    }
};

Reference exportReference(const std::string& python, const std::string& peer,
                          const std::string& model, const fs::path& folder) {
    const auto result =
        runProcess(python, {peer, "--model", model, "--resolution", "64", "--batch", "2",
                            "--ae-dims", "32", "--e-dims", "16", "--d-dims", "16", "--mask-dims",
                            "8", "--threads", "1", "--export-reference", folder.string()});
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
    return {folder, json::parse(readFile(folder / "manifest.json").value())};
}

struct Bounds {
    double early, tenth;  // of losses, relative
    double prediction;    // of a pixel
    double gradient;      // of sums, relative to the sum of the magnitudes
};

void checkSums(const torch::Tensor& ours, const json& sums, double bound) {
    const auto values = ours.to(torch::kDouble);
    const double magnitudes = sums["abs_sum"], l2 = sums["l2"];
    CHECK(values.abs().sum().item<double>() == Approx(magnitudes).epsilon(bound).margin(1e-12));
    CHECK(values.norm().item<double>() == Approx(l2).epsilon(bound).margin(1e-12));
    CHECK(std::abs(values.sum().item<double>() - sums["sum"].get<double>()) <=
          bound * magnitudes + 1e-12);
}

std::shared_ptr<FaceModel> loaded(const Reference& reference) {
    auto model = makeModel(reference.spec()).value();
    const auto parameters = model->named_parameters();
    REQUIRE(parameters.size() == reference.manifest["tensors"].size());
    const torch::NoGradGuard noGrad;
    for (const auto& item : parameters) {
        CAPTURE(item.key());
        const json& recorded = reference.manifest["tensors"].at(item.key());
        REQUIRE(item.value().sizes().vec() == recorded["shape"].get<std::vector<int64_t>>());
        torch::Tensor parameter = item.value();
        parameter.copy_(reference.array("weights", item.key()));
        checkSums(parameter, recorded["initial"], 1e-12);
    }
    return model;
}

void checkPredictions(const RecordedRun& run, const Reference& reference, double bound) {
    const auto& [source, destination] = run.firstPredictions;
    for (const auto& [name, ours] :
         {std::pair{"source_rgb", source.image}, std::pair{"source_mask", source.mask},
          std::pair{"destination_rgb", destination.image},
          std::pair{"destination_mask", destination.mask}}) {
        CAPTURE(name);
        const auto theirs = reference.array("predictions", name).to(ours.scalar_type());
        CHECK((ours.detach() - theirs).abs().max().item<double>() < bound);
    }
}

void checkRun(const Reference& reference, const std::string& precision, const Bounds& bounds) {
    CAPTURE(reference.manifest["model"].get<std::string>(), precision);
    const auto type = precision == "fp64" ? torch::kDouble : torch::kFloat;
    const auto model = loaded(reference);
    model->to(type);
    const json& expected = reference.manifest["runs"][precision];
    const PairBatch batch{reference.side("source", type), reference.side("destination", type)};
    const RecordedRun run = trainOn(
        *model, batch, {"adam", reference.manifest["optimizer"]["lr"], expected["losses"].size()});
    checkPredictions(run, reference, bounds.prediction);
    REQUIRE(run.firstTerms.size() == expected["first_terms"].size());
    for (const LossTerm& term : run.firstTerms) {
        CAPTURE(term.name);
        CHECK(term.value.item<double>() ==
              Approx(expected["first_terms"].at(term.name).get<double>()).epsilon(bounds.early));
    }
    REQUIRE(run.losses.size() == 10);
    REQUIRE(run.firstGradients.size() == reference.manifest["tensors"].size());
    for (size_t i = 0; i < run.losses.size(); ++i) {
        CAPTURE(i);
        CHECK(run.losses[i] == Approx(expected["losses"][i].get<double>())
                                   .epsilon(i < 3 ? bounds.early : bounds.tenth));
    }
    for (const auto& [name, gradient] : run.firstGradients) {
        CAPTURE(name);
        const json& recorded = reference.manifest["tensors"].at(name).at(precision);
        checkSums(gradient, recorded["first_gradient"], bounds.gradient);
    }
    if (precision == "fp64") {
        for (const auto& item : model->named_parameters()) {
            CAPTURE(item.key());
            checkSums(item.value(),
                      reference.manifest["tensors"].at(item.key()).at(precision).at("final"), 1e-9);
        }
    }
}

// Both draw each weight evenly between the bounds of Glorot, so mean and spread of either are
// those of the distribution within five standard errors.
void checkInitialisation(const Reference& reference) {
    const auto model = makeModel(reference.spec()).value();
    initialise(*model, 1);
    for (const auto& item : model->named_parameters()) {
        CAPTURE(reference.manifest["model"].get<std::string>(), item.key());
        const auto theirs = reference.array("weights", item.key()).to(torch::kDouble);
        const auto ours = item.value().detach().to(torch::kDouble);
        if (ours.dim() == 1) {
            CHECK(ours.abs().max().item<double>() == 0);
            CHECK(theirs.abs().max().item<double>() == 0);
            continue;
        }
        const auto count = static_cast<double>(ours.numel());
        const auto fans = static_cast<double>(ours.size(0) + ours.size(1));
        const double area = count / static_cast<double>(ours.size(0) * ours.size(1));
        const double bound = std::sqrt(6.0 / (fans * area)), spread = bound / std::sqrt(3.0);
        for (const auto& values : {ours, theirs}) {
            CHECK(values.abs().max().item<double>() <= bound * (1 + 1e-6));
            CHECK(std::abs(values.mean().item<double>()) < 5 * spread / std::sqrt(count));
            // The fourth moment of an even distribution is 1.8 times its variance squared.
            const double variance = spread * spread;
            CHECK(std::abs(values.square().mean().item<double>() - variance) <
                  5 * variance * std::sqrt(0.8 / count));
        }
    }
}

}  // namespace

TEST_CASE("networks, losses and updates repeat the peer's reference runs") {
    const std::string python = setting("UNDERSTUDY_PYTHON", "python3");
    const std::string peer = setting("UNDERSTUDY_PEER", US_PEER);
    if (!havePeer(python, peer)) {
        return;
    }
    const TempFolder folder;
    for (const char* model : {"df", "df-ud", "df-udt", "liae-ud", "liae-udt"}) {
        const Reference reference = exportReference(python, peer, model, folder / model);
        checkInitialisation(reference);
        checkRun(reference, "fp32", {1e-6, 1e-3, 2e-6, 1e-4});
        checkRun(reference, "fp64", {1e-9, 1e-9, 2e-6, 1e-9});
    }
}
