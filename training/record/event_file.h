// TensorBoard's event files: scalars and pictures of a run, for people who have their other
// trainings there. Written by hand from the format: records of u64 length, masked CRC-32C of the
// length, data, masked CRC-32C of the data; the data are protocol buffers (tensorflow.Event).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "media/base/file.h"
#include "media/base/result.h"

namespace understudy::training {

class EventFile {
  public:
    // A new events.out.tfevents.* in the folder, sorted behind those that are there. What these say
    // beyond step `upTo` is cut off, and a torn end too; the new file begins by telling readers
    // that have it already to forget what is later. Errors: cannotWrite, missingInput.
    static Result<EventFile> open(const std::filesystem::path& folder, int64_t upTo);

    // Each is in the file when the call returns. NaN is written as such. Errors: cannotWrite.
    Status addScalars(int64_t step, const std::map<std::string, double>& values);
    // `png`: the whole file.
    Status addPicture(int64_t step, const std::string& tag, int width, int height,
                      const std::string& png);

    const std::filesystem::path& path() const { return path_; }

  private:
    EventFile(FileHandle file, std::filesystem::path path)
        : file_(std::move(file)), path_(std::move(path)) {}
    Status add(const std::string& event);

    FileHandle file_;
    std::filesystem::path path_;
};

}  // namespace understudy::training
