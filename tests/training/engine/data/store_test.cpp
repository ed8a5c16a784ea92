#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "training/engine/data/augmenter.h"
#include "training/engine/data/face_store.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

StoreOptions smallOptions() {
    StoreOptions options;
    options.resolution = 64;
    options.validationFaces = 2;
    return options;
}

struct Packs {
    tests::TempFolder folder;
    fs::path source, destination;
    Selection selection;

    Packs(const tests::DrawnFaces& a, const tests::DrawnFaces& b)
        : source(tests::writePack(folder.path(), a)),
          destination(tests::writePack(folder.path(), b)),
          selection(tests::selectionOf({source, destination}, {a.performer, b.performer})) {}
    Packs() : Packs(tests::drawnSource(), tests::drawnDestination()) {}
    Result<FaceStore> load(const StoreOptions& options = smallOptions()) const {
        return FaceStore::load(selection, folder.path(), options);
    }
};

BatchPlan planOf(int64_t batch) {
    return {Augmentation{}, 7, batch};
}

}  // namespace

TEST_CASE("faces are loaded, shrunk, named and split") {
    const Packs packs;
    StoreOptions options = smallOptions();
    options.eyesMouth = true;
    const auto store = packs.load(options);
    REQUIRE(store.ok());
    CHECK(store->size() == 84);
    CHECK(store->margin() == Approx(0.15));
    CHECK(store->side(0).faces.sizes() == torch::IntArrayRef({24, 5, 84, 84}));
    CHECK(store->side(0).faces.scalar_type() == torch::kUInt8);
    CHECK(store->side(0).performer == "a");
    CHECK(store->side(1).names.at(4) == "bird:5");
    CHECK(store->side(1).split.validation.size() == 2);
    // Eyes and mouth weigh a little part of the face, where they are.
    const auto weights = store->side(0).faces.select(1, 4).to(torch::kFloat).mean().item<double>();
    CHECK(weights > 255 * 0.005);
    CHECK(weights < 255 * 0.1);
    CHECK(store->side(0).faces[3][4][36][32].item<int>() > 200);  // the left eye
    // The source is lighter than the destination.
    CHECK(store->side(0).tones[0].mean[0] > store->side(1).tones[0].mean[0] + 0.2);
}

TEST_CASE("the trained area lies where the packs say, to a fraction of a pixel") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    const PairBatch batch = augmenter.make(BatchSource::plain({0, 1}, {0, 1}));
    CHECK(batch.source.target.sizes() == torch::IntArrayRef({2, 3, 64, 64}));
    CHECK(batch.source.mask.sizes() == torch::IntArrayRef({2, 1, 64, 64}));
    CHECK_FALSE(batch.source.eyesMouth.defined());
    CHECK(torch::equal(batch.source.warped, batch.source.target));
    // The head is an ellipse around the centre (shifted by `turn`): half axes 0.36 and 0.46.
    const auto columns = batch.source.mask[0][0].sum(0), rows = batch.source.mask[0][0].sum(1);
    const auto axis = torch::arange(64, torch::kFloat) + 0.5;
    const double area = batch.source.mask[0].sum().item<double>();
    const double turn = 0.03 * std::sin(0.7 * 0.31);
    CHECK((columns * axis).sum().item<double>() / area == Approx(32 + 64 * turn).margin(0.05));
    CHECK((rows * axis).sum().item<double>() / area == Approx(32).margin(0.05));
    CHECK(area == Approx(3.14159 * 0.36 * 0.46 * 64 * 64).epsilon(0.01));
}

