// A run as verbs are told of it: its folder, or a project and --run.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::cli {

struct RunChoice {
    std::string first;  // a project where `run` is given, else the folder itself
    std::string run;

    std::filesystem::path path() const {
        return run.empty() ? std::filesystem::path(first)
                           : std::filesystem::path(first) / "runs" / run;
    }
};

}  // namespace understudy::cli
