// A delivery: a version of a clip in another form, with the same look. What the renderer is told of
// it, for the window and the command line alike.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/project/project.h"
#include "training/prepare/name_template.h"

namespace understudy::training {

// Of the project: how it names what is delivered, and new versions.
constexpr const char* kDeliveryNameSetting = "deliver.name";
constexpr const char* kVersionNameSetting = "render.name";
// How many frames more than the chosen ones are written at each end; none where it is not set.
constexpr const char* kDeliveryHandlesSetting = "deliver.handles";
constexpr int kMostHandles = 1000;
// Where: absolute, or below the project's folder.
constexpr const char* kDeliveryFolderSetting = "deliver.folder";
constexpr const char* kUsualDeliveryFolder = "deliveries";
constexpr const char* kUsualDeliveryName = "{clip}_{version}/{project}_{clip}_{version}.{frame}";
constexpr const char* kUsualVersionName = "{clip}_{run}_{version}.{frame}";

// What the renderer writes.
struct DeliveryFormat {
    std::string name;    // "exr", as --format takes it
    std::string ending;  // ".exr"
    bool movie = false;
    std::string says;  // for people
};
const std::vector<DeliveryFormat>& deliveryFormats();
// Errors: usage, naming those there are.
Result<DeliveryFormat> deliveryFormat(const std::string& name);

// How a version was set into its plate, by the renderer's option: {"--color", "linear"}, ... Empty
// where the version does not tell.
std::map<std::string, std::string> lookOfVersion(const media::VersionRecord& version);

NameFields nameFields(const std::string& projectName, const media::VersionRecord& version,
                      const media::ClipRecord& clip, const std::string& date);

struct Delivery {
    media::VersionRecord version;
    std::string out;     // a movie, or a pattern with ####; absolute
    std::string matte;   // the same, or empty
    std::string frames;  // empty: those of the version
    int handles = 0;     // how many of them at each end were not chosen, at most
};
// "swap.mp4" -> "swap_matte.mp4", "swap.####.exr" -> "swap_matte.####.png": a matte is no light.
std::string matteBeside(const std::string& out, bool movie);

// For understudy-renderer.
std::vector<std::string> deliveryArguments(const std::filesystem::path& project,
                                           const Delivery& delivery);

}  // namespace understudy::training