TEST_CASE("a batch is the same however ranks share it") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const BatchSource source(*store, planOf(8));
    for (const int64_t step : {int64_t{0}, int64_t{1}, int64_t{5000000000}}) {
        const BatchRequest whole = source.training(step, 0, 8, 1);
        for (const int64_t ranks : {1, 2, 4}) {
            const int64_t share = 8 / ranks;
            for (int64_t rank = 0; rank < ranks; ++rank) {
                const BatchRequest part = source.training(step, rank * share, share, 1);
                for (int64_t i = 0; i < share; ++i) {
                    const auto at = static_cast<size_t>(rank * share + i);
                    const auto k = static_cast<size_t>(i);
                    CHECK(part.source[k] == whole.source[at]);
                    CHECK(part.destination[k] == whole.destination[at]);
                    for (const size_t side : {size_t{0}, size_t{1}}) {
                        const SampleDraw& a = part.draws[side * static_cast<size_t>(share) + k];
                        const SampleDraw& b = whole.draws[side * 8 + at];
                        CHECK(a.placement == b.placement);
                        CHECK(a.warpX == b.warpX);
                        CHECK(a.warpY == b.warpY);
                        CHECK(a.cells == b.cells);
                        CHECK(a.transfer == b.transfer);
                        CHECK(a.jitter == b.jitter);
                        CHECK(a.gamma == b.gamma);
                    }
                }
            }
        }
        for (const int64_t face : whole.source) {
            const auto& held = store->side(0).split.validation;
            CHECK(std::find(held.begin(), held.end(), face) == held.end());
        }
    }
}

TEST_CASE("pixels do not depend on how ranks share a batch") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    const BatchSource source(*store, planOf(4));
    const PairBatch whole = augmenter.make(source.training(3, 0, 4, 1));
    const PairBatch part = augmenter.make(source.training(3, 2, 2, 1));
    CHECK(torch::allclose(part.source.warped, whole.source.warped.narrow(0, 2, 2), 0, 1e-6));
    CHECK(torch::allclose(part.destination.target, whole.destination.target.narrow(0, 2, 2), 0,
                          1e-6));
}

TEST_CASE("warp and colour change the input alone, placement and transfer both") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    BatchRequest request = BatchSource::plain({0, 0}, {0, 0});
    request.draws[1].placement = {-1, 0, 0, 0, 1, 0};  // mirrored
    for (const size_t i : {size_t{2}, size_t{3}}) {
        request.draws[i].cells = 4;
        request.draws[i].warpX[2 * kWarpNodes + 2] = 0.1f;
    }
    request.draws[3].gamma = 1.2f;
    request.draws[0].transfer = toneTransfer(store->side(0).tones[0], store->side(1).tones[0]);
    const PairBatch batch = augmenter.make(request);
    const PairBatch plain = augmenter.make(BatchSource::plain({0, 0}, {0, 0}));
    CHECK(torch::allclose(batch.source.mask[1], plain.source.mask[1].flip(2), 0, 1e-4));
    CHECK(torch::allclose(batch.source.warped[1], plain.source.target[1].flip(2), 0, 1e-4));
    CHECK(torch::allclose(batch.destination.target, plain.destination.target, 0, 1e-5));
    const auto moved = (batch.destination.warped[0] - batch.destination.target[0]).abs();
    CHECK(moved.max().item<double>() > 0.02);
    CHECK(moved.narrow(1, 0, 2).max().item<double>() < 0.03);  // hardly at the border
    CHECK((batch.destination.warped[1] - batch.destination.warped[0]).abs().mean().item<double>() >
          0.01);
    CHECK(torch::equal(batch.source.warped[0], batch.source.target[0]));
    const auto weight = batch.source.mask[0];
    const auto mean = (batch.source.target[0] * weight).sum({1, 2}) / weight.sum();
    const auto other = (plain.destination.target[0] * plain.destination.mask[0]).sum({1, 2}) /
                       plain.destination.mask[0].sum();
    CHECK(torch::allclose(mean, other, 0, 0.02));
}

TEST_CASE("a smooth warp moves by what its nodes say") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    BatchRequest request = BatchSource::plain({0}, {0});
    request.draws[0].cells = 2;
    request.draws[0].warpX[kWarpNodes + 1] = 0.125f;  // 4 of 64 pixels, in the middle
    const PairBatch batch = augmenter.make(request);
    // In the middle rows and columns the field is flat: the input shows what lies 4 pixels right.
    const auto input = batch.source.warped[0].slice(1, 31, 33).slice(2, 31, 33);
    const auto shifted = batch.source.target[0].slice(1, 31, 33).slice(2, 35, 37);
    CHECK(torch::allclose(input, shifted, 0, 0.02));
}

