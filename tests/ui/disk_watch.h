// SPDX-License-Identifier: GPL-3.0-or-later
// Notices who asks the disk on the window's thread: below a folder, while an event is handled. A
// slow network would hold up the window there, which no test on a quick disk would see; this does,
// however busy the machine is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace understudy::tests {

class DiskWatch {
  public:
    // One at a time, made on the window's thread.
    explicit DiskWatch(const std::filesystem::path& folder);
    ~DiskWatch();
    DiskWatch(const DiskWatch&) = delete;
    DiskWatch& operator=(const DiskWatch&) = delete;

    // "stat deliveries/bird.mp4", as far as noticed.
    std::vector<std::string> seen() const;
};

}  // namespace understudy::tests
