// The CLI at a workplace of its own, with a project whose faces are made up.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/training/client/workplace.h"

namespace understudy::tests {

using Json = nlohmann::json;

class CommandDesk {
  public:
    // `behave`: what the fake jobs do (fake_job.cpp), also those that the service starts.
    explicit CommandDesk(const std::string& behave = "finish");
    // Ends the service, if there is one.
    ~CommandDesk();

    const Workplace& workplace() const { return workplace_; }
    std::string project() const { return (workplace_.folder() / "show.understudy").string(); }
    Environment environment() const;
    std::string socket() const;  // where a service listens

    // With --json: the last line of stdout, with "exit", "out" and "err".
    Json cli(std::vector<std::string> arguments) const;
    // The same, and it must succeed.
    Json mustDo(const std::vector<std::string>& arguments) const;
    ProcessResult plain(const std::vector<std::string>& arguments) const;

    // Makes the project with clips "again" of A and "bird" of B, six frames each, of which the
    // fourth has no face.
    void makeProject() const;
    std::vector<std::string> train(const std::string& run,
                                   const std::vector<std::string>& more = {}) const;
    // State of the service's newest job.
    std::string newestState() const;

  private:
    Workplace workplace_;
    std::string behave_;
};

// Refused with this code, saying what, where it can be said, and what to do.
void checkRefused(const Json& line, int code);

}  // namespace understudy::tests
