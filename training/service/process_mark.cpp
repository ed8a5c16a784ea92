#include "training/service/process_mark.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "media/base/file.h"

namespace understudy::training {

namespace {

std::string bootName() {
    const auto boot = readFile("/proc/sys/kernel/random/boot_id", 1 << 10);
    return boot.ok() ? boot->substr(0, boot->find('\n')) : "";
}

}  // namespace

ProcessMark markOf(int64_t pid) {
    const auto stat = readFile("/proc/" + std::to_string(pid) + "/stat", 1 << 16);
    if (pid <= 0 || !stat.ok()) {
        return {};
    }
    // "pid (name) state ppid ...": the name may hold anything, so the fields count from its end;
    // state is the third field, the start the twenty-second.
    std::istringstream fields(stat->substr(stat->rfind(')') + 1));
    std::string field;
    std::string started;
    for (int number = 3; number <= 22 && fields >> field; ++number) {
        if (number == 3 && (field == "Z" || field == "X")) {
            return {};  // ended, only not yet collected
        }
        started = field;
    }
    return {pid, started + " " + bootName()};
}

bool isAlive(const ProcessMark& mark) {
    return mark.pid > 0 && markOf(mark.pid) == mark;
}

bool isOfThisBoot(const ProcessMark& mark) {
    const size_t space = mark.started.find(' ');
    return space != std::string::npos && mark.started.substr(space + 1) == bootName();
}

void signalMarked(const ProcessMark& mark, int number) {
    if (!isAlive(mark)) {
        return;
    }
    const auto pid = static_cast<pid_t>(mark.pid);
    ::kill(::getpgid(pid) == pid ? -pid : pid, number);
}

}  // namespace understudy::training
