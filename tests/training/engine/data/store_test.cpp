#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "media/align/head_yaw.h"
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

namespace {

// Every way to sample and to augment, off and on.
std::vector<Augmentation> augmentations() {
    std::vector<Augmentation> all(5);
    all[1].colorTransfer = "lot";
    all[1].blur = 0.5;
    all[2].colorTransfer = "mix";
    all[2].uniformYaw = true;
    all[2].noise = 0.5;
    all[3].colorTransfer = "none";
    all[3].jpeg = 0.5;
    all[3].color = 0;
    all[3].shade = 0.8;
    all[4].colorTransfer = "mix";
    all[4].uniformYaw = true;
    all[4].blur = all[4].noise = all[4].jpeg = 0.7;
    all[4].flipSource = 0.5;
    return all;
}

}  // namespace

TEST_CASE("a batch is the same however ranks share it") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    for (const Augmentation& augment : augmentations()) {
        CAPTURE(augment.colorTransfer, augment.uniformYaw, augment.blur);
        const BatchSource source(*store, {augment, 7, 8});
        for (const int64_t step : {int64_t{0}, int64_t{1}, int64_t{5000000000}}) {
            const BatchRequest whole = source.training(step, 0, 8, 1);
            for (const int64_t ranks : {1, 2, 4}) {
                const int64_t share = 8 / ranks;
                BatchRequest joined;
                joined.draws.resize(16);
                for (int64_t rank = 0; rank < ranks; ++rank) {
                    // As every rank of its own does.
                    const BatchRequest part =
                        BatchSource(*store, {augment, 7, 8}).training(step, rank * share, share, 1);
                    const auto put = [&](std::vector<int64_t>& to, const auto& from) {
                        to.insert(to.end(), from.begin(), from.end());
                    };
                    put(joined.source, part.source);
                    put(joined.destination, part.destination);
                    for (int64_t i = 0; i < 2 * share; ++i) {
                        const int64_t at = i / share * 8 + rank * share + i % share;
                        joined.draws[static_cast<size_t>(at)] = part.draws[static_cast<size_t>(i)];
                    }
                }
                CHECK(joined.source == whole.source);
                CHECK(joined.destination == whole.destination);
                CHECK((joined.draws == whole.draws));  // torch would print them
            }
            for (size_t s = 0; s < 2; ++s) {
                const auto& held = store->side(s).split.validation;
                CHECK_FALSE(held.empty());
                for (const int64_t face : s == 0 ? whole.source : whole.destination) {
                    CHECK(std::find(held.begin(), held.end(), face) == held.end());
                }
            }
        }
    }
}

TEST_CASE("the turn of every head comes from its landmarks, and can be sampled evenly") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const auto reader = media::PackReader::open(packs.source);
    REQUIRE(reader.ok());
    for (size_t i = 0; i < reader->size(); ++i) {
        CHECK(store->side(0).yaws.at(i) ==
              Approx(media::headYaw(reader->record(i).landmarks)).margin(1e-4));
    }

    const FaceStore many = FaceStore::synthetic(smallOptions(), 400, 2);
    Augmentation augment;
    augment.uniformYaw = true;
    std::map<int64_t, int> counts;
    const int64_t ranges = 17;  // -40 to 40 degrees
    const BatchSource source(many, {augment, 7, ranges});
    for (int64_t step = 0; step < 50; ++step) {
        for (const int64_t face : source.training(step, 0, ranges, 1).destination) {
            const float yaw = many.side(1).yaws[static_cast<size_t>(face)];
            ++counts[std::lround(yaw / kYawRange)];
        }
    }
    CHECK(counts.size() == static_cast<size_t>(ranges));
    for (const auto& [range, count] : counts) {
        CHECK(count == 50);
    }
}

