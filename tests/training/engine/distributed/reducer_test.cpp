#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "tests/training/engine/single_thread.h"
#include "training/engine/distributed/grad_reducer.h"
#include "training/engine/distributed/shm_comm.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"

using namespace understudy;
using namespace understudy::training;

namespace {

// Ranks as threads of this process.
void asRanks(int size, const std::function<void(std::shared_ptr<Comm>)>& work) {
    auto memory = SharedRanks::makeMemory(size);
    REQUIRE(memory.ok());
    auto first = SharedRanks::join(memory->get(), 0, size);
    REQUIRE(first.ok());
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < size; ++rank) {
        threads.emplace_back(
            [&, rank] { work(std::make_shared<ShmComm>(first->forThread(rank))); });
    }
}

std::shared_ptr<FaceModel> smallModel() {
    auto model = makeModel({"df", "ud", 64, 8, 8, 4, 16});
    REQUIRE(model.ok());
    initialise(**model, 3);
    useChannelsLast(**model);
    return *model;
}

torch::Tensor facesOf(int rank) {
    return torch::rand({2, 3, 64, 64}, torch::make_generator<at::CPUGeneratorImpl>(rank + 1));
}

torch::Tensor lossOf(FaceModel& model, int rank) {
    const auto [source, destination] = model.forwardPair(facesOf(rank), facesOf(rank + 100));
    return source.image.square().mean() + destination.mask.mean();
}

// Without reducer: each rank's gradients by themselves, averaged in double.
std::vector<torch::Tensor> expectedGradients(int size) {
    std::vector<torch::Tensor> sums;
    for (int rank = 0; rank < size; ++rank) {
        const auto model = smallModel();
        FlatParameters parameters(*model);
        lossOf(*model, rank).backward();
        const auto pieces = parameters.gradientPieces();
        for (size_t i = 0; i < pieces.size(); ++i) {
            // Not everything has a part in this loss.
            const auto share =
                pieces[i].defined() ? pieces[i].to(torch::kDouble) / size : torch::Tensor();
            if (rank == 0) {
                sums.push_back(share);
            } else if (share.defined()) {
                sums[i] += share;
            }
        }
    }
    return sums;
}

double largestDifference(const std::vector<torch::Tensor>& a, const std::vector<torch::Tensor>& b) {
    REQUIRE(a.size() == b.size());
    double worst = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        REQUIRE(a[i].defined() == b[i].defined());
        if (!a[i].defined()) {
            continue;
        }
        const auto scale = b[i].abs().max().item<double>() + 1e-12;
        worst = std::max(worst, (a[i] - b[i]).abs().max().item<double>() / scale);
    }
    return worst;
}

}  // namespace

