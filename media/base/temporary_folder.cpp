#include "media/base/temporary_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace understudy {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::make() {
    std::error_code failed;
    const fs::path parent = fs::temp_directory_path(failed);
    // Six letters that mkdtemp(3) makes its own.
    std::string name = (parent / "understudy-").string() + std::string(6, 'X');
    if (failed || ::mkdtemp(name.data()) == nullptr) {
        return Error{ErrorCode::cannotWrite, "no temporary folder can be made", parent.string(),
                     "Let TMPDIR name a folder that can be written"};
    }
    TemporaryFolder made;
    made.path_ = name;
    return made;
}

TemporaryFolder::~TemporaryFolder() {
    if (!path_.empty()) {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
}

}  // namespace understudy
