#include "tests/training/record/kill_points.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>

namespace {

std::atomic<int> left{-1};  // changes that are still made; negative: no limit

void count() {
    if (left.load() >= 0 && left.fetch_sub(1) == 0) {
        ::_exit(understudy::tests::kKilled);
    }
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// The C library's, with the count before each.
extern "C" {

int rename(const char* from, const char* to) noexcept {
    count();
    return next<int (*)(const char*, const char*)>("rename")(from, to);
}
int renameat2(int fromFolder, const char* from, int toFolder, const char* to,
              unsigned flags) noexcept {
    count();
    using Function = int (*)(int, const char*, int, const char*, unsigned);
    return next<Function>("renameat2")(fromFolder, from, toFolder, to, flags);
}
int unlink(const char* path) noexcept {
    count();
    return next<int (*)(const char*)>("unlink")(path);
}
int unlinkat(int folder, const char* path, int flags) noexcept {
    count();
    return next<int (*)(int, const char*, int)>("unlinkat")(folder, path, flags);
}
int remove(const char* path) noexcept {
    count();
    return next<int (*)(const char*)>("remove")(path);
}
int rmdir(const char* path) noexcept {
    count();
    return next<int (*)(const char*)>("rmdir")(path);
}
int mkdir(const char* path, mode_t mode) noexcept {
    count();
    return next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}
int fsync(int file) {
    count();
    return next<int (*)(int)>("fsync")(file);
}
ssize_t write(int file, const void* bytes, size_t size) {
    count();
    return next<ssize_t (*)(int, const void*, size_t)>("write")(file, bytes, size);
}

}  // extern "C"

namespace understudy::tests {

bool killedBefore(int n, const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        left = n - 1;
        work();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE((WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kKilled));
    return WEXITSTATUS(status) == kKilled;
}

}  // namespace understudy::tests
