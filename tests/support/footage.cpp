#include "tests/support/footage.h"

#include <cstdlib>
#include <iostream>

namespace understudy::tests {

std::optional<std::filesystem::path> footage(const std::string& relative) {
    const char* chosen = std::getenv("UNDERSTUDY_FOOTAGE");
    const std::filesystem::path folder =
        chosen != nullptr
            ? chosen
            : std::filesystem::path(US_SOURCE_DIR).parent_path() / "shared" / "footage";
    if (std::filesystem::exists(folder / relative)) {
        return folder / relative;
    }
    static bool said = false;
    if (!said) {
        std::cerr << "skipped: no real footage in " << folder << " (set UNDERSTUDY_FOOTAGE)\n";
        said = true;
    }
    return std::nullopt;
}

}  // namespace understudy::tests
