// How far a job is, on stderr: a bar with the remaining time on a terminal, a line now and then
// anywhere else.
#pragma once

#include <chrono>
#include <string>

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
    // A line of its own, kept.
    void say(const std::string& text);
    // Takes the bar away.
    void clear();

  private:
    std::string lineOf(const training::JobInfo& info) const;
    void draw(const std::string& line);

    bool terminal_;
    bool drawn_ = false;
    std::string loss_;
    std::string lastState_;
    std::chrono::steady_clock::time_point lastShown_{};
};

}  // namespace understudy::cli
