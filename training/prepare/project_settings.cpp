#include "training/prepare/project_settings.h"

#include <array>
#include <sstream>

#include "media/face/face_models.h"
#include "training/prepare/price.h"

namespace understudy::training {
namespace {

namespace fs = std::filesystem;

constexpr std::array<SettingAbout, 4> kSettings = {{
    {media::kDetectorSetting, "Face detector",
     "FILE.onnx that finds faces instead of the program's own model; default for that"},
    {media::kLandmarkerSetting, "Landmark model",
     "FILE.onnx that places landmarks instead of the program's own model; default for that"},
    {kPriceSetting, "Price of a GPU",
     "For an hour, such as 2.5: trainings then say what they cost"},
    {kCurrencySetting, "Currency", "What the price is in, such as EUR"},
}};

// An absolute path once the model was loaded.
Result<std::string> modelOf(const std::string& key, const std::string& value) {
    if (value.empty() || value == media::kDefaultModel) {
        return value;
    }
    const std::string path = fs::absolute(value).lexically_normal().string();
    if (key == media::kDetectorSetting) {
        US_TRY(media::loadOnnxDetector(path));
    } else {
        US_TRY(media::loadOnnxLandmarker(path));
    }
    return path;
}

}  // namespace

std::span<const SettingAbout> projectSettings() {
    return kSettings;
}

Status setProjectSetting(media::Project& project, const std::string& key,
                         const std::string& value) {
    if (key == kPriceSetting || key == kCurrencySetting) {
        if (!value.empty() && key == kPriceSetting) {
            US_TRY(priceFromText(value));
        } else if (!value.empty()) {
            US_TRY(currencyFromText(value));
        }
        return project.putSetting(key, value);
    }
    if (key == media::kDetectorSetting || key == media::kLandmarkerSetting) {
        US_ASSIGN(const std::string model, modelOf(key, value));
        return project.putSetting(key, model);
    }
    return Error{ErrorCode::usage, "there is no such setting", key,
                 "Use face.detector=FILE.onnx or face.landmarker=FILE.onnx; FILE.onnx may be "
                 "default, or nothing for what the site says; train.price=2.5 is what one GPU "
                 "costs for an hour, train.currency=EUR what that is in"};
}

Result<std::vector<std::pair<std::string, std::string>>> projectSettingsText(
    const media::Project& project, std::span<const fs::path> siteFiles) {
    US_ASSIGN(
        const media::FaceModelChoice chosen,
        media::chosenFaceModels([&project](const std::string& key) { return project.setting(key); },
                                project.folder()));
    US_ASSIGN(const auto price, pricePerHour(project, siteFiles));
    US_ASSIGN(const auto currency, currencyOf(project, siteFiles));
    std::ostringstream priceText;
    if (price) {
        priceText << *price;
    }
    return std::vector<std::pair<std::string, std::string>>{
        {media::kDetectorSetting, chosen.detector},
        {media::kLandmarkerSetting, chosen.landmarker},
        {kPriceSetting, priceText.str()},
        {kCurrencySetting, currency}};
}

}  // namespace understudy::training
