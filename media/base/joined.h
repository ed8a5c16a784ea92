// Words in one line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace understudy {

// "a, b, c"; where there are more than `most`, the first of them and "...".
template <class Words>
std::string joined(const Words& words, std::string_view between, size_t most = SIZE_MAX) {
    std::string line;
    size_t count = 0;
    for (const auto& word : words) {
        line += count > 0 ? between : std::string_view();
        if (++count > most) {
            return line + "...";
        }
        line += word;
    }
    return line;
}

}  // namespace understudy
