// What a performer agreed to: the record of a signed sheet, which stays where it is. A replica of
// somebody is made for the work and the time that they agreed to, and for nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "media/base/result.h"

namespace understudy::media {

// Of a performer on a day, from the best to the worst that can be said.
enum class ConsentState : uint8_t { valid = 0, expired = 1, revoked = 2, none = 3 };

struct ConsentRecord {
    static constexpr size_t kMostText = 4000;  // bytes of a field

    int64_t id = 0;  // 0: not in a project yet
    std::string performer;
    std::string representative;  // who agreed for them; empty: they did
    std::string replicaType;     // "face replacement", "synthetic"
    std::string production;      // the only one that it holds for
    std::string use;             // what for, reasonably specific
    std::string scope;           // what may be done: "training, swap, delivery"
    std::string signedOn;        // days as ISO 8601, "2026-03-01"
    std::string expires;         // the last day; empty: no end was agreed
    // The signed sheet: relative to the project folder where it lies below it, else absolute
    // (Project::resultPath() finds it); empty where there is none. Its SHA-256 when it was
    // recorded.
    std::string document;
    std::string documentHash;
    bool minor = false;
    std::string guardian;  // who agreed for a minor
    std::string reason;    // why a replica is needed
    std::string revoked;   // since this day; empty: not
    std::string approver;  // who looked at the sheet
    std::string created;   // ISO 8601, UTC

    bool operator==(const ConsentRecord&) const = default;
};

// A rendered performer, whom nobody has to ask.
inline constexpr std::string_view kSyntheticReplica = "synthetic";

// The record of such a performer, made today for a demo.
ConsentRecord syntheticConsent(const std::string& performer);

// Errors: usage, naming what is missing or no day.
Status checkConsent(const ConsentRecord& consent);

// `today` as ISO 8601. Never `none`.
ConsentState stateOf(const ConsentRecord& consent, const std::string& today);

// The record that counts for a performer: the newest of those that are best. Null: there is none.
const ConsentRecord* consentOf(std::span<const ConsentRecord> records, const std::string& performer,
                               const std::string& today);

// Whether this is a day of the calendar, as "2026-03-01".
bool isDay(const std::string& text);
// Of this place.
std::string today();

}  // namespace understudy::media
