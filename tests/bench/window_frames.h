// SPDX-License-Identifier: GPL-3.0-or-later
// What the benches of the window count with: frames of a screen of 60 Hz, quantiles, memory.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace understudy::bench {

constexpr double kFrameMilliseconds = 1000.0 / 60;

// `share` from 0 to 1; of at least one value.
inline double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

// Frames that took longer than the screen waits.
inline long long lateOf(const std::vector<double>& milliseconds) {
    return std::count_if(milliseconds.begin(), milliseconds.end(),
                         [](double time) { return time > kFrameMilliseconds; });
}

// A field of /proc/self/status, such as "VmRSS".
inline double megabytes(const char* field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(field)) {
            return std::atof(line.c_str() + line.find(':') + 1) / 1024;
        }
    }
    return 0;
}

}  // namespace understudy::bench
