// history.jsonl as the trainer writes it: cut back to the checkpoint when a run goes on, then only
// appended, a whole line at a time.
#pragma once

#include <filesystem>

#include "media/base/file.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

class HistoryFile {
  public:
    // Drops lines of steps beyond `upTo`, and a torn last line. Errors: cannotWrite.
    static Result<HistoryFile> open(const std::filesystem::path& path, int64_t upTo);

    Status append(const HistoryLine& line);

  private:
    HistoryFile(FileHandle file, std::filesystem::path path)
        : file_(std::move(file)), path_(std::move(path)) {}

    FileHandle file_;
    std::filesystem::path path_;
};

}  // namespace understudy::training
