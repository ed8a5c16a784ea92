// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clip_people.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <cmath>

#include "media/project/people_settings.h"
#include "ui/models/formatting.h"

namespace understudy::ui {

QString PersonInClip::words() const {
    return QCoreApplication::translate("PersonInClip", "Person %1: %2 frames (%3 to %4), %5 px")
        .arg(number)
        .arg(countText(frames))
        .arg(first)
        .arg(last)
        .arg(std::lround(size));
}

Result<std::vector<PersonInClip>> peopleOf(const media::Project& project, const std::string& clip) {
    US_ASSIGN(const auto kept, project.setting(media::peopleSetting(clip)));
    std::vector<PersonInClip> people;
    const auto list =
        QJsonDocument::fromJson(QByteArray::fromStdString(kept.value_or("[]"))).array();
    for (const QJsonValue& value : list) {
        const QJsonObject one = value.toObject();
        people.push_back({one["person"].toInt(1), one["frames"].toInteger(),
                          one["first"].toInteger(), one["last"].toInteger(),
                          one["size_px"].toDouble(), one["chosen"].toBool()});
    }
    return people;
}

}  // namespace understudy::ui
