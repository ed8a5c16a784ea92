// SPDX-License-Identifier: GPL-3.0-or-later
// What Deliver asks the renderer for, clip by clip: a version in another form, or a new one from a
// run; how it looks; how its files are named.
#pragma once

#include <QString>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "media/project/project.h"
#include "training/look/look_options.h"
#include "training/look/render_options.h"
#include "training/prepare/delivery.h"
#include "training/protocol/messages.h"
#include "ui/models/frame_preview.h"

namespace understudy::ui {

// What is absent is as the renderer has it.
using training::Look;

// As the renderer has it where nothing is said.
const Look& usualLook();
// As a version was made; as usual where it does not tell.
Look lookOf(const media::VersionRecord& version);

// What of a run a new version is made with.
struct ModelChoice {
    int64_t step = -1;  // of the checkpoint; negative: the newest
    std::string face;   // performer whose face appears; empty: the run's source
    bool operator==(const ModelChoice&) const = default;
};

struct RenderOrder {
    media::ClipRecord clip;
    std::string run;
    ModelChoice model;  // a version has its own
    // What it starts from; with its own look it is delivered, with another one it becomes a new
    // version.
    std::optional<media::VersionRecord> version;
    Look look;
    bool rejected = false;  // swap frames too that were rejected in review; not of deliveries
    int quality = training::kUsualQuality;  // of movies
    std::string frames;  // chosen: "1001-1050", empty: all, or those of the version
    int handles = 0;     // more at each end, as far as the clip has them
    QString out;         // a movie, or a pattern with ####; absolute
    QString matte;       // the same, or empty

    ModelChoice usedModel() const;
    // A version in another form: the look is the one it was made with.
    bool isDelivery() const;
    // What is written of the plate: chosen, or as the version has, with handles; empty: all.
    std::string frameList() const;
    // Frames of the plate that the result has.
    std::vector<int64_t> plateFrames() const;
};

// Whether both would have the same pictures, wherever they lie.
bool samePictures(const RenderOrder& a, const RenderOrder& b);

// Of looks what differs, by option; numbers count as numbers.
std::vector<std::string> differences(const Look& a, const Look& b);

training::StartJob renderJob(const std::string& project, const RenderOrder& order);
// Pictures of a version that are damaged or gone, once more; `frames`: of a sequence. The version's
// places are absolute.
training::StartJob restoreJob(const std::string& project, const media::VersionRecord& version,
                              const std::string& frames);
// `device` as a plan names it; empty: the renderer's choice.
PreviewRequest previewOf(const std::string& project, const RenderOrder& order, int64_t frame,
                         const training::DeliveryFormat& format, const std::string& device);

// What a frame of such a plate takes on disk at most, in bytes; nothing for movies.
std::optional<double> bytesOfFrame(const media::ClipRecord& clip,
                                   const training::DeliveryFormat& format);

}  // namespace understudy::ui
