// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/job_requests.h"

#include <QCoreApplication>

#include "media/source/frame_sink.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

QString tr(const char* source) {
    return QCoreApplication::translate("JobRequests", source);
}

// "swap.mp4" -> "swap_matte.mp4", "swap.####.exr" -> "swap_matte.####.png": a matte is no light.
QString matteBeside(const QString& out) {
    const int name = static_cast<int>(out.lastIndexOf('/')) + 1;
    const int end = static_cast<int>(out.indexOf('.', name));
    if (end < 0) {
        return {};
    }
    QString matte = out;
    matte.insert(end, QStringLiteral("_matte"));
    return media::isMoviePath(utf8(out))
               ? matte
               : matte.left(matte.lastIndexOf('.')) + QStringLiteral(".png");
}

}  // namespace

training::StartJob findFacesJob(const std::string& project, const std::string& clip) {
    training::StartJob job;
    job.kind = "extract";
    job.project = project;
    job.clip = clip;
    job.title = utf8(tr("Find faces in %1").arg(text(clip)));
    job.arguments = {"--project", project, "--clip", clip};
    return job;
}

training::StartJob cutFacesJob(const std::string& project, const std::string& clip,
                               media::FaceType type, int size) {
    training::StartJob job = findFacesJob(project, clip);
    job.title = utf8(tr("Cut the faces of %1").arg(text(clip)));
    job.arguments.insert(job.arguments.end(), {"--type", std::string(media::faceTypeName(type)),
                                               "--size", std::to_string(size)});
    return job;
}

training::StartJob trainJob(const std::string& project, const std::string& run,
                            std::optional<double> price) {
    training::StartJob job;
    job.kind = "train";
    job.project = project;
    job.run = run;
    job.title = utf8(tr("Train %1").arg(text(run)));
    job.arguments = {"--run", (std::filesystem::path(project) / "runs" / run).string()};
    if (price) {
        job.arguments.insert(job.arguments.end(),
                             {"--price", utf8(QString::number(*price, 'g', 17))});
    }
    return job;
}

training::StartJob swapJob(const std::string& project, const SwapSettings& settings) {
    training::StartJob job;
    job.kind = "swap";
    job.project = project;
    job.run = settings.run;
    job.clip = settings.clip;
    job.title = utf8(tr("Swap %1 with %2").arg(text(settings.clip), text(settings.run)));
    job.arguments = {"--project", project,
                     "--run",     settings.run,
                     "--clip",    settings.clip,
                     "--out",     utf8(settings.out),
                     "--color",   settings.color,
                     "--mask",    settings.mask,
                     "--erode",   utf8(QString::number(settings.erode)),
                     "--blur",    utf8(QString::number(settings.blur))};
    if (const QString matte = matteBeside(settings.out); !matte.isEmpty()) {
        job.arguments.insert(job.arguments.end(), {"--matte", utf8(matte)});
    }
    if (!settings.frames.empty()) {
        job.arguments.insert(job.arguments.end(), {"--frames", settings.frames});
    }
    return job;
}

}  // namespace understudy::ui
