// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen of each clip in Deliver, and how all of them are written; kept in the project, so
// that it is there after a restart.
#pragma once

#include <QString>
#include <map>
#include <string>

#include "ui/models/render_order.h"

namespace understudy::ui {

constexpr int64_t kNewestCheckpoint = -1;
constexpr int64_t kBestCheckpoint = -2;

struct DeliveryRow {
    bool ticked = false;
    bool own = false;     // somebody has chosen something of it
    int64_t version = 0;  // 0: a new one, with `run`
    std::string run;
    int64_t checkpoint = kNewestCheckpoint;  // of a new one: one of these, or a step
    std::string face;                        // of a new one; empty: the run's source
    bool rejected = false;                   // of a new one: swap frames too that were rejected
    QString frames;
    Look look;
    bool operator==(const DeliveryRow&) const = default;
};

struct DeliveryChoices {
    std::map<QString, DeliveryRow> rows;  // by clip
    std::string format;                   // of deliveryFormats()
    bool matte = true;
    int quality = training::kUsualQuality;
    bool operator==(const DeliveryChoices&) const = default;
};

std::string toJson(const DeliveryChoices& choices);
// What is damaged or unknown is as usual.
DeliveryChoices deliveryChoices(const std::string& json);

}  // namespace understudy::ui
