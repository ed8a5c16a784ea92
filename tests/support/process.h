// Runs real programs from tests: to the end, or in the background to be killed.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace understudy::tests {

struct ProcessResult {
    int exitCode = -1;  // of a normal exit
    int signal = 0;     // that ended it, 0 if none
    std::string out;
    std::string err;
    double peakMebibytes = 0;  // that the program had in memory at once
};

using Environment = std::map<std::string, std::string>;  // added to the test's own

// Runs `program` (a path, a name in PATH, or one of our programs' names) with its arguments.
// `input` is all of its stdin. Throws std::runtime_error when it cannot be started or outlives
// `limitSeconds` (it is killed then).
ProcessResult runProcess(const std::string& program, const std::vector<std::string>& arguments,
                         const Environment& environment = {}, const std::string& input = "",
                         double limitSeconds = 280);

// A program in the background; killed with its children when the object goes.
class BackgroundProcess {
  public:
    // stdout goes to `outFile` (or nowhere), stderr to `outFile`.err; stdin is a pipe that stays
    // open.
    BackgroundProcess(const std::string& program, const std::vector<std::string>& arguments,
                      const Environment& environment = {}, const std::string& outFile = "");
    ~BackgroundProcess();
    BackgroundProcess(const BackgroundProcess&) = delete;
    BackgroundProcess& operator=(const BackgroundProcess&) = delete;

    pid_t pid() const { return pid_; }
    void write(const std::string& text);
    void closeInput();
    void signal(int number);       // to the program itself
    void signalGroup(int number);  // to it and everything it started in its group
    bool running();
    // Waits; exit code, or 128 + signal. Throws when it outlives the limit.
    int wait(double limitSeconds = 280);

  private:
    pid_t pid_ = -1;
    int input_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

// Polls `condition` (a short interval between) until it holds; false after the limit.
bool waitUntil(const std::function<bool()>& condition, double limitSeconds = 60);

}  // namespace understudy::tests
