#include "media/project/version_record.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <vector>

#include "media/base/log.h"

namespace understudy::media {

namespace {

constexpr int kMostNumber = 999'999;

// Names are read with spaces or dashes.
bool sameName(std::string_view name, std::string_view given) {
    return std::equal(name.begin(), name.end(), given.begin(), given.end(),
                      [](char one, char two) { return one == two || (one == ' ' && two == '-'); });
}

template <class Values, class Name>
auto named(const Values& values, Name name, std::string_view given)
    -> std::optional<typename Values::value_type> {
    for (const auto value : values) {
        if (sameName(name(value), given)) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view versionStatusName(VersionStatus status) {
    switch (status) {
        case VersionStatus::wip:
            return "wip";
        case VersionStatus::pendingReview:
            return "pending review";
        case VersionStatus::retake:
            return "retake";
        case VersionStatus::approved:
            break;
    }
    return "approved";
}

std::optional<VersionStatus> versionStatusFromName(std::string_view name) {
    return named(kVersionStatuses, versionStatusName, name);
}

std::string versionName(int number) {
    char text[16];
    std::snprintf(text, sizeof text, "v%03d", number);
    return text;
}

std::optional<int> versionNumber(std::string_view name) {
    if (!name.empty() && (name[0] == 'v' || name[0] == 'V')) {
        name.remove_prefix(1);
    }
    int number = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = failed == std::errc() && end == name.data() + name.size();
    return whole && number > 0 && number <= kMostNumber ? std::optional(number) : std::nullopt;
}

std::string_view noteActionName(NoteAction action) {
    switch (action) {
        case NoteAction::none:
            return "none";
        case NoteAction::addFrames:
            return "add frames";
        case NoteAction::fixAlignment:
            return "fix alignment";
        case NoteAction::paintMask:
            return "paint mask";
        case NoteAction::trainFurther:
            return "train further";
        case NoteAction::changeSetting:
            break;
    }
    return "change setting";
}

std::optional<NoteAction> noteActionFromName(std::string_view name) {
    return named(kNoteActions, noteActionName, name);
}

std::string personHere() {
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr) {
        return "user " + std::to_string(::getuid());
    }
    std::string name = found->pw_gecos != nullptr ? found->pw_gecos : "";
    name.resize(std::min(name.find(','), name.size()));
    if (name.empty()) {
        name = found->pw_name;
    }
    return validUtf8(name.substr(0, 100));
}

}  // namespace understudy::media
