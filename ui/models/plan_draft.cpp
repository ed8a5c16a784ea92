// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/plan_draft.h"

#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

bool same(const training::Plan& a, const training::Plan& b) {
    return training::planToJson(a) == training::planToJson(b);
}

// What belongs to no preset.
void keepOwn(training::Plan& plan, const training::Plan& of) {
    plan.source = of.source;
    plan.destination = of.destination;
    plan.others = of.others;
    plan.base = of.base;
    plan.devices = of.devices;
}

}  // namespace

Status PlanDraft::take(const std::string& key, const QString& value) {
    Status taken = training::setOption(plan, key, utf8(value));
    if (taken.ok()) {
        refused.erase(key);
    } else {
        refused[key] = value;
    }
    return taken;
}

QString PlanDraft::said(const std::string& key) const {
    const auto found = refused.find(key);
    return found != refused.end() ? found->second : text(training::optionValue(plan, key));
}

Status PlanDraft::choosePreset(const QString& name) {
    US_ASSIGN(training::Plan loaded, training::loadPreset(utf8(name)));
    keepOwn(loaded, plan);
    keepOwn(preset, plan);
    if (!presetName.isEmpty() && !same(plan, preset)) {
        mine = {plan, preset, presetName};
    }
    plan = preset = std::move(loaded);
    presetName = name;
    refused.clear();
    return {};
}

void PlanDraft::backToMine() {
    if (!mine) {
        return;
    }
    keepOwn(mine->plan, plan);
    keepOwn(mine->preset, plan);
    plan = std::move(mine->plan);
    preset = std::move(mine->preset);
    presetName = std::move(mine->presetName);
    mine.reset();
    refused.clear();
}

bool operator==(const PlanDraft& a, const PlanDraft& b) {
    const bool mine =
        a.mine.has_value() == b.mine.has_value() &&
        (!a.mine || (a.mine->presetName == b.mine->presetName && same(a.mine->plan, b.mine->plan)));
    return mine && a.presetName == b.presetName && a.refused == b.refused && same(a.plan, b.plan);
}

}  // namespace understudy::ui
