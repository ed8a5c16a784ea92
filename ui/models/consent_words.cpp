// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/consent_words.h"

#include <QCoreApplication>
#include <QDate>
#include <QStringList>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr qint64 kSoon = 30;  // days

struct ConsentText {
    Q_DECLARE_TR_FUNCTIONS(ConsentText)
};

QDate dayOf(const std::string& text) {
    return QDate::fromString(ui::text(text), Qt::ISODate);
}

}  // namespace

ConsentWords consentWords(std::span<const media::ConsentRecord> records,
                          const std::string& performer, const std::string& today) {
    const auto* record = media::consentOf(records, performer, today);
    if (record == nullptr) {
        return {QStringLiteral("noconsent"), ConsentText::tr("No consent recorded"), false, false};
    }
    switch (media::stateOf(*record, today)) {
        case media::ConsentState::revoked:
            return {QStringLiteral("noconsent"),
                    ConsentText::tr("Consent revoked %1").arg(text(record->revoked)), false, false};
        case media::ConsentState::expired:
            return {QStringLiteral("noconsent"),
                    ConsentText::tr("Consent expired %1").arg(text(record->expires)), false, false};
        case media::ConsentState::valid:
        case media::ConsentState::none:
            break;
    }
    if (record->replicaType == media::kSyntheticReplica) {
        return {QStringLiteral("consent"), ConsentText::tr("Synthetic, nobody to ask"), true,
                false};
    }
    if (record->expires.empty()) {
        return {QStringLiteral("consent"), ConsentText::tr("Consent without end"), true, false};
    }
    const qint64 left = dayOf(today).daysTo(dayOf(record->expires));
    const QString until = ConsentText::tr("Consent until %1").arg(text(record->expires));
    if (left > kSoon) {
        return {QStringLiteral("consent"), until, true, false};
    }
    const QString days = left == 0   ? ConsentText::tr("its last day")
                         : left == 1 ? ConsentText::tr("1 day left")
                                     : ConsentText::tr("%1 days left").arg(left);
    return {QStringLiteral("consent"), QStringLiteral("%1, %2").arg(until, days), true, true};
}

QString missingConsent(std::span<const media::ConsentRecord> records,
                       const std::vector<std::string>& performers, const std::string& today) {
    QStringList unasked;
    QStringList sentences;
    for (const std::string& performer : performers) {
        const auto* record = media::consentOf(records, performer, today);
        const QString name = text(performer);
        if (performer.empty() || unasked.contains(name)) {
            continue;
        }
        if (record == nullptr) {
            unasked << name;
            continue;
        }
        const auto state = media::stateOf(*record, today);
        if (state == media::ConsentState::expired) {
            sentences
                << ConsentText::tr("Consent of %1 expired on %2.").arg(name, text(record->expires));
        } else if (state == media::ConsentState::revoked) {
            sentences
                << ConsentText::tr("%1 revoked consent on %2.").arg(name, text(record->revoked));
        }
    }
    if (!unasked.isEmpty()) {
        sentences.prepend(ConsentText::tr("No consent recorded for %1.")
                              .arg(unasked.join(ConsentText::tr(" and "))));
    }
    return sentences.join(' ');
}

}  // namespace understudy::ui
