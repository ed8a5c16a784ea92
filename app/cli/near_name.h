// The names that somebody who typed another one may have meant.
#pragma once

#include <string>
#include <vector>

namespace understudy::cli {

// "'extract'", "'pause' or 'preview'"; empty when none is near.
std::string nearNames(const std::string& typed, const std::vector<std::string>& names);

}  // namespace understudy::cli
