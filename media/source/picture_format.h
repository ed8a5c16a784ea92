// What reading and writing of pictures share.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace understudy::media {

// The attribute that keeps the encoding in files whose format has no word for it.
inline constexpr const char* kEncodingAttribute = "understudy:encoding";

// With the dot: ".exr".
inline std::string lowerExtension(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

}  // namespace understudy::media
