#include "media/project/consent_record.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

namespace understudy::media {

namespace {

Error incomplete(const std::string& message, const char* field, const std::string& remedy) {
    return {ErrorCode::usage, message, field, remedy};
}

}  // namespace

bool isDay(const std::string& text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    for (const size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    const std::chrono::year_month_day day(
        std::chrono::year(std::stoi(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(std::stoi(text.substr(8, 2)))));
    return day.ok();
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
    return text.data();
}

ConsentRecord syntheticConsent(const std::string& performer) {
    ConsentRecord consent;
    consent.performer = performer;
    consent.replicaType = kSyntheticReplica;
    consent.use = "a demo of Understudy";
    consent.scope = "training, swap, delivery";
    consent.signedOn = today();
    return consent;
}

Status checkConsent(const ConsentRecord& consent) {
    if (consent.performer.empty()) {
        return incomplete("a consent without a performer", "performer", "Say whose it is");
    }
    if (consent.use.empty()) {
        return incomplete("the consent does not say what for", "use",
                          "Describe the use as the signed sheet does");
    }
    if (consent.signedOn.empty()) {
        return incomplete("the day of the signature is missing", "signed", "Give it as 2026-03-01");
    }
    const std::pair<const char*, const std::string*> days[] = {{"signed", &consent.signedOn},
                                                               {"expires", &consent.expires},
                                                               {"revoked", &consent.revoked}};
    for (const auto& [name, day] : days) {
        if (!day->empty() && !isDay(*day)) {
            return incomplete("'" + day->substr(0, 40) + "' is no day", name,
                              "Give it as 2026-03-01");
        }
    }
    if (!consent.expires.empty() && consent.expires < consent.signedOn) {
        return incomplete("the consent ends before it was signed", "expires",
                          "Correct one of the two days");
    }
    if (consent.minor && consent.guardian.empty()) {
        return incomplete("a minor cannot agree alone", "guardian", "Name the guardian who signed");
    }
    for (const std::string* field :
         {&consent.representative, &consent.replicaType, &consent.production, &consent.use,
          &consent.scope, &consent.document, &consent.documentHash, &consent.guardian,
          &consent.reason, &consent.approver}) {
        if (field->size() > ConsentRecord::kMostText) {
            return incomplete("a text of the consent is too long", "consent",
                              "Use at most 4,000 bytes for each");
        }
    }
    return {};
}

ConsentState stateOf(const ConsentRecord& consent, const std::string& today) {
    if (!consent.revoked.empty() && consent.revoked <= today) {
        return ConsentState::revoked;
    }
    if (!consent.expires.empty() && consent.expires < today) {
        return ConsentState::expired;
    }
    return ConsentState::valid;
}

const ConsentRecord* consentOf(std::span<const ConsentRecord> records, const std::string& performer,
                               const std::string& today) {
    const ConsentRecord* best = nullptr;
    for (const ConsentRecord& record : records) {
        if (record.performer != performer) {
            continue;
        }
        const auto rank = [&](const ConsentRecord& each) {
            return std::pair(-static_cast<int>(stateOf(each, today)), each.id);
        };
        if (best == nullptr || rank(record) > rank(*best)) {
            best = &record;
        }
    }
    return best;
}

}  // namespace understudy::media