TEST_CASE("gradients of all ranks become one, the same on each to the bit") {
    const int size = GENERATE(1, 2, 3);
    const int64_t bucket = GENERATE(1, 20'000, 100 << 20);
    const auto expected = expectedGradients(size);
    std::vector<std::vector<torch::Tensor>> results(static_cast<size_t>(size));
    std::vector<size_t> buckets(static_cast<size_t>(size));
    asRanks(size, [&](const std::shared_ptr<Comm>& comm) {
        const auto rank = static_cast<size_t>(comm->rank());
        const auto model = smallModel();
        const auto parameters = std::make_shared<FlatParameters>(*model);
        GradReducer reducer(parameters, comm, {bucket, bucket, torch::kFloat});
        buckets[rank] = reducer.buckets();
        for (int step = 0; step < 2; ++step) {  // the second must not add to the first
            parameters->zeroGradients();
            reducer.arm();
            lossOf(*model, comm->rank()).backward();
            reducer.finish();
        }
        for (const torch::Tensor& piece : parameters->gradientPieces()) {
            results[rank].push_back(piece.defined() ? piece.clone() : piece);
        }
    });
    const size_t parts = expected.size();
    CHECK(buckets[0] == (bucket == 1 ? parts : bucket == 20'000 ? buckets[0] : 1));
    CHECK((bucket != 20'000 || (buckets[0] > 1 && buckets[0] < parts)));
    CHECK(largestDifference(results[0], expected) < 1e-4);
    for (const auto& result : results) {
        for (size_t i = 0; i < result.size(); ++i) {
            CHECK((!result[i].defined() || torch::equal(result[i], results[0][i])));
        }
    }
}

TEST_CASE("gradients of bf16 copies are reduced, in bf16 too") {
    const bool narrow = GENERATE(false, true);
    const auto expected = expectedGradients(2);
    std::vector<double> differences(2, 1);
    asRanks(2, [&](const std::shared_ptr<Comm>& comm) {
        const auto model = smallModel();
        const auto parameters = std::make_shared<FlatParameters>(*model);
        ReducerOptions options;
        options.wire = narrow ? torch::kBFloat16 : torch::kFloat;
        GradReducer reducer(parameters, comm, options);
        parameters->zeroGradients();
        reducer.arm();
        torch::Tensor loss;
        {
            const AutocastScope autocast(torch::kCPU, Precision::bf16);
            loss = lossOf(*model, comm->rank());
        }
        loss.backward();
        reducer.finish();
        differences[static_cast<size_t>(comm->rank())] =
            largestDifference(parameters->gradientPieces(), expected);
    });
    CHECK(differences[0] == differences[1]);
    CHECK(differences[0] > 0);
    CHECK(differences[0] < 0.25);  // bf16 has 8 bits, and there are many layers
}

TEST_CASE("parameters without a part in the loss have no gradient on any rank") {
    const bool told = GENERATE(false, true);
    std::vector<int> unused(2, -1);
    std::vector<double> used(2, -1);
    const auto expected = expectedGradients(2);
    std::vector<double> differences(2, 1);
    asRanks(2, [&](const std::shared_ptr<Comm>& comm) {
        const auto rank = static_cast<size_t>(comm->rank());
        const auto model = smallModel();
        const auto parameters = std::make_shared<FlatParameters>(*model);
        GradReducer reducer(parameters, comm, {20'000, 20'000, torch::kFloat});
        for (const bool all : {true, false}) {  // nothing of the first step may be left
            parameters->zeroGradients();
            const auto idle = parameters->marked([&](const std::string& name) {
                return told && !all && name.starts_with("decoder_destination");
            });
            reducer.arm(idle);
            const auto loss = all ? lossOf(*model, comm->rank())
                                  : model->reconstructSource(facesOf(comm->rank())).image.mean();
            loss.backward();
            reducer.finish();
            if (all) {
                differences[rank] = largestDifference(parameters->gradientPieces(), expected);
            }
        }
        const auto pieces = parameters->gradientPieces();
        const auto named = parameters->views(parameters->values());
        for (size_t i = 0; i < pieces.size(); ++i) {
            const std::string& name = named[named.size() - 1 - i].name;
            if (name.starts_with("decoder_destination")) {
                unused[rank] = std::max(unused[rank], pieces[i].defined() ? 1 : 0);
            } else if (name.starts_with("decoder_source") && pieces[i].defined()) {
                used[rank] = std::max(used[rank], pieces[i].abs().max().item<double>());
            }
        }
    });
    CHECK(differences[0] < 1e-4);
    CHECK(differences[1] < 1e-4);
    CHECK(unused == std::vector<int>{0, 0});
    CHECK(used[0] > 0);
    CHECK(used[1] == used[0]);
}

TEST_CASE("a lost rank surfaces where gradients are waited for") {
    bool lost = false;
    asRanks(2, [&](const std::shared_ptr<Comm>& comm) {
        if (comm->rank() == 1) {
            comm->abort();
            return;
        }
        const auto model = smallModel();
        const auto parameters = std::make_shared<FlatParameters>(*model);
        GradReducer reducer(parameters, comm, {});
        parameters->zeroGradients();
        reducer.arm();
        lossOf(*model, 0).backward();
        try {
            reducer.finish();
        } catch (const RanksLost& error) {
            lost = error.error().code == ErrorCode::transient;
        }
    });
    CHECK(lost);
}
