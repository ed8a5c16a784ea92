// What reading and writing of pictures share.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::media {

// The attribute that keeps the encoding in files whose format has no word for it.
inline constexpr const char* kEncodingAttribute = "understudy:encoding";

}  // namespace understudy::media
