// A real Slurm of two nodes on this machine: controller, two daemons and their authentication, all
// in a folder of the test's own. Needs root and Debian's slurm-wlm and munge.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace understudy::tests {

class SlurmCluster {
  public:
    // Null, after a word about it, where there is no Slurm or the user is not root.
    static std::unique_ptr<SlurmCluster> start();
    ~SlurmCluster();

    // SLURM_CONF for those who speak to it.
    Environment environment() const;
    // Output of scontrol, scancel and so on.
    std::string run(const std::string& program, const std::vector<std::string>& arguments) const;

  private:
    SlurmCluster() = default;
    void configure();
    std::string words() const;  // what the daemons printed

    TempFolder folder_;
    std::vector<std::unique_ptr<BackgroundProcess>> daemons_;
};

}  // namespace understudy::tests
