#include "tests/system/slurm_cluster.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace understudy::tests {

namespace fs = std::filesystem;

namespace {

bool hasSlurm() {
    for (const char* program : {"/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged"}) {
        if (!fs::exists(program)) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::unique_ptr<SlurmCluster> SlurmCluster::start() {
    if (::geteuid() != 0 || !hasSlurm()) {
        std::printf("skipped: a Slurm of the test's own needs root, slurm-wlm and munge\n");
        return nullptr;
    }
    std::unique_ptr<SlurmCluster> cluster(new SlurmCluster);
    cluster->configure();
    const std::string folder = cluster->folder_.path().string();
    const auto daemon = [&](const std::string& program, std::vector<std::string> arguments) {
        cluster->daemons_.push_back(std::make_unique<BackgroundProcess>(
            program, std::move(arguments), Environment{},
            folder + "/" + fs::path(program).filename().string() +
                std::to_string(cluster->daemons_.size())));
    };
    const std::string configuration = folder + "/slurm.conf";
    daemon("/usr/sbin/munged",
           {"--foreground", "--force", "--key-file=" + folder + "/munge.key",
            "--socket=" + folder + "/munge.socket", "--pid-file=" + folder + "/munged.pid",
            "--log-file=" + folder + "/munged.log", "--seed-file=" + folder + "/munged.seed"});
    REQUIRE(waitUntil([&] { return fs::exists(folder + "/munge.socket"); }));
    daemon("/usr/sbin/slurmctld", {"-D", "-f", configuration, "-i", "-c"});
    for (const char* node : {"n1", "n2"}) {
        daemon("/usr/sbin/slurmd", {"-D", "-f", configuration, "-N", node});
    }
    std::string nodes;
    const bool idle = waitUntil([&] {
        nodes = cluster->run("sinfo", {"--Node", "--noheader", "--format=%N %T"});
        return nodes.find("n1 idle") != std::string::npos &&
               nodes.find("n2 idle") != std::string::npos;
    });
    INFO(nodes << cluster->words());
    REQUIRE(idle);
    return cluster;
}

// Ports are of this process, so that two of these do not meet.
void SlurmCluster::configure() {
    const fs::path folder = folder_.path();
    fs::permissions(folder, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    fs::create_directory(folder / "state");
    {
        std::ofstream key(folder / "munge.key", std::ios::binary);
        std::ifstream random("/dev/urandom", std::ios::binary);
        std::string bytes(1024, '\0');
        random.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        key << bytes;
    }
    fs::permissions(folder / "munge.key", fs::perms::owner_read);
    const int port = 31000 + static_cast<int>(::getpid() % 9000) / 4 * 4;
    std::ofstream conf(folder / "slurm.conf");
    const std::string at = folder.string();
    conf << "ClusterName=test\nSlurmctldHost=localhost\nSlurmUser=root\nSlurmdUser=root\n"
         << "AuthType=auth/munge\nAuthInfo=socket=" << at << "/munge.socket,cred_expire=5\n"
         << "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n"
         << "SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\n"
         << "SlurmdParameters=config_overrides\nReturnToService=2\nJobRequeue=1\nMpiDefault="
            "none\nKillWait=5\n"
         << "AccountingStorageType=accounting_storage/none\n"
         << "SlurmctldPort=" << port << "\nStateSaveLocation=" << at << "/state\n"
         << "SlurmctldPidFile=" << at << "/slurmctld.pid\nSlurmdPidFile=" << at
         << "/slurmd-%n.pid\nSlurmdSpoolDir=" << at << "/spool-%n\n";
    for (int node = 1; node <= 2; ++node) {
        conf << "NodeName=n" << node
             << " NodeHostname=localhost NodeAddr=127.0.0.1 Port=" << port + node << " CPUs=4\n";
    }
    conf << "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n";
}

SlurmCluster::~SlurmCluster() {
    // Jobs first: their processes belong to the daemons.
    run("scancel", {"--user=root", "--signal=KILL", "--full"});
    run("scancel", {"--user=root"});
    for (auto daemon = daemons_.rbegin(); daemon != daemons_.rend(); ++daemon) {
        (*daemon)->signal(SIGTERM);
    }
}

std::string SlurmCluster::words() const {
    std::string all;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
        if (entry.path().extension() == ".err") {
            std::ifstream in(entry.path());
            all += entry.path().filename().string() + ":\n" +
                   std::string(std::istreambuf_iterator<char>(in), {});
        }
    }
    return all;
}

Environment SlurmCluster::environment() const {
    return {{"SLURM_CONF", (folder_ / "slurm.conf").string()}};
}

std::string SlurmCluster::run(const std::string& program,
                              const std::vector<std::string>& arguments) const {
    const ProcessResult result = runProcess(program, arguments, environment());
    return result.out + result.err;
}

}  // namespace understudy::tests
