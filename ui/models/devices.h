// SPDX-License-Identifier: GPL-3.0-or-later
// The devices a training can be asked to use, found without loading any of their libraries.
#pragma once

#include <QString>
#include <vector>

namespace understudy::ui {

struct Device {
    QString id;    // "cuda:0", "cpu"
    QString name;  // "NVIDIA H200", "CPU, 16 cores"
};

// From the driver's own files; the CPU is always last.
std::vector<Device> findDevices();

}  // namespace understudy::ui
