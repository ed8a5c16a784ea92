// mask: paints corrections into the mask of a frame, takes them away, and shows the mask there is.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/align/face_mask.h"
#include "media/faceset/pack.h"
#include "media/frame/corrected_mask.h"
#include "media/frame/image_ops.h"
#include "media/frame/resample.h"
#include "media/project/project.h"
#include "media/source/frame_source.h"
#include "media/source/image_file.h"

namespace understudy::cli {
namespace {

using media::Image;
using media::MaskCorrection;

constexpr float kLeave = MaskCorrection::kLeave / 255.0f;
constexpr float kNearLeave = 4.5f / 255;  // what programs make of mid grey

struct MaskOptions {
    std::string project;
    std::string clip;
    int64_t frame = 0;
    std::string paint;
    std::string show;
    bool clear = false;
};

Status check(const MaskOptions& options, const media::ClipRecord& clip) {
    if (options.paint.empty() && options.show.empty() && !options.clear) {
        return Error{ErrorCode::usage, "it is not said what to do with the mask", "command line",
                     "Give --paint FILE, --clear or --show FILE"};
    }
    if (!options.paint.empty() && options.clear) {
        return Error{ErrorCode::usage, "a mask cannot be painted and cleared at once",
                     "command line", "--paint replaces what was painted before"};
    }
    const bool missing =
        std::find(clip.missing.begin(), clip.missing.end(), options.frame) != clip.missing.end();
    if (options.frame < clip.first || options.frame > clip.last || missing) {
        return Error{
            ErrorCode::usage, "the clip has no frame " + std::to_string(options.frame), clip.name,
            "Its frames are " + std::to_string(clip.first) + " to " + std::to_string(clip.last)};
    }
    return {};
}

// White adds, black removes, mid grey and what is transparent leave the mask as it is.
Result<MaskCorrection> painted(const std::string& path, const media::ClipRecord& clip) {
    US_ASSIGN(const Image picture, media::readImage(path));
    if (picture.width() != clip.width || picture.height() != clip.height) {
        return Error{ErrorCode::usage,
                     "the painted picture is " + std::to_string(picture.width()) + "x" +
                         std::to_string(picture.height()) + ", the plate " +
                         std::to_string(clip.width) + "x" + std::to_string(clip.height),
                     path, "Paint over a picture of the plate's size, such as one of --show"};
    }
    const int channels = picture.channels();
    const Image floats = media::toFloat(picture);
    const Image gray = media::convertChannels(floats, 1);
    std::vector<uint8_t> levels;
    for (int y = 0; y < picture.height(); ++y) {
        const float* value = gray.row<float>(y);
        const float* pixel = floats.row<float>(y);
        for (int x = 0; x < picture.width(); ++x) {
            const float opaque = channels == 4 ? pixel[4 * x + 3] : 1.0f;
            const float apart = value[x] - kLeave * opaque;  // colours are premultiplied
            const float level = std::abs(apart) < kNearLeave ? kLeave : kLeave + apart;
            levels.push_back(
                static_cast<uint8_t>(std::lround(255 * std::clamp(level, 0.0f, 1.0f))));
        }
    }
    return MaskCorrection::fromLevels(picture.width(), picture.height(), levels);
}

// The mask over the plate's pixels as the clip's crops have it, else as the landmarks outline it;
// `from` says which.
Result<std::vector<uint8_t>> maskOver(const media::Project& project, const media::ClipRecord& clip,
                                      int64_t frame, std::string& from) {
    US_ASSIGN(const auto size, project.setting("extract.size"));
    US_ASSIGN(const auto type, project.setting("extract.type"));
    const auto known = media::faceTypeFromName(type.value_or("whole_face"));
    from = "crop";
    if (size && known) {
        const auto index = project.facesetFolder() /
                           media::packIndexName(clip.name, *known, std::atoi(size->c_str()));
        const auto pack = media::PackReader::open(index);
        for (size_t i = 0; pack.ok() && i < pack->size(); ++i) {
            const media::FaceRecord record = pack->record(i);
            if (record.frame != frame) {
                continue;
            }
            const int side = pack->header().size;
            Image mask(side, side, 1, media::SampleType::u8);
            std::copy_n(pack->mask(i).data(), mask.size(), mask.row<uint8_t>(0));
            const Image over = media::resample(mask, record.alignedFromFrame.inverse(), clip.width,
                                               clip.height, media::Border::zero);
            return std::vector<uint8_t>(over.row<uint8_t>(0), over.row<uint8_t>(0) + over.size());
        }
    }
    US_ASSIGN(const auto faces, project.faces(clip.name));
    for (const media::FaceTruth& face : faces) {
        if (face.frame == frame && face.how != media::FoundHow::missed) {
            from = "outline";
            const double raise = media::browRaiseFor(known.value_or(media::FaceType::wholeFace));
            return media::rasterize(media::faceHull(face.landmarks, raise), clip.width,
                                    clip.height);
        }
    }
    from = "none";
    return std::vector<uint8_t>(static_cast<size_t>(clip.width) * clip.height);
}

// The plate, dark where it is not mask, green where the mask was added to and red where removed.
Image shown(const media::Frame& frame, const std::vector<uint8_t>& mask, const Image& correction) {
    constexpr float kDark = 0.3f;
    constexpr float kTint = 0.4f;
    Image plate = media::convertChannels(media::toFloat(frame.pixels), 3);
    for (int y = 0; y < plate.height(); ++y) {
        float* pixel = plate.row<float>(y);
        const uint8_t* levels = correction.row<uint8_t>(y);
        for (int x = 0; x < plate.width(); ++x, pixel += 3) {
            const float face =
                static_cast<float>(mask[static_cast<size_t>(y) * plate.width() + x]) / 255;
            for (int c = 0; c < 3; ++c) {
                // A picture to look at: about what a display makes of light.
                const float value = frame.encoding.sceneLinear()
                                        ? std::pow(std::max(0.0f, pixel[c]), 1 / 2.2f)
                                        : pixel[c];
                pixel[c] = value * (kDark + (1 - kDark) * face);
            }
            const float added = kTint * static_cast<float>(levels[2 * x]) / 255;
            const float removed = kTint * static_cast<float>(levels[2 * x + 1]) / 255;
            pixel[0] += removed * (1 - pixel[0]) - added * pixel[0];
            pixel[1] += added * (1 - pixel[1]) - removed * pixel[1];
            pixel[2] -= (added + removed) * pixel[2];
        }
    }
    return media::fromFloat(plate, media::SampleType::u8);
}

Result<std::string> show(const media::Project& project, const media::ClipRecord& clip,
                         const MaskOptions& options, const Image& correction) {
    std::string from;
    US_ASSIGN(std::vector<uint8_t> mask, maskOver(project, clip, options.frame, from));
    media::correctMask(mask, correction);
    US_ASSIGN(const auto plate, media::openSource(project.platePath(clip).string(), clip.said));
    US_ASSIGN(const media::Frame frame, plate->read(options.frame));
    if (frame.pixels.width() != clip.width || frame.pixels.height() != clip.height) {
        return Error{ErrorCode::missingInput,
                     "the plate has another size than when it was imported",
                     project.platePath(clip).string(), "Import it again"};
    }
    US_TRY(media::writeImage(options.show, shown(frame, mask, correction)));
    return from;
}

Result<Json> mask(const MaskOptions& options) {
    const bool reads = options.paint.empty() && !options.clear;
    US_ASSIGN(auto project, media::Project::open(options.project, reads));
    US_ASSIGN(const auto clip, project.clip(options.clip));
    US_TRY(check(options, clip));
    const std::string what = clip.name + " frame " + std::to_string(options.frame);
    if (!options.paint.empty()) {
        US_ASSIGN(const MaskCorrection correction, painted(options.paint, clip));
        US_TRY(project.putMaskCorrection(clip.name, options.frame, correction));
        US_TRY(project.audit("mask", what + ": painted"));
    } else if (options.clear) {
        US_TRY(project.clearMaskCorrections(clip.name, std::span(&options.frame, 1)));
        US_TRY(project.audit("mask", what + ": cleared"));
    }
    US_ASSIGN(const auto corrections, project.maskCorrections(clip.name));
    const auto found = corrections.find(options.frame);
    const MaskCorrection correction = found != corrections.end() ? found->second : MaskCorrection();
    const Image over =
        media::correctionOver(correction, clip.width, clip.height, {}, clip.width, clip.height);
    int64_t added = 0;
    int64_t removed = 0;
    const uint8_t* level = over.row<uint8_t>(0);
    for (size_t i = 0; i < over.size(); i += 2) {
        added += level[i] > 0;
        removed += level[i + 1] > 0;
    }
    Json frames = Json::array();
    for (const auto& [frame, one] : corrections) {
        frames.push_back(frame);
    }
    Json result = {{"clip", clip.name},     {"frame", options.frame},   {"added_px", added},
                   {"removed_px", removed}, {"painted_frames", frames}, {"show", nullptr},
                   {"mask", nullptr}};
    if (!options.show.empty()) {
        US_ASSIGN(const std::string from, show(project, clip, options, over));
        result["show"] = absolutePath(options.show);
        result["mask"] = from;
    }
    return result;
}

void print(const Json& result) {
    std::cout << "Frame " << result["frame"] << " of " << result["clip"].get<std::string>()
              << ": added to in " << result["added_px"] << " pixels, taken from in "
              << result["removed_px"] << ". Painted frames: "
              << (result["painted_frames"].empty() ? "none" : frameRanges(result["painted_frames"]))
              << '\n';
    if (result["show"].is_string()) {
        std::cout << "Wrote " << result["show"].get<std::string>() << '\n';
    }
}

}  // namespace

void addMaskVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("mask",
                                         "Paint a correction into the mask of a frame, take it "
                                         "away, or show the mask. Swaps obey it "
                                         "at once, crops with the next extract");
    auto options = std::make_shared<MaskOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("--clip", options->clip, "The clip")->required();
    verb->add_option("--frame", options->frame, "The plate's frame number")->required();
    verb->add_option("--paint", options->paint,
                     "A picture of the plate's size: white adds to the face, black takes from it, "
                     "greys do it in part, mid grey (128) and transparent leave it as it is; "
                     "replaces what was painted before");
    verb->add_flag("--clear", options->clear, "Take the frame's painted correction away");
    verb->add_option("--show", options->show,
                     "Write the plate with the mask there is: dark outside, green where it was "
                     "added to, red where taken from");
    line.onParsed(
        verb, "mask", [options] { return mask(*options); }, print);
}

}  // namespace understudy::cli
