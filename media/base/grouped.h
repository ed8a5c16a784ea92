// Numbers as people read them.
#pragma once

#include <algorithm>
#include <string>

namespace understudy {

// The whole part of a decimal number in groups of three: "48,204", "-1,234.50".
inline std::string grouped(const std::string& number) {
    const size_t first = number.starts_with('-') ? 1 : 0;
    const size_t end = std::min(number.find('.'), number.size());
    std::string text;
    for (size_t i = 0; i < number.size(); ++i) {
        if (i > first && i < end && (end - i) % 3 == 0) {
            text += ',';
        }
        text += number[i];
    }
    return text;
}

}  // namespace understudy
