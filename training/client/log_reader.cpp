#include "training/client/log_reader.h"

#include <sys/stat.h>

#include <algorithm>

namespace understudy::training {
namespace {

namespace fs = std::filesystem;

struct Place {
    uint64_t inode = 0;  // 0: not there
    std::streamoff size = 0;
};

Place placeOf(const fs::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        return {};
    }
    return {static_cast<uint64_t>(info.st_ino), static_cast<std::streamoff>(info.st_size)};
}

}  // namespace

std::deque<std::string> lastLines(const fs::path& log, size_t count, const ShowLine& show) {
    std::deque<std::string> last;
    for (const char* generation : {"", ".1", ".2"}) {
        fs::path path = log;
        path += generation;
        std::ifstream file(path);
        std::deque<std::string> older;
        for (std::string line; std::getline(file, line);) {
            if (std::string text = show(line); !text.empty()) {
                older.push_back(std::move(text));
                if (older.size() > count - last.size()) {
                    older.pop_front();
                }
            }
        }
        last.insert(last.begin(), older.begin(), older.end());
        if (last.size() >= count) {
            break;
        }
    }
    return last;
}

LogFollower::LogFollower(fs::path log) : log_(std::move(log)) {
    reopen();
    place_ = placeOf(log_).size;
}

void LogFollower::reopen() {
    file_ = std::ifstream(log_, std::ios::binary);
    inode_ = placeOf(log_).inode;
    place_ = 0;
    begun_.clear();
}

void LogFollower::readRest(std::vector<std::string>& lines) {
    file_.clear();
    file_.seekg(place_);
    for (char bytes[1 << 14]; file_.read(bytes, sizeof bytes) || file_.gcount() > 0;) {
        place_ += file_.gcount();
        begun_.append(bytes, static_cast<size_t>(file_.gcount()));
    }
    size_t start = 0;
    for (size_t end; (end = begun_.find('\n', start)) != std::string::npos; start = end + 1) {
        lines.push_back(begun_.substr(start, end - start));
    }
    begun_.erase(0, start);
}

std::vector<std::string> LogFollower::next() {
    std::vector<std::string> lines;
    const Place now = placeOf(log_);
    if (now.inode == inode_ && now.size < place_) {
        place_ = 0;  // copied away and cut
        begun_.clear();
    }
    if (inode_ != 0) {
        readRest(lines);  // also of a file that was moved away meanwhile
    }
    if (now.inode != 0 && now.inode != inode_) {
        reopen();
        readRest(lines);
    }
    return lines;
}

}  // namespace understudy::training
