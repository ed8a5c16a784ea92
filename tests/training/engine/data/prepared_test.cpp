#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "tests/training/engine/single_thread.h"
#include "training/engine/data/augmenter.h"
#include "training/engine/data/prepared_batches.h"
#include "training/engine/data/staging_ring.h"

using namespace understudy;
using namespace understudy::training;

namespace {

// Every value of face i is i (of the second side 100 + i).
std::array<torch::Tensor, 2> numberedFaces(torch::ScalarType type = torch::kUInt8) {
    const auto of = [&](int first) {
        return (torch::arange(40).view({40, 1, 1, 1}) + first)
            .expand({40, 4, 6, 6})
            .to(type)
            .contiguous();
    };
    return {of(0), of(100)};
}

torch::Tensor indicesOf(int64_t count, int64_t seed) {
    return (torch::arange(2 * count) * 7 + 3 * seed).remainder(40);
}

torch::Tensor expected(const std::array<torch::Tensor, 2>& sides, const torch::Tensor& indices) {
    const int64_t count = indices.size(0) / 2;
    return torch::cat({sides[0].index_select(0, indices.narrow(0, 0, count)),
                       sides[1].index_select(0, indices.narrow(0, count, count))});
}

// A batch that says which it is.
PairBatch labelled(const BatchKey& key) {
    PairBatch batch;
    batch.source.target = torch::full(
        {1}, static_cast<double>(100 * key.step + 10 * key.first + key.count) + key.warpStrength);
    return batch;
}

double labelOf(const PairBatch& batch) {
    return batch.source.target.item<double>();
}

}  // namespace

TEST_CASE("the ring brings the faces asked for, however often its buffers are used again") {
    for (const auto type : {torch::kUInt8, torch::kHalf}) {
        const auto sides = numberedFaces(type);
        StagingRing ring(torch::kCPU, 2);
        std::vector<torch::Tensor> brought;
        for (int64_t i = 0; i < 12; ++i) {
            brought.push_back(ring.bring(sides, indicesOf(1 + i % 5, i)));
            CHECK(brought.back().scalar_type() == type);
        }
        // What was brought stays, though the buffers have been filled with other faces since.
        for (int64_t i = 0; i < 12; ++i) {
            CHECK(torch::equal(brought[static_cast<size_t>(i)],
                               expected(sides, indicesOf(1 + i % 5, i))));
        }
        // Two buffers, each as long as the longest batch it has held: five faces a side.
        const auto longest = static_cast<uint64_t>(10 * 4 * 6 * 6 * sides[0].element_size());
        CHECK(ring.bytes() <= 2 * longest);
        CHECK(ring.bytes() >= longest);
    }
}

TEST_CASE("two threads may use the ring at once") {
    const auto sides = numberedFaces();
    StagingRing ring(torch::kCPU, 2);
    std::atomic<int> wrong = 0;
    const auto use = [&](int64_t seed) {
        for (int64_t i = 0; i < 200; ++i) {
            const torch::Tensor indices = indicesOf(3, seed + i);
            wrong += torch::equal(ring.bring(sides, indices), expected(sides, indices)) ? 0 : 1;
        }
    };
    std::thread other(use, 1000);
    use(0);
    other.join();
    CHECK(wrong == 0);
}

TEST_CASE("a prepared batch is taken, another one is made at once") {
    std::atomic<int> made = 0;
    PreparedBatches batches(torch::kCPU, [&](const BatchKey& key) {
        ++made;
        return labelled(key);
    });
    CHECK(labelOf(batches.take({3, 0, 4, 1})) == 305);  // nothing prepared
    for (int64_t step = 4; step < 40; ++step) {
        batches.prepare({step, 2, 4, 0.5});
        CHECK(labelOf(batches.take({step, 2, 4, 0.5})) == 100 * static_cast<double>(step) + 24.5);
    }
    CHECK(batches.takenPrepared() == 36);
    CHECK(made == 37);

    batches.prepare({50, 0, 4, 1});
    CHECK(labelOf(batches.take({50, 0, 4, 0.25})) == 5004.25);  // another warp
    CHECK(labelOf(batches.take({50, 0, 4, 1})) == 5005);        // the prepared one is gone
    CHECK(batches.takenPrepared() == 36);
    batches.prepare({51, 0, 4, 1});
    batches.prepare({52, 0, 4, 1});
    CHECK(labelOf(batches.take({52, 0, 4, 1})) == 5205);
    CHECK(batches.takenPrepared() == 37);
}

TEST_CASE("what fails while a batch is prepared is told to whoever takes it") {
    PreparedBatches batches(torch::kCPU, [](const BatchKey& key) -> PairBatch {
        if (key.step == 7) {
            throw std::runtime_error("no memory for step 7");
        }
        return labelled(key);
    });
    batches.prepare({7, 0, 1, 1});
    CHECK_THROWS_WITH(batches.take({7, 0, 1, 1}), "no memory for step 7");
    batches.prepare({7, 0, 1, 1});
    CHECK(labelOf(batches.take({8, 0, 1, 1})) == 802);  // nobody wanted step 7
    batches.prepare({9, 0, 1, 1});
    CHECK(labelOf(batches.take({9, 0, 1, 1})) == 902);
}

TEST_CASE("after forgetting, what batches are made from may be replaced") {
    std::shared_ptr<int> made = std::make_shared<int>(1);
    PreparedBatches batches(torch::kCPU, [&](const BatchKey& key) {
        PairBatch batch = labelled(key);
        batch.source.target += 1000 * *made;
        return batch;
    });
    for (int i = 1; i < 30; ++i) {
        batches.prepare({0, 0, 0, 0});
        batches.forget();
        made = std::make_shared<int>(i);
        CHECK(labelOf(batches.take({0, 0, 0, 0})) == 1000 * i);
    }
    batches.prepare({1, 0, 0, 0});  // ends with a batch nobody takes
}

TEST_CASE("batches made ahead are those made in turn, bit for bit") {
    StoreOptions options;
    options.resolution = 64;
    const FaceStore store = FaceStore::synthetic(options, 20, 3);
    const Augmenter augmenter(store, 64, torch::kCPU);
    Augmentation augment;
    augment.colorTransfer = "mix";
    augment.blur = augment.noise = augment.jpeg = 0.5;
    const BatchSource source(store, {augment, 5, 4});
    const auto make = [&](const BatchKey& key) {
        return augmenter.make(source.training(key.step, key.first, key.count, key.warpStrength));
    };
    PreparedBatches ahead(torch::kCPU, make);
    for (int64_t step = 0; step < 6; ++step) {
        const BatchKey key{step, 0, 4, 1};
        const PairBatch batch = ahead.take(key);
        ahead.prepare({step + 1, 0, 4, 1});
        const PairBatch plain = make(key);
        CHECK(torch::equal(batch.source.warped, plain.source.warped));
        CHECK(torch::equal(batch.source.target, plain.source.target));
        CHECK(torch::equal(batch.destination.warped, plain.destination.warped));
        CHECK(torch::equal(batch.destination.mask, plain.destination.mask));
    }
    CHECK(ahead.takenPrepared() == 5);
}
