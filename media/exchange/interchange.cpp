#include "media/exchange/interchange.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "media/base/log.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

namespace {

using Json = nlohmann::json;

constexpr double kFarthest = 1e6;  // pixels
constexpr size_t kLongestName = 4096;

std::optional<Landmarks> landmarksOf(const Json& points) {
    if (!points.is_array() || points.size() != kLandmarkCount) {
        return std::nullopt;
    }
    Landmarks landmarks;
    for (size_t i = 0; i < landmarks.size(); ++i) {
        const Json& point = points[i];
        if (!point.is_array() || point.size() != 2 || !point[0].is_number() ||
            !point[1].is_number()) {
            return std::nullopt;
        }
        landmarks[i] = {point[0].get<double>() + 0.5, point[1].get<double>() + 0.5};
        if (!(std::abs(landmarks[i].x) < kFarthest && std::abs(landmarks[i].y) < kFarthest)) {
            return std::nullopt;
        }
    }
    return landmarks;
}

// Takes the frames one by one as they are parsed, so that a long clip costs no memory twice.
class FrameCollector {
  public:
    explicit FrameCollector(const std::string& where) : where_(where) {}

    bool event(int depth, Json::parse_event_t event, Json& parsed) {
        if (depth == 0 &&
            (event == Json::parse_event_t::array_start || event == Json::parse_event_t::value)) {
            noObject_ = true;
        }
        if (depth == 1 && event == Json::parse_event_t::key) {
            name_ = parsed.get<std::string>();
        }
        if (depth != 1 || event != Json::parse_event_t::array_end || noObject_) {
            return true;
        }
        ++frames_;
        for (const Json& face : parsed) {
            take(face);
        }
        return false;
    }

    Result<ImportedFaces> finish() {
        if (noObject_ || (imported_.faces.empty() && leftOut_.count() == 0)) {
            return Error{ErrorCode::corruptData,
                         noObject_ || frames_ == 0 ? "this is no list of faces by frames"
                                                   : "there is no face in it",
                         where_, "Export the faces again from the other program"};
        }
        if (imported_.faces.empty()) {
            return *leftOut_.first();
        }
        imported_.warnings = leftOut_.warnings();
        return std::move(imported_);
    }

  private:
    void take(const Json& face) {
        const auto found = face.is_object() ? face.find("landmarks_2d") : face.end();
        const auto landmarks =
            face.is_object() && found != face.end() ? landmarksOf(*found) : std::nullopt;
        const std::string name = name_.substr(name_.find_last_of("/\\") + 1);
        if (landmarks && name.size() <= kLongestName) {
            imported_.faces.push_back({name, *landmarks});
        } else {
            leftOut_.add({ErrorCode::corruptData, "a face without 68 landmarks",
                          where_ + ", " + validUtf8(name.substr(0, 100)),
                          "Let the other program place 68 landmarks"});
        }
    }

    const std::string where_;
    ImportedFaces imported_;
    LeftOut leftOut_;
    std::string name_;
    int64_t frames_ = 0;
    bool noObject_ = false;
};

std::string frameName(const ClipRecord& clip, const std::filesystem::path& plate, int64_t frame) {
    if (const auto parsed = parseSequencePattern(plate.string())) {
        return parsed->pattern.file(frame).filename().string();
    }
    char number[32];
    std::snprintf(number, sizeof number, "_%06lld", static_cast<long long>(frame));
    const std::string stem = plate.stem().string();
    return (stem.empty() ? clip.name : stem) + number + plate.extension().string();
}

// To a ten-thousandth of a pixel, which is as much as packs tell apart.
double rounded(double x) {
    return std::round(x * 1e4) / 1e4;
}

Json faceJson(const Landmarks& landmarks) {
    double left = landmarks[0].x, right = left, top = landmarks[0].y, bottom = top;
    Json points = Json::array();
    for (const Point point : landmarks) {
        left = std::min(left, point.x);
        right = std::max(right, point.x);
        top = std::min(top, point.y);
        bottom = std::max(bottom, point.y);
        points.push_back({rounded(point.x - 0.5), rounded(point.y - 0.5)});
    }
    const auto whole = [](double x) { return static_cast<int64_t>(std::lround(x - 0.5)); };
    return {{"detected", {whole(left), whole(top), whole(right), whole(bottom)}},
            {"landmarks_2d", std::move(points)}};
}

}  // namespace

Result<ImportedFaces> readInterchange(const std::string& text, const std::string& where) {
    FrameCollector collector(where);
    try {
        const Json rest =
            Json::parse(text, [&](int depth, Json::parse_event_t event, Json& parsed) {
                return collector.event(depth, event, parsed);
            });
    } catch (const Json::exception& error) {
        return Error{ErrorCode::corruptData,
                     "this is no JSON: " + validUtf8(std::string(error.what()).substr(0, 200)),
                     where, "Export the faces again from the other program"};
    }
    return collector.finish();
}

Result<ExportedFaces> writeInterchange(const Project& project, const std::string& clip) {
    US_ASSIGN(const ClipRecord record, project.clip(clip));
    US_ASSIGN(const auto faces, project.facesOf(clip, record.performer));
    const std::filesystem::path plate = project.platePath(record);
    ExportedFaces exported;
    exported.json = "{";
    for (const FaceTruth& face : faces) {
        const Json name = validUtf8(frameName(record, plate, face.frame));
        exported.json += (exported.faces > 0 ? ",\n" : "\n") + name.dump() + ": " +
                         Json::array({faceJson(face.landmarks)}).dump();
        ++exported.faces;
    }
    exported.json += "\n}\n";
    return exported;
}

}  // namespace understudy::media