TEST_CASE("pixels do not depend on how ranks share a batch") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    for (const Augmentation& augment : augmentations()) {
        CAPTURE(augment.colorTransfer, augment.uniformYaw, augment.blur);
        const BatchSource source(*store, {augment, 7, 4});
        const PairBatch whole = augmenter.make(source.training(3, 0, 4, 1));
        const PairBatch part = augmenter.make(source.training(3, 2, 2, 1));
        CHECK(torch::allclose(part.source.warped, whole.source.warped.narrow(0, 2, 2), 0, 1e-5));
        CHECK(torch::allclose(part.destination.target, whole.destination.target.narrow(0, 2, 2), 0,
                              1e-6));
    }
}

TEST_CASE("degradation changes the input alone") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    BatchRequest request = BatchSource::plain({0, 1}, {2, 3});
    request.draws[0].blur = {0.01f, 0.01f};
    request.draws[1].noise = 0.04f;
    request.draws[2].quality = 30;
    const PairBatch batch = augmenter.make(request);
    const PairBatch plain = augmenter.make(BatchSource::plain({0, 1}, {2, 3}));
    CHECK(torch::equal(batch.source.target, plain.source.target));
    CHECK(torch::equal(batch.destination.target, plain.destination.target));
    CHECK(torch::equal(batch.source.mask, plain.source.mask));
    CHECK(torch::equal(batch.destination.warped[1], plain.destination.warped[1]));
    for (const auto& [worse, given] :
         {std::pair{batch.source.warped[0], plain.source.warped[0]},
          {batch.source.warped[1], plain.source.warped[1]},
          {batch.destination.warped[0], plain.destination.warped[0]}}) {
        const double change = (worse - given).abs().mean().item<double>();
        CHECK(change > 0.002);
        CHECK(change < 0.1);
    }
}

