// Files for the moment.
#pragma once

#include <filesystem>
#include <utility>

#include "media/base/result.h"

namespace understudy {

// A folder for the moment that nobody else can read or guess, gone with the object.
class TemporaryFolder {
  public:
    // In $TMPDIR, else /tmp. Errors: cannotWrite.
    static Result<TemporaryFolder> make();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    const std::filesystem::path& path() const { return path_; }
    // It stays, and is somebody else's.
    std::filesystem::path release() { return std::exchange(path_, {}); }

  private:
    TemporaryFolder() = default;
    std::filesystem::path path_;
};

}  // namespace understudy
