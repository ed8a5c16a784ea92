#include "media/face/face_models.h"

#include <cstdlib>
#include <future>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "media/base/sha256.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostBytes = 1u << 20;

Error notSettings(const fs::path& file, const std::string& what) {
    return {ErrorCode::environment, "the site's settings cannot be used: " + what, file.string(),
            "Correct the file or remove it"};
}

Result<std::string> identityOf(const std::string& model) {
    if (model == kDefaultModel) {
        return model;
    }
    std::string both;
    for (const fs::path& file : {fs::path(model), onnxDescription(model)}) {
        const auto hash = sha256OfFile(file);
        if (!hash.ok()) {
            return Error{ErrorCode::environment, "the face model is not there or cannot be read",
                         file.string(), "Put the file there, or set the model to default"};
        }
        both += *hash;
    }
    return both;
}

// The default one may be any file that the environment names.
Result<std::string> landmarkerIdentity(const std::string& model) {
    const char* named = std::getenv("UNDERSTUDY_LANDMARK_MODEL");
    if (model != kDefaultModel || !named || !*named) {
        return identityOf(model);
    }
    US_ASSIGN(const fs::path file, findLandmarkModel());
    US_ASSIGN(const std::string hash, sha256OfFile(file));
    return model + " " + hash;
}

}  // namespace

std::vector<fs::path> siteSettingsFiles() {
    return understudy::siteSettingsFiles();
}

Result<FaceModelChoice> siteFaceModels(std::span<const fs::path> files) {
    FaceModelChoice choice;
    for (const fs::path& file : files) {
        if (std::error_code ignored; !fs::exists(file, ignored)) {
            continue;
        }
        const auto text = readFile(file, kMostBytes);
        if (!text.ok()) {
            return notSettings(file, text.error().message);
        }
        const auto json = nlohmann::json::parse(*text, nullptr, false);
        if (!json.is_object()) {
            return notSettings(file, "it is no JSON object");
        }
        for (const auto& [key, value] : {std::pair{kDetectorSetting, &choice.detector},
                                         std::pair{kLandmarkerSetting, &choice.landmarker}}) {
            const auto found = json.find(key);
            if (found == json.end()) {
                continue;
            }
            if (!found->is_string() || found->get<std::string>().empty()) {
                return notSettings(file, std::string(key) + " is no path");
            }
            *value = found->get<std::string>();
            if (*value != kDefaultModel && fs::path(*value).is_relative()) {
                *value = (file.parent_path() / *value).string();
            }
        }
    }
    return choice;
}

Result<FaceModelChoice> chosenFaceModels(const SettingReader& setting, const fs::path& folder) {
    US_ASSIGN(FaceModelChoice choice, siteFaceModels(siteSettingsFiles()));
    for (const auto& [key, value] : {std::pair{kDetectorSetting, &choice.detector},
                                     std::pair{kLandmarkerSetting, &choice.landmarker}}) {
        US_ASSIGN(const std::optional<std::string> set, setting(key));
        if (set && !set->empty()) {
            *value = *set == kDefaultModel ? *set : (folder / *set).string();
        }
    }
    return choice;
}

Result<std::string> faceModelsIdentity(const FaceModelChoice& choice) {
    US_ASSIGN(const std::string detector, identityOf(choice.detector));
    US_ASSIGN(const std::string landmarker, landmarkerIdentity(choice.landmarker));
    return detector + " " + landmarker;
}

namespace {

Result<DetectorMaker> loadDetector(const std::string& choice) {
    return choice == kDefaultModel ? loadFaceDetector() : loadOnnxDetector(choice);
}

Result<std::shared_ptr<const Landmarker>> loadChosenLandmarker(const std::string& choice) {
    if (choice != kDefaultModel) {
        return loadOnnxLandmarker(choice);
    }
    US_ASSIGN(const fs::path model, findLandmarkModel());
    return loadLandmarker(model);
}

}  // namespace

Result<FaceModels> loadFaceModels(const FaceModelChoice& choice) {
    // Pictures are looked at side by side; threads within one would only be in the way.
    cv::setNumThreads(1);
    auto detector = std::async(std::launch::async, loadDetector, choice.detector);
    Result<std::shared_ptr<const Landmarker>> landmarker = loadChosenLandmarker(choice.landmarker);
    FaceModels models;
    US_ASSIGN(models.makeDetector, detector.get());
    US_TRY(landmarker);
    models.landmarker = *landmarker;
    return models;
}

}  // namespace understudy::media
