#include "app/cli/faces_report.h"

#include <cstdio>
#include <iostream>

#include "app/cli/output.h"
#include "media/project/people_settings.h"

namespace understudy::cli {
namespace {

using media::FaceTruth;
using media::FoundHow;
using media::ReviewState;

struct Counts {
    int64_t searched = 0, found = 0, detected = 0, tracked = 0, kept = 0, rejected = 0;
    int64_t nobodys = 0;                    // neither kept nor rejected
    std::map<std::string, int64_t> others;  // kept, but not the clip's own performer's
    double jitter = 0;
    Json missed = Json::array();
    Json worthALook = Json::array();
};

Counts countOf(const std::vector<FaceTruth>& faces, const std::map<int64_t, ReviewState>& reviewed,
               const std::map<int64_t, std::string>& assigned) {
    Counts counts;
    for (const auto& face : faces) {
        ++counts.searched;
        if (face.how == FoundHow::missed) {
            counts.missed.push_back(face.frame);
            continue;
        }
        ++counts.found;
        ++(face.how == FoundHow::detected ? counts.detected : counts.tracked);
        counts.jitter += face.jitter;
        if (face.qualities && media::worthALook(*face.qualities)) {
            counts.worthALook.push_back(face.frame);
        }
        const auto review = reviewed.find(face.frame);
        const bool rejected = review != reviewed.end() && review->second == ReviewState::reject;
        const auto whose = assigned.find(face.frame);
        const bool nobodys = whose != assigned.end() && whose->second.empty();
        ++(rejected ? counts.rejected : nobodys ? counts.nobodys : counts.kept);
        if (!rejected && !nobodys && whose != assigned.end()) {
            ++counts.others[whose->second];
        }
    }
    return counts;
}

Json warningsOf(const media::ClipRecord& clip, const Counts& counts) {
    Json warnings = Json::array();
    if (counts.searched == 0) {
        warnings.push_back("faces have not been searched yet: extract does that");
    } else if (counts.searched < clip.frames) {
        warnings.push_back("only " + std::to_string(counts.searched) + " of " +
                           std::to_string(clip.frames) +
                           " frames have been searched: extract goes on");
    }
    if (counts.searched > 0 && counts.found == 0) {
        warnings.push_back("there is no face in this clip");
    } else if (counts.missed.size() * 10 > static_cast<size_t>(counts.searched)) {
        warnings.push_back("no face in more than a tenth of the frames");
    }
    if (!clip.missing.empty()) {
        warnings.push_back(std::to_string(clip.missing.size()) +
                           " frames are missing in the plate");
    }
    return warnings;
}

Result<Json> clipReport(const media::Project& project, const media::ClipRecord& clip) {
    US_ASSIGN(const auto faces, project.faces(clip.name));
    US_ASSIGN(const auto imported, project.importedFrom(clip.name));
    US_ASSIGN(const auto reviewed, project.review(clip.name));
    US_ASSIGN(const auto people, project.setting(media::peopleSetting(clip.name)));
    const Json known = people && !imported ? Json::parse(*people, nullptr, false) : Json::array();
    US_ASSIGN(const auto assigned, project.assignments(clip.name));
    const Counts counts = countOf(faces, reviewed, assigned);
    const Json jitter = counts.found > 0
                            ? numberOrNull(counts.jitter / static_cast<double>(counts.found))
                            : Json(nullptr);
    return Json{{"clip", clip.name},
                {"performer", clip.performer},
                {"frames", clip.frames},
                {"found", counts.found},
                {"detected", counts.detected},
                {"tracked", counts.tracked},
                {"missed", counts.missed},
                {"kept", counts.kept},
                {"rejected", counts.rejected},
                {"assigned", counts.others},
                {"nobodys", counts.nobodys},
                {"mean_jitter_px", jitter},
                {"worth_a_look", counts.worthALook},
                {"people", known.is_array() ? known : Json::array()},
                {"imported_from", imported ? Json(*imported) : Json(nullptr)},
                {"warnings", warningsOf(clip, counts)}};
}

Json faceToJson(const FaceTruth& face, ReviewState state, const std::string& performer) {
    static constexpr const char* kStates[] = {"undecided", "keep", "reject"};
    Json json{{"frame", face.frame},
              {"how", face.how == FoundHow::detected ? "detected" : "tracked"},
              {"review", kStates[static_cast<size_t>(state)]},
              {"performer", performer.empty() ? Json(nullptr) : Json(performer)},
              {"confidence", face.confidence},
              {"jitter_px", face.jitter}};
    const auto measured = [&](const char* key, float media::FaceQualities::*value) {
        json[key] = face.qualities ? numberOrNull(*face.qualities.*value) : Json(nullptr);
    };
    measured("sharpness", &media::FaceQualities::sharpness);
    measured("yaw", &media::FaceQualities::yaw);
    measured("pitch", &media::FaceQualities::pitch);
    measured("roll", &media::FaceQualities::roll);
    measured("size_px", &media::FaceQualities::size);
    measured("brightness", &media::FaceQualities::brightness);
    measured("occlusion", &media::FaceQualities::occlusion);
    measured("outlier", &media::FaceQualities::outlier);
    json["hash"] = nullptr;
    if (face.qualities) {
        char digits[17];
        std::snprintf(digits, sizeof digits, "%016llx",
                      static_cast<unsigned long long>(face.qualities->hash));
        json["hash"] = digits;
    }
    return json;
}

}  // namespace

Status addEachFace(const media::Project& project, Json& report, int64_t from, int64_t count) {
    for (auto& clip : report) {
        const std::string name = clip["clip"].get<std::string>();
        US_ASSIGN(const auto faces, project.faces(name));
        US_ASSIGN(const auto reviewed, project.review(name));
        US_ASSIGN(const auto assigned, project.assignments(name));
        const auto own = clip["performer"].get<std::string>();
        Json list = Json::array();
        int64_t number = 0;
        for (const auto& face : faces) {
            if (face.how == FoundHow::missed) {
                continue;
            }
            if (number >= from && number - from < count) {
                const auto review = reviewed.find(face.frame);
                const auto whose = assigned.find(face.frame);
                list.push_back(faceToJson(
                    face, review == reviewed.end() ? ReviewState::undecided : review->second,
                    whose == assigned.end() ? own : whose->second));
            }
            ++number;
        }
        clip["faces"] = std::move(list);
    }
    return {};
}

Result<std::vector<media::ClipRecord>> clipsAskedFor(const media::Project& project,
                                                     const std::vector<std::string>& names) {
    if (names.empty()) {
        return project.clips();
    }
    std::vector<media::ClipRecord> clips;
    for (const auto& name : names) {
        US_ASSIGN(auto clip, project.clip(name));
        clips.push_back(std::move(clip));
    }
    return clips;
}

Result<Json> facesReport(const media::Project& project, const std::vector<media::ClipRecord>& clips,
                         const std::map<std::string, std::vector<std::string>>& warnings) {
    Json report = Json::array();
    for (const auto& clip : clips) {
        US_ASSIGN(Json one, clipReport(project, clip));
        if (const auto more = warnings.find(clip.name); more != warnings.end()) {
            for (const auto& text : more->second) {
                one["warnings"].push_back(text);
            }
        }
        report.push_back(std::move(one));
    }
    return report;
}

void printFaces(const Json& result) {
    std::printf("%-20s %-14s %7s %7s %9s %8s %7s %8s %9s\n", "clip", "performer", "frames", "found",
                "detected", "tracked", "missed", "rejected", "jitter px");
    for (const auto& clip : result["clips"]) {
        std::printf(
            "%-20s %-14s %7s %7s %9s %8s %7zu %8s %9s\n", clip["clip"].get<std::string>().c_str(),
            clip["performer"].get<std::string>().c_str(), clip["frames"].dump().c_str(),
            clip["found"].dump().c_str(), clip["detected"].dump().c_str(),
            clip["tracked"].dump().c_str(), clip["missed"].size(), clip["rejected"].dump().c_str(),
            shortNumber(clip["mean_jitter_px"], 2).c_str());
    }
    std::fflush(stdout);
    for (const auto& clip : result["clips"]) {
        const std::string name = clip["clip"].get<std::string>();
        if (clip["imported_from"].is_string()) {
            std::cout << name << ": imported from " << clip["imported_from"].get<std::string>()
                      << '\n';
        }
        if (clip["people"].size() > 1) {
            for (const auto& one : clip["people"]) {
                std::cout << name << ": person " << one["person"] << ", " << one["frames"]
                          << " frames from " << one["first"] << " to " << one["last"] << ", "
                          << shortNumber(one["size_px"], 0) << " px"
                          << (one["chosen"] == true ? " (chosen)" : "") << '\n';
            }
        }
        for (const auto& [performer, count] : clip["assigned"].items()) {
            std::cout << name << ": " << count << " faces are " << performer << "'s\n";
        }
        if (clip["nobodys"] != 0) {
            std::cout << name << ": " << clip["nobodys"] << " faces are nobody's in this project\n";
        }
        if (!clip["missed"].empty()) {
            std::cout << name << ": no face in frames " << frameRanges(clip["missed"]) << '\n';
        }
        if (!clip["worth_a_look"].empty()) {
            std::cout << name << ": hidden or unlike the others in frames "
                      << frameRanges(clip["worth_a_look"]) << ", worth a look\n";
        }
        for (const auto& warning : clip["warnings"]) {
            std::cout << name << ": " << warning.get<std::string>() << '\n';
        }
    }
}

}  // namespace understudy::cli
