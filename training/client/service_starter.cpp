#include "training/client/service_starter.h"

#include <linux/close_range.h>
#include <unistd.h>

#include <QProcess>

#include "media/base/paths.h"
#include "training/client/rotated_log.h"
#include "training/client/socket_path.h"

namespace understudy::training {

Status startServiceDetached() {
    US_ASSIGN(const auto program, siblingProgram("understudyd"));
    const auto log = logFolder() / "service.log";
    US_TRY(prepareLog(log));
    QProcess process;
    process.setProgram(QString::fromStdString(program.string()));
    process.setArguments({QStringLiteral("--on-demand")});
    process.setWorkingDirectory(QStringLiteral("/"));
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QString::fromStdString(log.string()), QIODevice::Append);
    // Nothing that the starter has open may stay open in the service: a pipe that never ends would
    // hang whoever reads from the starter.
    process.setChildProcessModifier([] { ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); });
    if (!process.startDetached()) {
        return Error{ErrorCode::environment,
                     "cannot start the service: " + process.errorString().toStdString(),
                     program.string(), "Use --local to run jobs without it"};
    }
    return {};
}

}  // namespace understudy::training
