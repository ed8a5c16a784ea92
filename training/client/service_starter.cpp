#include "training/client/service_starter.h"

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
    if (!process.startDetached()) {
        return Error{ErrorCode::environment,
                     "cannot start the service: " + process.errorString().toStdString(),
                     program.string(), "Use --local to run jobs without it"};
    }
    return {};
}

}  // namespace understudy::training
