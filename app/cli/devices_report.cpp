#include "app/cli/devices_report.h"

#include <iostream>
#include <string>

#include "app/cli/output.h"

namespace understudy::cli {
namespace {

constexpr double kGibibyte = 1u << 30;

std::string gibibytes(const Json& bytes) {
    return shortNumber(bytes.get<double>() / kGibibyte, 1);
}

std::string list(const Json& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word.get<std::string>();
    }
    return text;
}

// What the driver told of a GPU.
std::string loadText(const Json& load) {
    std::string text;
    if (load.contains("load")) {
        text += ", " + shortNumber(100 * load["load"].get<double>(), 0) + " % busy";
    }
    if (load.contains("watts")) {
        text += ", " + shortNumber(load["watts"], 0);
        text += load.contains("wattLimit") ? " of " + shortNumber(load["wattLimit"], 0) : "";
        text += " W";
    }
    if (load.contains("celsius")) {
        text += ", " + shortNumber(load["celsius"], 0) + " \u00b0C";
    }
    if (!load["throttling"].empty()) {
        text += ", slowed by " + list(load["throttling"]);
    }
    return text;
}

void printGpu(const Json& device, const Json& loads) {
    std::cout << "GPU " << device["index"] << "  " << device["name"].get<std::string>();
    Json load;
    for (const auto& each : loads) {
        if (each["id"] == device["id"]) {
            load = each;
        }
    }
    if (load.is_object() && load.contains("memoryUsed")) {
        std::cout << ", " << gibibytes(load["memoryUsed"]) << " of "
                  << gibibytes(device["memoryTotal"]) << " GiB in use";
    } else {
        std::cout << ", " << gibibytes(device["memoryTotal"]) << " GiB";
    }
    if (load.is_object()) {
        std::cout << loadText(load);
    }
    if (device["reserved"].get<bool>()) {
        std::cout << ", reserved for the viewport";
    }
}

void printCpu(const Json& device, const Json& telemetry) {
    std::cout << device["name"].get<std::string>();
    if (telemetry.contains("cpu")) {
        std::cout << ", " << shortNumber(100 * telemetry["cpu"].get<double>(), 0) << " % busy";
    }
    if (telemetry["memoryTotal"].get<int64_t>() > 0) {
        std::cout << ", " << gibibytes(telemetry["memoryAvailable"]) << " of "
                  << gibibytes(telemetry["memoryTotal"]) << " GiB of memory available";
    }
}

}  // namespace

void printDevices(const Json& status) {
    const Json& telemetry = status["telemetry"];
    if (!telemetry.is_object()) {
        return;
    }
    for (const auto& device : status["devices"]) {
        if (device["id"] == "cpu") {
            printCpu(device, telemetry);
        } else {
            printGpu(device, telemetry["gpus"]);
        }
        if (!device["jobs"].empty()) {
            std::cout << ", used by " << list(device["jobs"]);
        }
        std::cout << '\n';
    }
    for (const auto& disk : telemetry["disks"]) {
        std::cout << "Disk of " << disk["folder"].get<std::string>() << ", "
                  << gibibytes(disk["free"]) << " of " << gibibytes(disk["total"]) << " GiB free"
                  << (disk["low"].get<bool>() ? ": nearly full" : "") << '\n';
    }
}

}  // namespace understudy::cli
