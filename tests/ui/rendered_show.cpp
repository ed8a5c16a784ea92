// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/rendered_show.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>

#include "media/align/face_alignment.h"
#include "media/align/face_mask.h"
#include "media/faceset/pack.h"
#include "media/frame/resample.h"
#include "media/synthetic/performance.h"
#include "tests/ui/studio_fixture.h"
#include "training/plan/plan.h"
#include "training/plan/run_folder.h"
#include "ui/models/formatting.h"
#include "ui/models/qimage_bridge.h"

namespace understudy::tests {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kFirst = 1001;
constexpr int kCrop = 128;

void must(bool done) {
    if (!done) {
        std::abort();
    }
}

QImage pictureOf(const media::Image& image) {
    return ui::rgbBytesToQImage(image.data(), image.width(), image.height());
}

QImage blurred(const QImage& image, double share) {
    const int width = std::max(8, static_cast<int>(image.width() * share));
    return image.scaledToWidth(width, Qt::SmoothTransformation)
        .scaled(image.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_RGB32);
}

// One performer in one take, with what is true about each frame.
struct Take {
    std::vector<media::Moment> moments;
    std::vector<media::RenderedFrame> frames;
    std::vector<media::Image> crops;
    std::vector<media::Affine> places;  // aligned from frame
};

Take perform(const media::Performer& performer, uint64_t seed, const RenderedShow& show) {
    media::TakeOptions options;
    options.seed = seed;
    options.stage = 3;
    options.frames = show.frames;
    Take take;
    take.moments = media::performedTake(options);
    for (const media::Moment& moment : take.moments) {
        auto frame = performer.render(moment, show.size.width(), show.size.height());
        const auto place =
            media::alignedFromFrame(frame.landmarks, media::FaceType::wholeFace, kCrop, 0.15);
        take.places.push_back(place);
        take.crops.push_back(
            media::resample(frame.picture, place, kCrop, kCrop, media::Border::replicate));
        take.frames.push_back(std::move(frame));
    }
    return take;
}

std::string write(const fs::path& folder, const std::string& name, int frames,
                  const std::function<QImage(int)>& picture) {
    fs::create_directories(folder);
    for (int i = 0; i < frames; ++i) {
        const auto file = folder / (name + "." + std::to_string(kFirst + i) + ".jpg");
        must(picture(i).save(ui::text(file.string()), "JPG", 92));
    }
    return (folder / (name + ".####.jpg")).string();
}

struct Clip {
    std::string name;
    std::string performer;
    std::string path;
    int frames = 0;
    std::vector<int64_t> missing;
};

void addClip(media::Project& project, const RenderedShow& show, const Clip& made) {
    media::ClipRecord clip;
    clip.name = made.name;
    clip.performer = made.performer;
    clip.path = made.path;
    clip.frames = made.frames - static_cast<int64_t>(made.missing.size());
    clip.first = kFirst;
    clip.last = kFirst + made.frames - 1;
    clip.width = show.size.width();
    clip.height = show.size.height();
    clip.encoding = "srgb";
    clip.missing = made.missing;
    must(project.addClip(clip).ok());
}

// What was found in frame `i` of a clip that goes through its take again and again.
media::FaceTruth truthOf(const Take& take, int i) {
    const auto at = static_cast<size_t>(i) % take.frames.size();
    const double wave = std::sin(i * 12.9898) * 43758.5453;
    const auto unit = static_cast<float>(wave - std::floor(wave));
    const media::HeadPose& pose = take.moments[at].pose;
    constexpr float kDegrees = 57.29578f;
    media::FaceTruth truth;
    truth.frame = kFirst + i;
    truth.how = i % 9 == 4 ? media::FoundHow::tracked : media::FoundHow::detected;
    truth.confidence = i % 157 == 9 ? 0.2f + 0.2f * unit : 0.86f + 0.13f * unit;
    truth.jitter = i % 211 == 20 ? 9.0f : 0.3f + 0.5f * unit;
    truth.landmarks = take.frames[at].landmarks;
    media::FaceQualities measured;
    measured.sharpness = i % 181 == 31 ? 0.08f : 0.26f + 0.1f * unit;
    measured.yaw = kDegrees * pose.yaw + unit;
    measured.pitch = kDegrees * pose.pitch - unit;
    measured.roll = kDegrees * pose.roll;
    measured.size = static_cast<float>(kCrop / take.places[at].scale()) * (0.95f + 0.1f * unit);
    measured.brightness = 0.42f + 0.12f * unit;
    measured.occlusion = 0.02f * unit;
    measured.outlier = 1.6f * unit;
    measured.hash = 0x9E3779B97F4A7C15ull * static_cast<uint64_t>(i + 1);
    truth.qualities = measured;
    return truth;
}

void addFaces(media::Project& project, const Clip& clip, const Take& take) {
    fs::create_directories(project.facesetFolder());
    media::PackHeader header;
    header.type = media::FaceType::wholeFace;
    header.size = kCrop;
    auto pack = media::PackWriter::open(
        project.facesetFolder() / media::packIndexName(clip.name, header.type, header.size),
        header);
    must(pack.ok());
    std::vector<media::FaceTruth> faces;
    std::vector<int64_t> rejected;
    std::vector<int64_t> kept;
    for (int i = 0; i < clip.frames; ++i) {
        if (std::count(clip.missing.begin(), clip.missing.end(), kFirst + i) != 0) {
            continue;
        }
        const auto at = static_cast<size_t>(i) % take.frames.size();
        faces.push_back(truthOf(take, i));
        media::FaceRecord record;
        record.frame = kFirst + i;
        record.confidence = faces.back().confidence;
        record.alignedFromFrame = take.places[at];
        record.landmarks = media::transformed(faces.back().landmarks, record.alignedFromFrame);
        const media::Image& crop = take.crops[at];
        must(pack->append(record, {crop.data(), crop.size()},
                          media::rasterize(media::faceHull(record.landmarks, 2.5), kCrop, kCrop))
                 .ok());
        if (i % 61 == 30) {
            rejected.push_back(record.frame);
        } else if (i % 4 == 0) {
            kept.push_back(record.frame);
        }
    }
    must(pack->sync().ok() && project.putFaces(clip.name, faces).ok() &&
         project.setReview(clip.name, rejected, media::ReviewState::reject).ok() &&
         project.setReview(clip.name, kept, media::ReviewState::keep).ok());
}

// Six columns of four faces, as sharp as a network that has learned `share` of its steps.
void writePreview(const fs::path& file, const Take& source, const Take& destination,
                  const Take& swap, double share) {
    constexpr int kRows = 4;
    const double sharp = 0.05 + 0.75 * std::sqrt(share);
    QImage atlas(kCrop * 6, kCrop * kRows, QImage::Format_RGB32);
    QPainter painter(&atlas);
    for (int row = 0; row < kRows; ++row) {
        const auto at = static_cast<size_t>(row * 13 + 2) % source.frames.size();
        const QImage plain[] = {pictureOf(source.crops[at]), pictureOf(destination.crops[at]),
                                pictureOf(swap.crops[at])};
        QImage mask(kCrop, kCrop, QImage::Format_RGB32);
        const auto inside = media::rasterize(
            media::faceHull(
                media::transformed(destination.frames[at].landmarks, destination.places[at]), 2.5),
            kCrop, kCrop);
        for (int i = 0; i < kCrop * kCrop; ++i) {
            const int value = inside[static_cast<size_t>(i)];
            reinterpret_cast<QRgb*>(mask.bits())[i] = qRgb(value, value, value);
        }
        const QImage cells[] = {plain[0],
                                blurred(plain[0], sharp),
                                plain[1],
                                blurred(plain[1], sharp),
                                blurred(plain[2], sharp),
                                blurred(mask, std::max(0.15, sharp))};
        for (int column = 0; column < 6; ++column) {
            painter.drawImage(column * kCrop, row * kCrop, cells[column]);
        }
    }
    painter.end();
    fs::create_directories(file.parent_path());
    must(atlas.save(ui::text(file.string())));
    std::ofstream(fs::path(file).replace_extension(".json"))
        << R"({"faces":["A012C007_adam_dialogue:1003","A012C007_adam_dialogue:1016",)"
        << R"("heist_010_bg:1029","heist_010_bg:1042"],"columns":["source","source_out",)"
        << R"("destination","destination_out","swap","mask"],"cell":)" << kCrop << "}";
}

struct Run {
    std::string name;
    int64_t steps = 0;
    int64_t planned = 0;
    int64_t every = 0;  // checkpoints
    double loss = 1;    // times the usual
};

void addRendered(media::Project& project, const Run& run,
                 const std::function<void(const fs::path&, double)>& preview) {
    const training::RunFolder folder{project.runFolder(run.name)};
    fs::create_directories(project.runFolder(run.name));
    training::Plan plan = *training::loadPreset("standard");
    plan.source = "Adam";
    plan.destination = "Ben";
    plan.steps = run.planned;
    plan.devices = "cuda:0,cuda:1";
    must(training::savePlan(plan, folder.plan()).ok() &&
         project.addRun({run.name, "Adam", "Ben", "2026-03-12T10:00:00Z"}).ok());
    appendHistory(project.runFolder(run.name), 10, run.steps, 10, run.loss);
    for (int64_t step = run.every; step <= run.steps; step += run.every) {
        preview(folder.preview(step), static_cast<double>(step) / static_cast<double>(run.planned));
        fs::create_directories(folder.checkpoint(step));
        std::ofstream(folder.checkpoint(step) / "manifest.json") << R"({"files":{}})";
    }
}

int64_t addVersion(media::Project& project, const std::string& out, int frames, int64_t step,
                   media::VersionStatus status, const std::string& created) {
    media::VersionRecord version;
    version.clip = RenderedShow::kShot;
    version.run = step > 30'000 ? "r02" : "r01";
    version.face = "Adam";
    version.author = "Käthe Lund";
    version.created = created;
    version.frames = "1001-" + std::to_string(kFirst + frames - 1);
    version.step = step;
    version.status = status;
    version.out = out;
    const auto added = project.addVersion(version);
    must(added.ok());
    return added->id;
}

void addConsents(media::Project& project) {
    media::ConsentRecord consent;
    consent.replicaType = "face replacement";
    consent.use = "face onto the stunt double in shots 010 to 040";
    consent.scope = "training, swap, delivery";
    consent.production = "Heist";
    consent.signedOn = "2026-03-01";
    consent.expires = "2099-03-01";
    consent.document = "/shows/heist/legal/consent_2026-03-01.pdf";
    consent.approver = "Zoë Brandt";
    for (const char* performer : {"Adam", "Ben"}) {
        consent.performer = performer;
        must(project.putConsent(consent, "Zoë Brandt").ok());
    }
}

}  // namespace