TEST_CASE("half-float packs train in their own encoding") {
    tests::DrawnFaces a = tests::drawnSource(), b = tests::drawnDestination();
    a.encoding = b.encoding = "acescct";
    a.sample = b.sample = media::PackSample::f16;
    const Packs halves(a, b), bytes;
    const auto first = halves.load(), second = bytes.load();
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    CHECK(first->encoding() == "acescct");
    const auto request = BatchSource::plain({0}, {5});
    const PairBatch one = Augmenter(*first, 64, torch::kCPU).make(request);
    const PairBatch two = Augmenter(*second, 64, torch::kCPU).make(request);
    CHECK(torch::allclose(one.source.target, two.source.target, 0, 0.004));
    CHECK(torch::allclose(one.destination.mask, two.destination.mask, 0, 0.004));
}

TEST_CASE("faces beyond the memory budget lie in a file that leaves with the process") {
    const Packs packs;
    StoreOptions options = smallOptions();
    options.hostBudget = 1000;
    options.overflow = packs.folder.path();
    const auto spilled = packs.load(options);
    const auto resident = packs.load();
    REQUIRE(spilled.ok());
    CHECK(torch::equal(spilled->side(1).faces, resident->side(1).faces));
    for (const auto& entry : fs::directory_iterator(packs.folder.path())) {
        CHECK(entry.path().extension() != ".cache");
    }
}

TEST_CASE("a handful of faces trains without validation") {
    tests::DrawnFaces a = tests::drawnSource(), b = tests::drawnDestination();
    a.count = 1;
    b.count = 3;
    const Packs packs(a, b);
    const auto store = packs.load();
    REQUIRE(store.ok());
    CHECK(store->side(0).split.validation.empty());
    const BatchRequest request = BatchSource(*store, planOf(8)).training(4, 0, 8, 1);
    CHECK(request.source == std::vector<int64_t>(8, 0));
    CHECK(Augmenter(*store, 64, torch::kCPU).make(request).source.warped.size(0) == 8);
}

TEST_CASE("what cannot train is refused with the way out") {
    tests::DrawnFaces a = tests::drawnSource(), b = tests::drawnDestination();
    SECTION("packs smaller than the resolution") {
        StoreOptions options = smallOptions();
        options.resolution = 96;
        const auto store = Packs().load(options);
        REQUIRE_FALSE(store.ok());
        CHECK(store.error().code == ErrorCode::usage);
        CHECK(store.error().remedy.find("125") != std::string::npos);
    }
    SECTION("mixed encodings") {
        b.encoding = "acescct";
        const auto store = Packs(a, b).load();
        REQUIRE_FALSE(store.ok());
        CHECK(store.error().code == ErrorCode::usage);
        CHECK(store.error().message.find("acescct") != std::string::npos);
    }
    SECTION("no faces") {
        Packs packs;
        packs.selection.identities[1].faces.clear();
        const auto store = packs.load();
        REQUIRE_FALSE(store.ok());
        CHECK(store.error().code == ErrorCode::usage);
        CHECK(store.error().message.find(" b ") != std::string::npos);
    }
    SECTION("a pack that is gone") {
        const Packs packs;
        fs::remove(packs.source);
        CHECK(packs.load().error().code == ErrorCode::missingInput);
    }
    SECTION("another pack under the same name") {
        const Packs packs;
        a.skin[0] = 0.3;
        fs::remove(packs.source);
        fs::remove(media::packPixelsPath(packs.source));
        tests::writePack(packs.folder.path(), a);
        const auto store = packs.load();
        REQUIRE_FALSE(store.ok());
        CHECK(store.error().code == ErrorCode::corruptData);
        CHECK(store.error().remedy.find("new run") != std::string::npos);
    }
    SECTION("a flipped bit") {
        const Packs packs;
        const fs::path pixels = media::packPixelsPath(packs.destination);
        std::fstream file(pixels, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(fs::file_size(pixels) / 2));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(fs::file_size(pixels) / 2));
        file.put(static_cast<char>(byte ^ 16));
        file.close();
        const auto store = packs.load();
        REQUIRE_FALSE(store.ok());
        CHECK(store.error().code == ErrorCode::corruptData);
    }
    SECTION("a record that the pack does not have") {
        Packs packs;
        packs.selection.identities[0].faces[0].record = 1000;
        CHECK(packs.load().error().code == ErrorCode::corruptData);
    }
}
