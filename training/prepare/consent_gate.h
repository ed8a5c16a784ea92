// Whether a site lets work begin without the performers' consent: "consent.policy" in its settings
// (site.json) is "warn", which is what holds where nobody says anything, or "block". A user's own
// file can make it stricter and not looser.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/project/project.h"

namespace understudy::training {

constexpr const char* kConsentPolicySetting = "consent.policy";

enum class ConsentPolicy { warn, block };

// Errors: environment (a file that cannot be used, a policy that there is not).
Result<ConsentPolicy> consentPolicy(std::span<const std::filesystem::path> siteFiles);

// Before a run of these performers is made or gone on with. Errors: usage, naming whose consent is
// missing, expired or revoked today where the site blocks that; those of consentPolicy().
Status checkConsent(const media::Project& project, const std::vector<std::string>& performers,
                    std::span<const std::filesystem::path> siteFiles);

// Whom a swap concerns: whose face it is, whose clip it is, and who is replaced, where the clip
// shows them. `run` may be unknown: null.
std::vector<std::string> performersOfSwap(const media::RunRecord* run, const std::string& ofClip,
                                          bool showsReplaced);

// Before a run's face is put onto a clip: of all whom that concerns.
Status checkSwapConsent(const media::Project& project, const std::string& run,
                        const std::string& clip, std::span<const std::filesystem::path> siteFiles);

}  // namespace understudy::training
