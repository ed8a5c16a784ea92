#include "training/prepare/consent_gate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "media/base/file.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostBytes = 1u << 20;

// "no consent is recorded for Ben"; empty where it holds.
std::string missing(std::span<const media::ConsentRecord> records, const std::string& performer,
                    const std::string& today) {
    const auto* record = media::consentOf(records, performer, today);
    if (record == nullptr) {
        return "no consent is recorded for " + performer;
    }
    switch (media::stateOf(*record, today)) {
        case media::ConsentState::expired:
            return "the consent of " + performer + " expired on " + record->expires;
        case media::ConsentState::revoked:
            return performer + " revoked consent on " + record->revoked;
        case media::ConsentState::valid:
        case media::ConsentState::none:
            break;
    }
    return "";
}

}  // namespace

Result<ConsentPolicy> consentPolicy(std::span<const fs::path> siteFiles) {
    ConsentPolicy policy = ConsentPolicy::warn;
    for (const fs::path& file : siteFiles) {
        if (std::error_code ignored; !fs::exists(file, ignored)) {
            continue;
        }
        const auto text = readFile(file, kMostBytes);
        const auto json = nlohmann::json::parse(text.ok() ? *text : std::string(), nullptr, false);
        if (!json.is_object()) {
            return Error{ErrorCode::environment, "the site's settings cannot be used",
                         file.string(), "Correct the file or remove it"};
        }
        const auto found = json.find(kConsentPolicySetting);
        if (found == json.end() || *found == "warn") {
            continue;
        }
        if (*found != "block") {
            return Error{ErrorCode::environment,
                         std::string(kConsentPolicySetting) + " is neither warn nor block",
                         file.string(), "Set it to \"warn\" or \"block\""};
        }
        policy = ConsentPolicy::block;
    }
    return policy;
}

Status checkConsent(const media::Project& project, const std::vector<std::string>& performers,
                    std::span<const fs::path> siteFiles) {
    US_ASSIGN(const ConsentPolicy policy, consentPolicy(siteFiles));
    if (policy == ConsentPolicy::warn) {
        return {};
    }
    US_ASSIGN(const auto records, project.consents());
    const std::string today = media::today();
    std::string what;
    std::set<std::string> people;
    for (const std::string& performer : performers) {
        US_ASSIGN(const std::string name, project.currentName(performer));
        people.insert(name);
    }
    for (const std::string& performer : people) {
        if (const std::string words = missing(records, performer, today); !words.empty()) {
            what += (what.empty() ? "" : ", ") + words;
        }
    }
    if (what.empty()) {
        return {};
    }
    return Error{ErrorCode::usage, what + ", and this site lets nothing begin without it",
                 kConsentPolicySetting, "Record the consent in Ingest, from the signed sheet"};
}

std::vector<std::string> performersOfSwap(const media::RunRecord* run, const std::string& ofClip,
                                          bool showsReplaced) {
    std::vector<std::string> performers;
    if (run != nullptr) {
        performers.push_back(run->source);
    }
    performers.push_back(ofClip);
    if (run != nullptr && showsReplaced && run->destination != ofClip) {
        performers.push_back(run->destination);
    }
    return performers;
}

Status checkSwapConsent(const media::Project& project, const std::string& run,
                        const std::string& clip, std::span<const fs::path> siteFiles) {
    US_ASSIGN(const media::ClipRecord plate, project.clip(clip));
    US_ASSIGN(const auto runs, project.runs());
    const auto record = std::find_if(runs.begin(), runs.end(),
                                     [&run](const auto& each) { return each.name == run; });
    if (record == runs.end()) {
        return checkConsent(project, performersOfSwap(nullptr, plate.performer, false), siteFiles);
    }
    US_ASSIGN(const auto replaced, project.facesOf(clip, record->destination));
    return checkConsent(project, performersOfSwap(&*record, plate.performer, !replaced.empty()),
                        siteFiles);
}

}  // namespace understudy::training
