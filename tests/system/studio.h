// A studio for system tests: private HOME, state and runtime folders, a project, and the real CLI.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace understudy::tests {

class Studio {
  public:
    Studio();

    const TempFolder& folder() const { return folder_; }
    std::filesystem::path project() const { return folder_ / "show.understudy"; }
    // The environment in which nothing touches the user's own service and files.
    Environment environment() const;

    // Runs the CLI with --json --local; returns its last line with "exit" and "stderr" added.
    nlohmann::json cli(std::vector<std::string> arguments) const;
    // The same, and fails the test unless it succeeds.
    nlohmann::json mustDo(const std::vector<std::string>& arguments) const;

    // Project with performers A and B made of the given clips, faces found.
    void prepare(const std::vector<std::filesystem::path>& source,
                 const std::vector<std::filesystem::path>& destination) const;
    // Arguments of a training small enough for a test, but real.
    std::vector<std::string> smallTraining(const std::string& run, int steps) const;

    std::string path(const std::string& name) const { return (folder_ / name).string(); }

  private:
    TempFolder folder_;
};

// A clip without any face, and one made of a still picture, by the ffmpeg program.
void makeFacelessClip(const std::filesystem::path& path, int frames);

// Number of video frames and other facts of a movie, by ffprobe: keys of its stream object.
nlohmann::json probeVideo(const std::filesystem::path& path);

}  // namespace understudy::tests
