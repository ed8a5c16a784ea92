// A project with a made clip, its faces, and a run whose tiny network was never trained: everything
// a render needs, in a second.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"
#include "training/plan/plan.h"

namespace understudy::tests {

class MadeProject {
  public:
    static constexpr int kFrames = 24;
    static constexpr int kFirst = 1001;
    static constexpr int kFaceless = 1005;  // no face was found there
    static constexpr int kRejected = 1010;  // rejected in review

    // Clip "plate": a PNG sequence 1001-1024; run "r01" with checkpoints of steps 5 and 9.
    explicit MadeProject(const std::string& encoding = "srgb");

    std::filesystem::path folder() const { return files_ / "show.understudy"; }
    std::filesystem::path run() const { return folder() / "runs" / "r01"; }
    std::string plate(int frame) const;
    std::string platePattern() const { return (files_ / "plate" / "plate.####.png").string(); }
    std::string path(const std::string& name) const { return (files_ / name).string(); }

  private:
    TempFolder files_;
};

}  // namespace understudy::tests
