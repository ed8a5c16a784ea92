#include "training/service/process_work.h"

#include <unistd.h>

#include <sstream>
#include <string>

#include "media/base/file.h"

namespace understudy::training {
namespace {

constexpr double kBusy = 0.05;           // of one core
constexpr uint64_t kTransfer = 1 << 16;  // bytes

}  // namespace

ProcessWork workOf(int64_t pid) {
    ProcessWork work;
    const std::string folder = "/proc/" + std::to_string(pid);
    if (const auto stat = readFile(folder + "/stat", 1 << 16); stat.ok()) {
        // The name in brackets may hold anything: state, the third field, follows it.
        std::istringstream fields(stat->substr(stat->rfind(')') + 1));
        std::string field;
        for (int number = 3; number <= 15 && fields >> field; ++number) {
            if (number == 12) {
                work.faults = std::stoull(field);
            } else if (number >= 14) {  // user, system
                work.cpuSeconds += std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
            }
        }
    }
    if (const auto io = readFile(folder + "/io", 1 << 12); io.ok()) {
        std::istringstream lines(*io);
        std::string name;
        for (uint64_t value = 0; lines >> name >> value;) {
            work.bytes += name == "rchar:" || name == "wchar:" ? value : 0;
        }
    }
    return work;
}

bool hasWorked(const ProcessWork& before, const ProcessWork& after, double seconds) {
    return after.cpuSeconds - before.cpuSeconds >= kBusy * seconds ||
           after.bytes >= before.bytes + kTransfer || after.faults > before.faults;
}

}  // namespace understudy::training
