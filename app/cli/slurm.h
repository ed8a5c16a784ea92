// Slurm's own programs: a job is handed over, asked about and taken back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::cli {

struct SlurmJob {
    std::string id;
    std::string state;  // "PENDING", "RUNNING", "COMPLETED", ...
    int exitCode = 0;   // of the script; 128 + signal
    int restarts = 0;
    std::string reason;  // why it waits

    bool isOver() const;
};

// Whether this is a machine of a cluster. Errors: environment.
Status findSlurm();

// The id of the new job. Errors: usage (what sbatch did not like), transient (the controller does
// not answer), environment (Slurm is not there or not set up).
Result<std::string> submitScript(const std::filesystem::path& script);

// Errors: missingInput once the cluster has forgotten the job, transient, environment.
Result<SlurmJob> slurmJob(const std::string& id);

// What `scontrol show job --oneliner` prints.
SlurmJob parseSlurmJob(const std::string& text);

}  // namespace understudy::cli
