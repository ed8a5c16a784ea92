#include "tests/support/small_disk.h"

#include <sys/mount.h>
#include <sys/statvfs.h>

#include <fstream>
#include <iostream>
#include <string>

namespace understudy::tests {

SmallDisk::SmallDisk(size_t bytes) : path_(parent_ / "disk") {
    std::filesystem::create_directory(path_);
    const std::string options = "size=" + std::to_string(bytes) + ",mode=0700";
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, options.c_str()) == 0;
    if (!mounted_) {
        std::cerr << "skipped: this user may not mount a small disk\n";
    }
}

SmallDisk::~SmallDisk() {
    if (mounted_) {
        ::umount2(path_.c_str(), MNT_DETACH);
    }
}

void SmallDisk::makeReadOnly() {
    remount(MS_RDONLY);
}

void SmallDisk::makeWritable() {
    remount(0);
}

void SmallDisk::remount(unsigned long flags) {
    if (::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | flags, nullptr) != 0) {
        throw std::runtime_error("the small disk cannot be mounted anew");
    }
}

void SmallDisk::fill(size_t spare) {
    struct statvfs info {};
    ::statvfs(path_.c_str(), &info);
    const size_t free = info.f_bavail * info.f_frsize;
    if (free > spare) {
        std::ofstream(path_ / "filler") << std::string(free - spare, 'x');
    }
}

}  // namespace understudy::tests