TEST_CASE("light and shade lie over the input alone, linear between their nodes") {
    const Packs packs;
    const auto store = packs.load();
    REQUIRE(store.ok());
    const Augmenter augmenter(*store, 64, torch::kCPU);
    BatchRequest request = BatchSource::plain({0, 1}, {2, 3});
    // Green of one sample, at the node in the middle: half as bright there.
    constexpr size_t kMiddle = size_t{2} * kShadeNodes + 2;
    request.draws[1].shade[size_t{kShadeNodes} * kShadeNodes + kMiddle] = std::log(0.5f);
    const PairBatch batch = augmenter.make(request);
    const PairBatch plain = augmenter.make(BatchSource::plain({0, 1}, {2, 3}));
    CHECK(torch::equal(batch.source.target, plain.source.target));
    CHECK(torch::equal(batch.source.warped[0], plain.source.warped[0]));
    CHECK(torch::equal(batch.destination.warped, plain.destination.warped));
    const torch::Tensor shaded = batch.source.warped[1], given = plain.source.warped[1];
    CHECK(torch::equal(shaded[0], given[0]));
    CHECK(torch::equal(shaded[2], given[2]));
    // The nodes lie 16 pixels apart, the middle one between pixels 31 and 32.
    for (const auto& [x, y] : {std::pair{31, 31}, {35, 31}, {35, 24}, {47, 31}, {60, 5}}) {
        const auto share = [](int pixel) {
            return std::max(0.0, 1 - std::abs((pixel + 0.5) - 32) / 16);
        };
        CAPTURE(x, y);
        CHECK(shaded[1][y][x].item<double>() ==
              Approx(given[1][y][x].item<double>() * std::pow(0.5, share(x) * share(y)))
                  .epsilon(1e-4));
    }
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
    CHECK(spilled->home() == FaceHome::file);
    CHECK(spilled->budget() == 1000);
    CHECK(spilled->residency() ==
          "54 faces take 1.5 MiB and are read from a file: in host memory they may take 0.0 MiB");
    CHECK(resident->home() == FaceHome::host);
    CHECK(resident->residency() == "54 faces take 1.5 MiB of host memory");
    // Read in place.
    const auto request = BatchSource(*resident, planOf(4)).training(1, 0, 4, 1);
    CHECK(torch::equal(Augmenter(*spilled, 64, torch::kCPU).make(request).source.warped,
                       Augmenter(*resident, 64, torch::kCPU).make(request).source.warped));
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

TEST_CASE("faces of one moment are learned from each other where a plan pairs them") {
    const Packs packs;
    auto store = packs.load();
    REQUIRE(store.ok());
    const auto moments = sharedMoments(*store);
    REQUIRE(moments.ok());
    for (const auto& faces : *moments) {
        for (size_t s = 0; s < 2; ++s) {
            const auto& held = store->side(s).split.validation;
            CHECK(std::find(held.begin(), held.end(), faces[s]) == held.end());
        }
        CHECK(store->side(0).moments[static_cast<size_t>(faces[0])] ==
              store->side(1).moments[static_cast<size_t>(faces[1])]);
    }
    const BatchSource half(*store, {Augmentation{}, 7, 4, 0.5}), plain(*store, planOf(4));
    const Augmenter augmenter(*store, 64, torch::kCPU);
    int exchanged = 0;
    for (int64_t step = 0; step < 200; ++step) {
        BatchRequest request = half.training(step, 0, 4, 1);
        if (!request.exchanged) {
            CHECK(request.source == plain.training(step, 0, 4, 1).source);
            continue;
        }
        ++exchanged;
        for (size_t i = 0; i < 4; ++i) {
            const auto a = static_cast<size_t>(request.source[i]);
            const auto b = static_cast<size_t>(request.destination[i]);
            CHECK(store->side(0).moments[a] == store->side(1).moments[b]);
            // Both look at the same pixels of the plate.
            for (const media::Point corner : {media::Point{-1, -1}, media::Point{1, 0.5}}) {
                const auto inPlate = [&](size_t side, size_t face, const SampleDraw& draw) {
                    const auto& p = draw.placement;
                    const media::Affine looks = {p[0], p[1], p[2], p[3], p[4], p[5]};
                    return store->side(side).places[face].inverse()(looks(corner));
                };
                CHECK(media::distance(inPlate(0, a, request.draws[i]),
                                      inPlate(1, b, request.draws[4 + i])) < 1e-3);
            }
            CHECK(request.draws[i].transfer == kSameColor);
        }
        const BatchRequest part = half.training(step, 2, 2, 1);  // of another rank
        CHECK(part.exchanged);
        CHECK(part.source[0] == request.source[2]);
        CHECK((part.draws[0] == request.draws[2]));
        if (exchanged == 1) {
            const PairBatch crossed = augmenter.make(request);
            request.exchanged = false;
            const PairBatch own = augmenter.make(request);
            CHECK(torch::equal(crossed.source.warped, own.destination.warped));
            CHECK(torch::equal(crossed.destination.warped, own.source.warped));
            CHECK(torch::equal(crossed.source.target, own.source.target));
            CHECK_FALSE(torch::equal(own.source.warped, own.destination.warped));
        }
    }
    CHECK(exchanged > 70);
    CHECK(exchanged < 130);
}

TEST_CASE("what shows no common moments is not paired") {
    Packs packs;
    // All of the source's faces are of later frames than the destination's.
    for (SelectedFace& face : packs.selection.identities[0].faces) {
        face.frame += 1000;
    }
    const auto apart = packs.load();
    REQUIRE(apart.ok());
    const auto none = sharedMoments(*apart);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::usage);
    CHECK(none.error().message.find("no frame has a face of everybody") != std::string::npos);
    // And the source has a second clip.
    packs.selection.packs.push_back(packs.selection.packs[0]);
    packs.selection.identities[0].faces.back().pack = 2;
    const auto more = packs.load();
    REQUIRE(more.ok());
    const auto differ = sharedMoments(*more);
    REQUIRE_FALSE(differ.ok());
    CHECK(differ.error().message.find("of 2 clips") != std::string::npos);
}
