// The middle of a set of numbers, in linear time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "media/base/check.h"

namespace understudy {

// The upper one of the two middle values of an even number; `values` must not be empty.
template <class T>
T medianOf(std::vector<T> values) {
    US_CHECK(!values.empty());
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace understudy
