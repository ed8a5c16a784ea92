#include "tests/training/client/workplace.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <fstream>

#include "media/base/paths.h"

namespace understudy::tests {
namespace {

namespace fs = std::filesystem;

void ensureApplication() {
    static int argc = 1;
    static char name[] = "test";
    static char* argv[] = {name, nullptr};
    static QCoreApplication application(argc, argv);
}

}  // namespace

Workplace::Workplace() {
    ensureApplication();
    for (const char* name : {"home", "state", "runtime", "bin", "show"}) {
        fs::create_directory(folder_ / name);
        fs::permissions(folder_ / name, fs::perms::owner_all);
    }
    const fs::path built = programFolder().parent_path() / "bin";
    const fs::path fake = programFolder() / "test_fake_job";
    for (const char* name : {"understudy-extractor", "understudy-trainer", "understudy-renderer"}) {
        fs::create_symlink(fake, bin() / name);
    }
    for (const char* name : {"understudyd", "understudy-cli"}) {
        fs::create_symlink(built / name, bin() / name);
    }
    fs::create_directory(folder_ / "share");
    fs::create_symlink(built.parent_path() / "share" / "understudy", folder_ / "share/understudy");
    for (const auto& [name, value] : environment()) {
        variables_.emplace_back(name, value);
    }
}

Environment Workplace::environment() const {
    return {{"HOME", (folder_ / "home").string()},
            {"XDG_STATE_HOME", (folder_ / "state").string()},
            {"XDG_RUNTIME_DIR", (folder_ / "runtime").string()},
            {"UNDERSTUDY_BIN", bin().string()}};
}

fs::path Workplace::run(const std::string& name) const {
    return project() / "runs" / name;
}

std::vector<std::string> Workplace::jobArguments(const std::string& name,
                                                 const std::string& behave) const {
    return {"--behave", behave, "--starts", (folder_ / (name + ".starts")).string()};
}

training::StartJob Workplace::training(const std::string& name, const std::string& behave) const {
    fs::create_directories(run(name));
    training::StartJob start;
    start.kind = "train";
    start.project = project().string();
    start.title = "Train " + name;
    start.run = name;
    start.arguments = jobArguments(name, behave);
    start.arguments.insert(start.arguments.end(), {"--run", run(name).string()});
    return start;
}

training::StartJob Workplace::extraction(const std::string& clip, const std::string& behave) const {
    training::StartJob start;
    start.kind = "extract";
    start.project = project().string();
    start.title = "Find faces in " + clip;
    start.clip = clip;
    start.arguments = jobArguments(clip, behave);
    return start;
}

training::StartJob Workplace::swap(const std::string& clip, const std::string& run,
                                   const std::string& behave) const {
    training::StartJob start = extraction(clip, behave);
    start.kind = "swap";
    start.title = "Swap " + clip + " with " + run;
    start.run = run;
    return start;
}

size_t Workplace::starts(const std::string& name) const {
    std::ifstream file(folder_ / (name + ".starts"));
    size_t count = 0;
    for (std::string line; std::getline(file, line);) {
        ++count;
    }
    return count;
}

bool pumpUntil(const std::function<bool()>& condition, double limitSeconds) {
    QElapsedTimer clock;
    clock.start();
    QTimer wake;
    wake.start(10);
    while (!condition()) {
        if (static_cast<double>(clock.elapsed()) > limitSeconds * 1000) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

}  // namespace understudy::tests
