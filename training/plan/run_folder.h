// The files of a run and how everybody finds and reads them: trainer, service, window, CLI.
//   plan.json selection.json changes.jsonl rollbacks.jsonl preview_faces.json environment.json
//   history.jsonl events.out.tfevents.*
//   lock trainer-<rank>.log   previews/step-<8 digits>.png + .json
//   checkpoints/step-<8 digits>/   checkpoints/latest   checkpoints/best
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

struct RunFolder {
    std::filesystem::path path;

    std::filesystem::path plan() const { return path / "plan.json"; }
    std::filesystem::path selection() const { return path / "selection.json"; }
    std::filesystem::path changes() const { return path / "changes.jsonl"; }
    std::filesystem::path rollbacks() const { return path / "rollbacks.jsonl"; }
    std::filesystem::path previewFaces() const { return path / "preview_faces.json"; }
    std::filesystem::path environment() const { return path / "environment.json"; }
    std::filesystem::path history() const { return path / "history.jsonl"; }
    std::filesystem::path lock() const { return path / "lock"; }
    std::filesystem::path previews() const { return path / "previews"; }
    std::filesystem::path checkpoints() const { return path / "checkpoints"; }
    std::filesystem::path latest() const { return checkpoints() / "latest"; }
    std::filesystem::path best() const { return checkpoints() / "best"; }
    std::filesystem::path log(int rank) const;
    std::filesystem::path checkpoint(int64_t step) const;
    std::filesystem::path preview(int64_t step) const;  // the .png
};

// "step-00001234"; and the number of such a name, or nothing.
std::string stepName(int64_t step);
std::optional<int64_t> stepOfName(const std::string& name);

// One line of history.jsonl. Numbers that were not finite are NaN here and null in the file.
struct HistoryLine {
    int64_t step = 0;
    double time = 0;  // seconds of stepping since the run began
    double loss = 0;
    std::map<std::string, double> terms;  // "source_dssim", "destination_mask", ...
    std::optional<double> validation;
    double learningRate = 0;         // "lr"
    double iterationsPerSecond = 0;  // "it_per_s"
    double dataWait = 0;             // fraction of the step time, "data_wait"
    // Seconds that saves since the line before kept training waiting beyond the copy of the memory,
    // and of that copy: "save_stall", "save_copy". Only in lines after a save.
    std::optional<double> saveStall, saveCopy;
    // Of several ranks: what they give of the speed of as many alone (1 is all of it; only where
    // one was measured), and the seconds of a step that they wait for each other's gradients.
    std::optional<double> efficiency, communication;
};
std::string historyToJson(const HistoryLine& line);
std::optional<HistoryLine> historyFromJson(const std::string& text);

// Reads what was appended since `offset` (whole lines only) and moves it on. A torn last line
// waits; lines that are not history are skipped; no file is no line. A file shorter than `offset`
// was cut back to a checkpoint and is read from its start: where steps go back, the reader drops
// what it had from there. A long one can be read in parts of about `enough` lines.
Result<std::vector<HistoryLine>> readHistory(const std::filesystem::path& file, uint64_t& offset,
                                             size_t enough = SIZE_MAX);

// Steps that have a preview, and checkpoint folders that have a manifest, ascending.
std::vector<int64_t> previewSteps(const RunFolder& run);
std::vector<int64_t> checkpointSteps(const RunFolder& run);

// What previews/step-<n>.json says.
struct PreviewInfo {
    std::vector<std::string> faces;  // of the destination: "again:1034"
    std::vector<std::string>
        columns;   // source, source_out, destination, destination_out, swap, mask
    int cell = 0;  // pixels
};
Result<PreviewInfo> readPreviewInfo(const std::filesystem::path& file);

}  // namespace understudy::training
