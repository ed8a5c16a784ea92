#include "training/engine/trainer/run_lease.h"

#include "media/base/file.h"

namespace understudy::training {

RunLease::RunLease(const std::filesystem::path& runFolder, std::string holder)
    : file_(runFolder / "lease"), holder_(std::move(holder)) {}

Status RunLease::take() const {
    return writeFileAtomic(file_, holder_);
}

Status RunLease::check() const {
    constexpr uint64_t kMost = 1024;
    US_ASSIGN(const std::string now, readFile(file_, kMost));
    if (now != holder_) {
        return Error{ErrorCode::transient,
                     "the run was taken over by another start of its job (" + now +
                         "); this one (" + holder_ + ") writes nothing any more",
                     file_.string(), "Follow the newer one"};
    }
    return {};
}

}  // namespace understudy::training
