// Where a project keeps who is in a clip: settings that extraction writes.
#pragma once

#include <string>

namespace understudy::media {

// The number of the person whose faces the clip's are.
inline std::string personSetting(const std::string& clip) {
    return "extract.person." + clip;
}

// All of its people as JSON: [{"person","frames","first","last","size_px","chosen"}].
inline std::string peopleSetting(const std::string& clip) {
    return "extract.people." + clip;
}

}  // namespace understudy::media
