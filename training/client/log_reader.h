// Reads a log that is being written: what there is, then what comes, across its rotation.
#pragma once

#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace understudy::training {

// The last `count` lines that `show` makes something of, the rotated files <log>.1 and .2 included
// where the log alone has too few. `show` returns an empty text for a line to be left out.
using ShowLine = std::function<std::string(const std::string& line)>;
std::deque<std::string> lastLines(const std::filesystem::path& log, size_t count,
                                  const ShowLine& show);

class LogFollower {
  public:
    // From the end of what is there now.
    explicit LogFollower(std::filesystem::path log);

    // Whole lines since the last call.
    std::vector<std::string> next();

  private:
    void reopen();
    void readRest(std::vector<std::string>& lines);

    std::filesystem::path log_;
    std::ifstream file_;
    uint64_t inode_ = 0;
    std::streamoff place_ = 0;
    std::string begun_;  // a line without its end yet
};

}  // namespace understudy::training
