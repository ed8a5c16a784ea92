// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/delivery_rows.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

#include "training/prepare/delivery.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

QJsonObject objectOf(const DeliveryRow& row) {
    QJsonObject look;
    for (const auto& [option, value] : row.look) {
        look[text(option)] = text(value);
    }
    return {{"ticked", row.ticked},
            {"own", row.own},
            {"version", static_cast<qint64>(row.version)},
            {"run", text(row.run)},
            {"checkpoint", static_cast<qint64>(row.checkpoint)},
            {"face", text(row.face)},
            {"rejected", row.rejected},
            {"frames", row.frames},
            {"look", look}};
}

// Of the look what the options still allow.
DeliveryRow rowOf(const QJsonObject& object) {
    DeliveryRow row;
    row.ticked = object["ticked"].toBool();
    row.own = object["own"].toBool();
    row.version = object["version"].toInteger();
    row.run = utf8(object["run"].toString());
    row.checkpoint =
        std::max<int64_t>(kBestCheckpoint, object["checkpoint"].toInteger(kNewestCheckpoint));
    row.face = utf8(object["face"].toString());
    row.rejected = object["rejected"].toBool();
    row.frames = object["frames"].toString();
    row.look = usualLook();
    training::CompositeOptions allowed;
    const QJsonObject look = object["look"].toObject();
    for (auto& [option, value] : row.look) {
        const std::string kept = utf8(look[text(option)].toString());
        value = training::setLook(allowed, option.substr(2), kept).ok() ? kept : value;
    }
    return row;
}

}  // namespace

std::string toJson(const DeliveryChoices& choices) {
    QJsonObject rows;
    for (const auto& [clip, row] : choices.rows) {
        rows[clip] = objectOf(row);
    }
    const QJsonObject all{{"rows", rows},
                          {"format", text(choices.format)},
                          {"matte", choices.matte},
                          {"quality", choices.quality}};
    return QJsonDocument(all).toJson(QJsonDocument::Compact).toStdString();
}

DeliveryChoices deliveryChoices(const std::string& json) {
    const QJsonObject all = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
    DeliveryChoices choices;
    const QJsonObject rows = all["rows"].toObject();
    for (auto row = rows.begin(); row != rows.end(); ++row) {
        choices.rows[row.key()] = rowOf(row.value().toObject());
    }
    const std::string format = utf8(all["format"].toString());
    choices.format =
        training::deliveryFormat(format).ok() ? format : training::deliveryFormats().front().name;
    choices.matte = all["matte"].toBool(true);
    choices.quality = std::clamp(all["quality"].toInt(training::kUsualQuality),
                                 training::kBestQuality, training::kWorstQuality);
    return choices;
}

}  // namespace understudy::ui
