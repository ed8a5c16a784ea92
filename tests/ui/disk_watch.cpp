// SPDX-License-Identifier: GPL-3.0-or-later
// Its functions stand before the C library's of the same names, in this program and in the shared
// libraries that it uses.
#include "tests/ui/disk_watch.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QThread>
#include <atomic>
#include <cstdarg>
#include <set>

#include "ui/window/watched_application.h"

namespace understudy::tests {
namespace {

struct Watch {
    std::string folder;
    std::set<std::string> seen;
};
std::atomic<Watch*> watching = nullptr;

void notice(const char* what, const char* path) {
    Watch* watch = watching.load();
    if (watch == nullptr || path == nullptr) {
        return;
    }
    const auto* application = qobject_cast<ui::WatchedApplication*>(QCoreApplication::instance());
    if (application == nullptr || QThread::currentThread() != application->thread() ||
        !application->isHandling()) {
        return;
    }
    const std::string where = path;
    if (where.compare(0, watch->folder.size(), watch->folder) == 0) {
        watch->seen.insert(std::string(what) + ' ' + where.substr(watch->folder.size()));
    }
}

// The last argument of open(), which is there only for files that may be made.
mode_t modeOf(int flags, va_list more) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : mode_t{0};
}

// The C library's own.
template <class Function>
Function* next(Function* /*ours*/, const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

DiskWatch::DiskWatch(const std::filesystem::path& folder) {
    delete watching.exchange(new Watch{folder.string() + '/', {}});
}

DiskWatch::~DiskWatch() {
    delete watching.exchange(nullptr);
}

std::vector<std::string> DiskWatch::seen() const {
    const Watch* watch = watching.load();
    return {watch->seen.begin(), watch->seen.end()};
}

}  // namespace understudy::tests

using understudy::tests::modeOf;
using understudy::tests::next;
using understudy::tests::notice;

extern "C" {

DIR* opendir(const char* path) {
    static auto* const real = next(&opendir, "opendir");
    notice("opendir", path);
    return real(path);
}

int open(const char* path, int flags, ...) {
    static auto* const real = next(&open, "open");
    notice("open", path);
    va_list more;
    va_start(more, flags);
    const mode_t mode = modeOf(flags, more);
    va_end(more);
    return real(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
    static auto* const real = next(&openat, "openat");
    notice("open", path);
    va_list more;
    va_start(more, flags);
    const mode_t mode = modeOf(flags, more);
    va_end(more);
    return real(folder, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    static auto* const real = next(&open64, "open64");
    notice("open", path);
    va_list more;
    va_start(more, flags);
    const mode_t mode = modeOf(flags, more);
    va_end(more);
    return real(path, flags, mode);
}

int stat(const char* path, struct stat* found) noexcept {
    static auto* const real = next(&stat, "stat");
    notice("stat", path);
    return real(path, found);
}

int stat64(const char* path, struct stat64* found) noexcept {
    static auto* const real = next(&stat64, "stat64");
    notice("stat", path);
    return real(path, found);
}

int lstat(const char* path, struct stat* found) noexcept {
    static auto* const real = next(&lstat, "lstat");
    notice("lstat", path);
    return real(path, found);
}

int statx(int folder, const char* path, int flags, unsigned mask, struct statx* found) noexcept {
    static auto* const real = next(&statx, "statx");
    notice("stat", path);
    return real(folder, path, flags, mask, found);
}

int access(const char* path, int mode) noexcept {
    static auto* const real = next(&access, "access");
    notice("access", path);
    return real(path, mode);
}

}  // extern "C"
