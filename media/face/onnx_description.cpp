#include "media/face/onnx_description.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "media/align/landmarks.h"
#include "media/base/file.h"

namespace understudy::media {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr uint64_t kMostBytes = 1u << 20;
constexpr int kMostPoints = 1000;

Error wrong(const fs::path& path, const std::string& what) {
    return {ErrorCode::corruptData, "the description of the face model is wrong: " + what,
            path.string(), "Correct the file, or set the model to default"};
}

double number(const Json& json, const char* key, double otherwise) {
    const auto found = json.find(key);
    return found == json.end() ? otherwise : found->is_number() ? found->get<double>() : NAN;
}

// Whole numbers from 0 to a million, -1 for anything else.
int whole(const Json& json, const char* key, int otherwise) {
    const double value = number(json, key, otherwise);
    return value >= 0 && value <= 1e6 && value == std::floor(value) ? static_cast<int>(value) : -1;
}

// One of the words, the first where there is none; "" for anything else.
std::string word(const Json& json, const char* key, std::initializer_list<const char*> words) {
    const auto found = json.find(key);
    if (found == json.end()) {
        return *words.begin();
    }
    for (const char* one : words) {
        if (found->is_string() && found->get<std::string>() == one) {
            return one;
        }
    }
    return "";
}

std::string name(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

Status readDetector(const Json& json, const fs::path& path, OnnxDescription& result) {
    result.boxes = name(json, "boxes");
    result.scores = name(json, "scores");
    const std::string layout = word(json, "layout", {"corners", "centre"});
    const std::string coordinates = word(json, "coordinates", {"unit", "pixels"});
    if (result.boxes.empty() || result.scores.empty() || layout.empty() || coordinates.empty()) {
        return wrong(path,
                     "boxes and scores are names of outputs, layout is corners or centre, "
                     "coordinates are unit or pixels");
    }
    result.centreLayout = layout == "centre";
    result.pixels = coordinates == "pixels";
    result.classes = whole(json, "classes", 1);
    result.face = whole(json, "face", 0);
    result.threshold = number(json, "threshold", 0.5);
    result.shift = number(json, "shift", 0);
    if (result.classes < 1 || result.classes > 1000 || result.face < 0 ||
        result.face >= result.classes) {
        return wrong(path, "face is one of 0 to classes - 1");
    }
    if (!(result.threshold > 0 && result.threshold < 1) || !(std::abs(result.shift) <= 1)) {
        return wrong(path, "threshold lies between 0 and 1, shift between -1 and 1");
    }
    return {};
}

Status readLandmarker(const Json& json, const fs::path& path, OnnxDescription& result) {
    result.output = name(json, "output");
    const std::string form = word(json, "form", {"unit", "pixels", "heatmaps"});
    if (form.empty()) {
        return wrong(path, "form is unit, pixels or heatmaps");
    }
    result.pixels = form == "pixels";
    result.heatmaps = form == "heatmaps";
    if (const auto map = json.find("map"); map != json.end()) {
        for (const Json& one : map->is_array() ? *map : Json::array()) {
            if (one.is_number_integer() && one.get<double>() >= 0 &&
                one.get<double>() < kMostPoints) {
                result.map.push_back(one.get<int>());
            }
        }
        if (result.map.size() != kLandmarkCount || map->size() != kLandmarkCount) {
            return wrong(path, "map has 68 numbers of points");
        }
    }
    return {};
}

}  // namespace

Result<OnnxDescription> OnnxDescription::read(const fs::path& path, const std::string& kind) {
    Result<std::string> text = readFile(path, kMostBytes);
    if (!text.ok()) {
        Error error = text.error();
        if (error.code == ErrorCode::missingInput) {
            error.code = ErrorCode::environment;
            error.message = "the description of the face model is not there";
            error.remedy = "Put a .json of the same name beside the .onnx";
        }
        return error;
    }
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object()) {
        return wrong(path, "it is no JSON object");
    }
    if (name(json, "kind") != kind) {
        return wrong(path, "its kind is not " + kind);
    }
    OnnxDescription result;
    if (const auto input = json.find("input"); input != json.end() && input->is_object()) {
        result.input.width = whole(*input, "width", 0);
        result.input.height = whole(*input, "height", 0);
        result.input.channels = whole(*input, "channels", 3);
        result.input.mean = static_cast<float>(number(*input, "mean", 0));
        result.input.scale = static_cast<float>(number(*input, "scale", 1.0 / 255));
    }
    US_TRY(result.input.check(path));
    result.grow = number(json, "grow", 1);
    if (!(result.grow >= 0.2 && result.grow <= 5)) {
        return wrong(path, "grow lies between 0.2 and 5");
    }
    US_TRY(kind == "detector" ? readDetector(json, path, result)
                              : readLandmarker(json, path, result));
    return result;
}

}  // namespace understudy::media
