// A small file system of its own, to fill it or to make it read-only. Needs the right to mount
// (root); without it `available()` is false and tests say that they skip.
#pragma once

#include <filesystem>

#include "tests/support/temp_folder.h"

namespace understudy::tests {

class SmallDisk {
  public:
    explicit SmallDisk(size_t bytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool available() const { return mounted_; }
    const std::filesystem::path& path() const { return path_; }
    void makeReadOnly();
    void makeWritable();
    // Writes a file until nothing more fits but `spare` bytes.
    void fill(size_t spare);

  private:
    void remount(unsigned long flags);

    TempFolder parent_;
    std::filesystem::path path_;
    bool mounted_ = false;
};

}  // namespace understudy::tests
