// Private folders and job programs of the test's own for everything that starts or is a service,
// and Qt's event loop. Nothing here touches the user's service.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temp_folder.h"
#include "training/protocol/messages.h"

namespace understudy::tests {

// Sets HOME, XDG_* and UNDERSTUDY_BIN of this process while it lives. In its program folder the
// fake job stands for extractor, trainer and renderer, and the real service and CLI lie there where
// they were built.
class Workplace {
  public:
    Workplace();

    std::filesystem::path folder() const { return folder_.path(); }
    std::filesystem::path project() const { return folder_ / "show"; }
    std::filesystem::path run(const std::string& name) const;
    std::filesystem::path bin() const { return folder_ / "bin"; }
    Environment environment() const;

    // A job whose program does as `behave` says (see fake_job.cpp); each start adds a line to
    // starts(run).
    training::StartJob training(const std::string& run, const std::string& behave) const;
    training::StartJob extraction(const std::string& clip, const std::string& behave) const;
    // Of the run's face, in the queue under the name of a clip.
    training::StartJob swap(const std::string& clip, const std::string& run,
                            const std::string& behave) const;
    size_t starts(const std::string& name) const;

  private:
    std::vector<std::string> jobArguments(const std::string& name, const std::string& behave) const;

    TempFolder folder_;
    std::list<ScopedVariable> variables_;
};

// Runs Qt's events until `condition` holds; false after the limit.
bool pumpUntil(const std::function<bool()>& condition, double limitSeconds = 30);

}  // namespace understudy::tests
