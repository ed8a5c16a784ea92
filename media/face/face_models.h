// Which models find faces: the default ones, or a studio's own, as its site or a project says. The
// site's settings are one JSON object with the keys of project settings ("face.detector",
// "face.landmarker"); values are "default" or the path of an .onnx file.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/face/onnx_models.h"

namespace understudy::media {

constexpr const char* kDetectorSetting = "face.detector";
constexpr const char* kLandmarkerSetting = "face.landmarker";
constexpr const char* kDefaultModel = "default";

struct FaceModelChoice {
    std::string detector = kDefaultModel;
    std::string landmarker = kDefaultModel;
};

// /etc/understudy/site.json, then $XDG_CONFIG_HOME/understudy/site.json (else below ~/.config).
std::vector<std::filesystem::path> siteSettingsFiles();

// What these files say, later ones first; those that are not there say nothing. Errors:
// environment, for a file that cannot be understood or read.
Result<FaceModelChoice> siteFaceModels(std::span<const std::filesystem::path> files);

// The site's choice, where the project says nothing else. `setting` gives the project's own word
// for a key, `folder` is what relative paths in it start at.
using SettingReader = std::function<Result<std::optional<std::string>>(const std::string& key)>;
Result<FaceModelChoice> chosenFaceModels(const SettingReader& setting,
                                         const std::filesystem::path& folder);

// Different for every model that may find other faces. Errors: as loadFaceModels, for missing
// files.
Result<std::string> faceModelsIdentity(const FaceModelChoice& choice);

// Thread-safe.
struct FaceModels {
    DetectorMaker makeDetector;
    std::shared_ptr<const Landmarker> landmarker;
};
// Errors: environment, corruptData.
Result<FaceModels> loadFaceModels(const FaceModelChoice& choice);

}  // namespace understudy::media
