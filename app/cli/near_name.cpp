#include "app/cli/near_name.h"

#include <algorithm>
#include <numeric>

namespace understudy::cli {
namespace {

// Levenshtein's distance, by rows.
size_t distance(const std::string& a, const std::string& b) {
    std::vector<size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.size(); ++j) {
            const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearNames(const std::string& typed, const std::vector<std::string>& names) {
    if (typed.size() > 100) {
        return "";
    }
    size_t best = std::max<size_t>(2, typed.size() / 3) + 1;
    std::vector<std::string> nearest;
    for (const auto& name : names) {
        const bool begins = typed.size() >= 3 && name.rfind(typed, 0) == 0;
        const size_t far = begins ? 1 : distance(typed, name);
        if (far < best) {
            best = far;
            nearest.clear();
        }
        if (far == best && std::find(nearest.begin(), nearest.end(), name) == nearest.end()) {
            nearest.push_back(name);
        }
    }
    std::string text;
    for (size_t i = 0; i < nearest.size() && i < 3; ++i) {
        text += (i == 0 ? "'" : " or '") + nearest[i] + "'";
    }
    return best <= std::max<size_t>(2, typed.size() / 3) ? text : "";
}

}  // namespace understudy::cli
