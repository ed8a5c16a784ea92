// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/render_order.h"

#include <QCoreApplication>
#include <cmath>

#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"
#include "ui/models/formatting.h"
#include "ui/models/swap_frames.h"

namespace understudy::ui {
namespace {

struct OrderText {
    Q_DECLARE_TR_FUNCTIONS(OrderText)
};

bool sameValue(const std::string& a, const std::string& b) {
    bool areNumbers[2] = {false, false};
    const double x = text(a).toDouble(&areNumbers[0]);
    const double y = text(b).toDouble(&areNumbers[1]);
    return areNumbers[0] && areNumbers[1] ? std::abs(x - y) < 1e-6 : a == b;
}

void addLook(std::vector<std::string>& arguments, const Look& look) {
    for (const auto& [option, value] : look) {
        arguments.insert(arguments.end(), {option, value});
    }
}

// Whose face and which checkpoint, where that is said.
void addModel(std::vector<std::string>& arguments, const RenderOrder& order) {
    const ModelChoice model = order.usedModel();
    if (model.step >= 0) {
        arguments.insert(arguments.end(), {"--checkpoint", std::to_string(model.step)});
    }
    if (!model.face.empty()) {
        arguments.insert(arguments.end(), {"--face", model.face});
    }
}

void addQuality(std::vector<std::string>& arguments, const RenderOrder& order) {
    if (media::isMoviePath(utf8(order.out)) && order.quality != training::kUsualQuality) {
        arguments.insert(arguments.end(), {"--quality", std::to_string(order.quality)});
    }
}

}  // namespace

const Look& usualLook() {
    static const Look look = training::lookOf(training::CompositeOptions());
    return look;
}

Look lookOf(const media::VersionRecord& version) {
    Look look = training::lookOfVersion(version);
    look.insert(usualLook().begin(), usualLook().end());
    return look;
}

std::vector<std::string> differences(const Look& a, const Look& b) {
    std::vector<std::string> different;
    for (const auto& [option, value] : a) {
        const auto other = b.find(option);
        if (other != b.end() && !sameValue(value, other->second)) {
            different.push_back(option);
        }
    }
    return different;
}

ModelChoice RenderOrder::usedModel() const {
    return version ? ModelChoice{version->step, version->face} : model;
}

bool samePictures(const RenderOrder& a, const RenderOrder& b) {
    return a.clip.name == b.clip.name && a.run == b.run && a.usedModel() == b.usedModel() &&
           a.rejected == b.rejected && a.frameList() == b.frameList() &&
           differences(a.look, b.look).empty();
}

bool RenderOrder::isDelivery() const {
    return version && differences(lookOf(*version), look).empty();
}

std::string RenderOrder::frameList() const {
    const std::string chosen = frames.empty() && version ? version->frames : frames;
    const auto more =
        media::framesWithHandles(chosen, handles, clip.first, clip.last, clip.missing);
    return more.ok() ? *more : chosen;  // what is no list of frames is refused where it is typed
}

std::vector<int64_t> RenderOrder::plateFrames() const {
    return renderedFrames(clip.first, clip.last, clip.missing, frameList());
}

training::StartJob renderJob(const std::string& project, const RenderOrder& order) {
    training::StartJob job;
    job.project = project;
    job.run = order.run;
    job.clip = order.clip.name;
    if (order.isDelivery()) {
        job.kind = "deliver";
        job.title = utf8(OrderText::tr("Deliver %1 %2")
                             .arg(text(job.clip), text(media::versionName(order.version->number))));
        job.arguments = training::deliveryArguments(
            project,
            {*order.version, utf8(order.out), utf8(order.matte), order.frameList(), order.handles});
        addQuality(job.arguments, order);
        return job;
    }
    job.kind = "swap";
    job.title = utf8(OrderText::tr("Swap %1 with %2").arg(text(job.clip), text(job.run)));
    job.arguments = {"--project", project,  "--run", job.run,
                     "--clip",    job.clip, "--out", utf8(order.out)};
    addModel(job.arguments, order);
    addLook(job.arguments, order.look);
    addQuality(job.arguments, order);
    if (order.rejected) {
        job.arguments.emplace_back("--all");
    }
    if (!order.matte.isEmpty()) {
        job.arguments.insert(job.arguments.end(), {"--matte", utf8(order.matte)});
    }
    if (const std::string frames = order.frameList(); !frames.empty()) {
        job.arguments.insert(job.arguments.end(), {"--frames", frames});
    }
    return job;
}

training::StartJob restoreJob(const std::string& project, const media::VersionRecord& version,
                              const std::string& frames) {
    training::StartJob job;
    job.kind = "swap";
    job.project = project;
    job.run = version.run;
    job.clip = version.clip;
    const bool whole = frames.empty() || media::isMoviePath(version.out);
    const QString name = text(media::versionName(version.number));
    job.title = utf8(whole ? OrderText::tr("Render %1 of %2 again").arg(name, text(job.clip))
                     : frames.find_first_of("-,") == std::string::npos
                         ? OrderText::tr("Render frame %1 of %2 of %3 again")
                               .arg(text(frames), name, text(job.clip))
                         : OrderText::tr("Render frames %1 of %2 of %3 again")
                               .arg(text(frames), name, text(job.clip)));
    job.arguments = training::deliveryArguments(
        project, {version, version.out, version.matte, whole ? version.frames : frames});
    job.arguments.emplace_back("--restore");
    return job;
}

PreviewRequest previewOf(const std::string& project, const RenderOrder& order, int64_t frame,
                         const training::DeliveryFormat& format, const std::string& device) {
    PreviewRequest request;
    request.frame = frame;
    request.ending = format.movie ? ".png" : format.ending;
    request.arguments = {"--project", project, "--run", order.run, "--clip", order.clip.name};
    addModel(request.arguments, order);
    addLook(request.arguments, order.look);
    if (order.rejected && !order.isDelivery()) {
        request.arguments.emplace_back("--all");
    }
    if (!device.empty()) {
        request.arguments.insert(request.arguments.end(), {"--device", device});
    }
    return request;
}

std::optional<double> bytesOfFrame(const media::ClipRecord& clip,
                                   const training::DeliveryFormat& format) {
    if (format.movie) {
        return std::nullopt;
    }
    const double samples = 3.0 * clip.width * clip.height;
    return samples * (format.name == "exr" ? 2 : 1);
}

}  // namespace understudy::ui
