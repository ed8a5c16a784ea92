#include "tests/support/temp_folder.h"

#include <cstdlib>
#include <stdexcept>

namespace understudy::tests {

TempFolder::TempFolder() {
    // mkdtemp puts its own letters in the place of the last six.
    std::string name = (std::filesystem::temp_directory_path() / "understudy-test-").string() +
                       std::string(6, 'X');
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary folder for the test");
    }
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace understudy::tests
