#include "app/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "app/cli/output.h"

namespace understudy::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTerminalEvery = std::chrono::milliseconds(100);
constexpr auto kPlainEvery = std::chrono::seconds(5);
constexpr size_t kBarCells = 24;

std::string count(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", number);
    return text;
}

std::string rate(const training::JobInfo& info) {
    char text[64];
    std::snprintf(text, sizeof text, ", %.*f %s/s", info.rate < 10 ? 2 : 1, info.rate,
                  info.unit.c_str());
    return info.rate > 0 && info.unit != "seconds" ? text : "";
}

std::string remaining(const training::JobInfo& info) {
    if (info.secondsLeftHigh < 0) {
        return "";
    }
    const std::string low = duration(info.secondsLeftLow);
    const std::string high = duration(info.secondsLeftHigh);
    return ", " + (low == high ? high : low + " to " + high) + " left";
}

std::string bar(double fraction) {
    const auto full = static_cast<size_t>(std::clamp(fraction, 0.0, 1.0) * kBarCells);
    return "[" + std::string(full, '#') + std::string(kBarCells - full, '.') + "] ";
}

}  // namespace

size_t Progress::terminalWidth() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    clear();
}

std::string Progress::lineOf(const training::JobInfo& info) const {
    std::string line = info.title;
    if (info.state != "running") {
        return line + ": " + info.state + (info.text.empty() ? "" : ", " + info.text);
    }
    if (info.unit == "seconds") {
        line += ": " + duration(info.done) +
                (info.total > 0 ? " of " + duration(info.total) : std::string());
    } else if (info.unit.empty()) {
        line += info.text.empty() || info.text == info.title ? "" : ": " + info.text;
    } else {
        line += ": " + count(info.done) + (info.total > 0 ? " of " + count(info.total) : "") + " " +
                info.unit;
    }
    line += rate(info) + loss_ + remaining(info);
    return terminal_ && info.total > 0 ? bar(info.done / info.total) + line : line;
}

void Progress::show(const training::JobInfo& info) {
    const std::string state = info.job + info.state;
    const bool changed = state != lastState_;
    if (!changed && Clock::now() - lastShown_ < (terminal_ ? Clock::duration(kTerminalEvery)
                                                           : Clock::duration(kPlainEvery))) {
        return;
    }
    lastState_ = state;
    lastShown_ = Clock::now();
    draw(lineOf(info));
}

void Progress::showStep(const training::StepFinished& step) {
    char text[64];
    std::snprintf(text, sizeof text, ", loss %.4f", step.loss);
    loss_ = std::isfinite(step.loss) ? text : "";
}

void Progress::draw(const std::string& line) {
    if (!terminal_) {
        std::cerr << line << std::endl;
        return;
    }
    const size_t width = terminalWidth() - 1;
    clear();
    for (const auto& text : picture_) {
        std::cerr << text << '\n';
    }
    std::cerr << line.substr(0, width) << std::flush;
    drawn_ = picture_.size() + 1;
}

void Progress::say(const std::string& text) {
    clear();
    std::cerr << text << std::endl;
}

void Progress::clear() {
    if (drawn_ > 1) {
        std::cerr << "\x1b[" << drawn_ - 1 << 'A';
    }
    if (drawn_ > 0) {
        std::cerr << "\r\x1b[J" << std::flush;
    }
    drawn_ = 0;
}

}  // namespace understudy::cli