void RenderedShow::make() const {
    fs::create_directories(folder);
    const auto cast = media::castOf(11, 2);
    const Take adam = perform(media::Performer(cast[0]), 21, *this);
    const Take ben = perform(media::Performer(cast[1]), 22, *this);
    const Take swap = perform(media::Performer(cast[1], cast[0]), 22, *this);
    const auto plain = [](const Take& take) {
        return [&take](int i) {
            return pictureOf(take.frames[static_cast<size_t>(i) % take.frames.size()].picture);
        };
    };
    auto project = media::Project::create(this->project());
    must(project.ok());
    std::vector<int64_t> missing;
    for (int64_t gap = 30; gap < 34 && gap < frames; ++gap) {
        missing.push_back(kFirst + gap);
    }
    const std::vector<Clip> clips = {
        {kLook, "Adam", write(plates() / "adam", kLook, frames, plain(adam)), frames, {}},
        {kDialogue, "Adam", "/shows/heist/plates/adam/A012C007.mov", dialogue, {}},
        {kShot, "Ben", write(plates() / "ben", kShot, frames, plain(ben)), frames, missing},
        {kNext, "Ben", write(plates() / "ben", kNext, frames / 2, plain(ben)), frames / 2, {}}};
    for (const int64_t gap : missing) {
        fs::remove(plates() / "ben" / (std::string(kShot) + "." + std::to_string(gap) + ".jpg"));
    }
    for (const Clip& clip : clips) {
        addClip(*project, *this, clip);
        if (clip.name != kNext) {
            addFaces(*project, clip, clip.performer == "Adam" ? adam : ben);
        }
    }
    addConsents(*project);
    const auto preview = [&](const fs::path& file, double share) {
        writePreview(file, adam, ben, swap, share);
    };
    addRendered(*project, {"trial-liae", 34'000, 34'000, 40'000, 1.4}, preview);
    addRendered(*project, {"trial-256", 41'000, 41'000, 50'000, 0.7}, preview);
    addRendered(*project, {"r01", 20'000, 20'000, 5'000}, preview);
    addRendered(*project, {"r02", 48'200, 120'000, 4'000}, preview);

    const int rendered = std::min(frames, 30);
    const auto soft = [&](double share) {
        return [&swap, share](int i) {
            return blurred(pictureOf(swap.frames[static_cast<size_t>(i)].picture), share);
        };
    };
    const auto versions = folder / "versions";
    using Status = media::VersionStatus;
    addVersion(*project, write(versions, "v001", rendered, soft(0.06)), rendered, 5'000,
               Status::wip, "2026-03-12T10:40:00Z");
    const auto second = addVersion(*project, write(versions, "v002", rendered, soft(0.1)), rendered,
                                   20'000, Status::retake, "2026-03-12T14:05:00Z");
    addVersion(*project, write(versions, "v003", rendered, soft(0.2)), rendered, 36'000,
               Status::approved, "2026-03-13T09:12:00Z");
    const auto newest = addVersion(*project, write(versions, "v004", rendered, plain(swap)),
                                   rendered, 48'000, Status::pendingReview, "2026-03-13T18:30:00Z");
    addNotes(*project, second, newest);
}

void RenderedShow::copyProject(const fs::path& to) const {
    fs::create_directories(to);
    for (const auto& entry : fs::recursive_directory_iterator(project())) {
        const auto target = to / fs::relative(entry.path(), project());
        if (entry.is_directory()) {
            fs::create_directories(target);
        } else if (entry.path().extension() == ".png" ||
                   entry.path().parent_path().filename() == "facesets") {
            fs::create_hard_link(entry.path(), target);
        } else {
            fs::copy_file(entry.path(), target);
        }
    }
}

}  // namespace understudy::tests
