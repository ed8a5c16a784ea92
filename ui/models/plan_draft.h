// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of a run that is not made yet, as a form holds it: with the preset it began from, with
// what that was put over, and with what fields say that no plan takes. A value, so that a form can
// go back to an earlier one whole.
#pragma once

#include <QString>
#include <map>
#include <optional>
#include <string>

#include "training/plan/plan.h"

namespace understudy::ui {

struct PlanDraft {
    training::Plan plan;
    training::Plan preset;  // as it was loaded
    QString presetName;
    // What a preset was put over that was not all another preset.
    struct Mine {
        training::Plan plan;
        training::Plan preset;
        QString presetName;
    };
    std::optional<Mine> mine;
    // By option: what its field says and it does not take, so that it keeps its value.
    std::map<std::string, QString> refused;

    // Errors: why the option does not take it.
    Status take(const std::string& key, const QString& value);
    // What the option's field says.
    QString said(const std::string& key) const;
    // Both leave alone what belongs to no preset: performers, base and devices. Errors: the
    // preset's file is not there or damaged; then nothing is changed.
    Status choosePreset(const QString& name);
    void backToMine();
};

bool operator==(const PlanDraft& a, const PlanDraft& b);

}  // namespace understudy::ui
