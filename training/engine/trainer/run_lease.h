// Who may write into a run on shared storage: a node that looks dead to the cluster may still be at
// it after its job was started again elsewhere. The newest holder takes the lease; the others find
// that out before they publish anything.
#pragma once

#include <filesystem>
#include <string>

#include "media/base/result.h"

namespace understudy::training {

class RunLease {
  public:
    // `holder`: a short text that no other start of the job has.
    RunLease(const std::filesystem::path& runFolder, std::string holder);

    // Errors: cannotWrite.
    Status take() const;
    // Errors: transient, when somebody else has taken it since.
    Status check() const;

  private:
    std::filesystem::path file_;
    std::string holder_;
};

}  // namespace understudy::training
