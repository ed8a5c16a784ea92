#include "training/engine/trainer/preview.h"

#include <torch/nn/functional/upsampling.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "training/engine/trainer/png_writer.h"

namespace understudy::training {

namespace {

constexpr size_t kRows = 6;
constexpr int kSmallResolution = 128;  // below it cells are doubled, to be looked at

// Evenly spread over what was held out, or over all faces if nothing was.
std::vector<int64_t> chosenFaces(const StoredSide& side, size_t rows) {
    const auto& held = side.split.validation;
    const auto& from = held.empty() ? side.split.training : held;
    std::vector<int64_t> chosen;
    for (size_t i = 0; i < rows; ++i) {
        chosen.push_back(from[(2 * i + 1) * from.size() / (2 * rows)]);
    }
    return chosen;
}

std::vector<int64_t> namedFaces(const StoredSide& side, const std::vector<std::string>& faces) {
    std::vector<int64_t> named;
    for (const std::string& face : faces) {
        const auto found = std::find(side.names.begin(), side.names.end(), face);
        if (found != side.names.end()) {
            named.push_back(found - side.names.begin());
        }
    }
    return named;
}

// The named ones, and others where there are fewer than rows.
std::vector<int64_t> filledUp(std::vector<int64_t> named, const StoredSide& side, size_t rows) {
    const std::vector<int64_t> spread = chosenFaces(side, rows);
    named.insert(named.end(), spread.begin() + static_cast<std::ptrdiff_t>(named.size()),
                 spread.end());
    return named;
}

}  // namespace

std::vector<std::string> unknownFaces(const FaceStore& store,
                                      const std::vector<std::string>& faces) {
    std::vector<std::string> unknown;
    for (const std::string& face : faces) {
        if (namedFaces(store.side(0), {face}).empty() &&
            namedFaces(store.side(1), {face}).empty()) {
            unknown.push_back(face);
        }
    }
    return unknown;
}

Preview renderPreview(StepEngine& engine, const std::vector<std::string>& faces) {
    const torch::NoGradGuard noGradient;
    const FaceStore& store = engine.store();
    const auto namedSources = namedFaces(store.side(0), faces);
    const auto namedDestinations = namedFaces(store.side(1), faces);
    size_t rows = std::max(namedSources.size(), namedDestinations.size());
    if (rows == 0) {
        rows = std::min(kRows, std::max(store.side(0).tones.size(), store.side(1).tones.size()));
    }
    const auto destinations = filledUp(namedDestinations, store.side(1), rows);
    const PairBatch batch = engine.augmenter().make(
        BatchSource::plain(filledUp(namedSources, store.side(0), rows), destinations));
    std::pair<FaceOutput, FaceOutput> pair;
    FaceOutput swap;
    {
        const Ema::Scope average(engine.ema());
        const AutocastScope autocast(engine.device(), engine.precision());
        engine.model().choose(batch.sourceIdentity, batch.destinationIdentity);
        pair = engine.model().forwardPair(batch.source.warped, batch.destination.warped);
        swap = engine.model().swap(batch.destination.warped);
    }
    std::vector<torch::Tensor> columns;
    for (const torch::Tensor& column :
         {batch.source.target, pair.first.image, batch.destination.target, pair.second.image,
          swap.image, swap.mask.expand({-1, 3, -1, -1})}) {
        columns.push_back(column.to(torch::kFloat).contiguous());
    }
    torch::Tensor cells = torch::stack(columns, 1).flatten(0, 1);  // [rows * 6, 3, R, R]
    auto cell = static_cast<int>(cells.size(3));
    if (cell < kSmallResolution) {
        cell *= 2;
        cells = torch::nn::functional::interpolate(cells,
                                                   torch::nn::functional::InterpolateFuncOptions()
                                                       .size(std::vector<int64_t>{cell, cell})
                                                       .mode(torch::kBicubic)
                                                       .align_corners(false));
    }
    const auto rowCount = static_cast<int64_t>(rows);
    const auto columnCount = static_cast<int64_t>(columns.size());
    const torch::Tensor atlas = (cells.clamp(0, 1) * 255 + 0.5)
                                    .to(torch::kUInt8)
                                    .view({rowCount, columnCount, 3, cell, cell})
                                    .permute({0, 3, 1, 4, 2})
                                    .contiguous()
                                    .cpu();
    Preview preview;
    preview.width = static_cast<int>(columnCount) * cell;
    preview.height = static_cast<int>(rowCount) * cell;
    preview.pixels.assign(atlas.data_ptr<uint8_t>(), atlas.data_ptr<uint8_t>() + atlas.numel());
    preview.info.cell = cell;
    preview.info.columns = {"source",          "source_out", "destination",
                            "destination_out", "swap",       "mask"};
    for (const int64_t face : destinations) {
        preview.info.faces.push_back(store.side(1).names[static_cast<size_t>(face)]);
    }
    return preview;
}

Status writePreview(const Preview& preview, const RunFolder& run, int64_t step) {
    US_TRY(createPrivateFolder(run.previews()));
    const std::filesystem::path picture = run.preview(step);
    std::filesystem::path description = picture;
    description.replace_extension(".json");
    const nlohmann::ordered_json json = {{"faces", preview.info.faces},
                                         {"columns", preview.info.columns},
                                         {"cell", preview.info.cell}};
    using Handler = nlohmann::ordered_json::error_handler_t;
    US_TRY(writeFileAtomic(description, json.dump(-1, ' ', false, Handler::replace) + "\n"));
    return writeFileAtomic(picture, encodePng(preview.width, preview.height, preview.pixels));
}

}  // namespace understudy::training
