// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of performers' consent, in the words and icons that every page shows.
#pragma once

#include <QString>
#include <span>
#include <string>
#include <vector>

#include "media/project/consent_record.h"

namespace understudy::ui {

struct ConsentWords {
    QString icon;       // "consent" (a shut lock), "noconsent" (an open one)
    QString text;       // "Consent until 2027-03-01", "No consent recorded"
    bool held = false;  // it is there today
    bool soon = false;  // and ends within a month
};

// `today` as ISO 8601.
ConsentWords consentWords(std::span<const media::ConsentRecord> records,
                          const std::string& performer, const std::string& today);

// "No consent recorded for Ben. Consent of Anna expired on 2026-03-01."; empty where all agreed.
QString missingConsent(std::span<const media::ConsentRecord> records,
                       const std::vector<std::string>& performers, const std::string& today);

}  // namespace understudy::ui
