// How far a job is, on stderr: a bar with the remaining time on a terminal, below a picture if
// there is one; a line now and then anywhere else.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "training/protocol/messages.h"

namespace understudy::cli {

class Progress {
  public:
    Progress();
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(const training::JobInfo& info);
    void showStep(const training::StepFinished& step);
    // What stands above the bar from now on; on terminals only.
    void setPicture(std::vector<std::string> lines) { picture_ = std::move(lines); }
    bool onTerminal() const { return terminal_; }
    static size_t terminalWidth();
    // A line of its own, kept.
    void say(const std::string& text);
    // Takes the bar away.
    void clear();

  private:
    std::string lineOf(const training::JobInfo& info) const;
    void draw(const std::string& line);

    bool terminal_;
    size_t drawn_ = 0;  // lines
    std::vector<std::string> picture_;
    std::string loss_;
    std::string lastState_;
    std::chrono::steady_clock::time_point lastShown_{};
};

}  // namespace understudy::cli
