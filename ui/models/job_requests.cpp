// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/job_requests.h"

#include <QCoreApplication>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

struct JobText {
    Q_DECLARE_TR_FUNCTIONS(JobText)
};

}  // namespace

training::StartJob findFacesJob(const std::string& project, const std::string& clip,
                                const std::vector<std::string>& options) {
    training::StartJob job;
    job.kind = "extract";
    job.project = project;
    job.clip = clip;
    job.title = utf8(JobText::tr("Find faces in %1").arg(text(clip)));
    job.arguments = {"--project", project, "--clip", clip};
    job.arguments.insert(job.arguments.end(), options.begin(), options.end());
    return job;
}

training::StartJob cutFacesJob(const std::string& project, const std::string& clip,
                               media::FaceType type, int size) {
    training::StartJob job = findFacesJob(project, clip);
    job.title = utf8(JobText::tr("Cut the faces of %1").arg(text(clip)));
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
    job.title = utf8(JobText::tr("Train %1").arg(text(run)));
    job.arguments = {"--run", (std::filesystem::path(project) / "runs" / run).string()};
    if (price) {
        job.arguments.insert(job.arguments.end(),
                             {"--price", utf8(QString::number(*price, 'g', 17))});
    }
    return job;
}

}  // namespace understudy::ui
