// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody changes in the form: each change of the draft is a command that can be undone.
#include "ui/models/formatting.h"
#include "ui/panels/training_form.h"

namespace understudy::ui {

template <class Change>
void TrainingForm::edit(const std::string& key, Change change) {
    const PlanDraft before = draft_;
    change(draft_);
    commit(editWords(key), key, before);
}

void TrainingForm::commit(const QString& words, const std::string& key, const PlanDraft& before) {
    edits_.record(words, key, before, draft_);
    updateFaces();
    Q_EMIT changed();
}

// "Resolution 256", "Loss: eyes mouth 3", "Source Anna": as the draft has it now.
QString TrainingForm::editWords(const std::string& key) const {
    const training::Plan& plan = draft_.plan;
    if (key == "devices" && plan.devices == "auto") {
        return tr("Devices chosen automatically");
    }
    if (key == "base") {
        return plan.base.empty() ? tr("Start from nothing")
                                 : tr("Start from %1").arg(text(plan.base));
    }
    return optionWords(key, draft_.said(key).replace(',', QStringLiteral(", ")));
}

void TrainingForm::loadPreset(const QString& name) {
    const PlanDraft before = draft_;
    tellPreset(draft_.choosePreset(name));
    fillDraft();
    commit(tr("Preset %1").arg(presets_->title(name)), {}, before);
}

void TrainingForm::tellPreset(const Status& loaded) {
    presetProblem_->setText(loaded.ok() ? QString() : errorText(loaded.error()));
    presetProblem_->setVisible(!loaded.ok());
}

void TrainingForm::backToMine() {
    const PlanDraft before = draft_;
    draft_.backToMine();
    fillDraft();
    commit(tr("Back to my values"), {}, before);
}

void TrainingForm::takeField(OptionField* field) {
    const std::string& key = field->info().key;
    edit(key, [&](PlanDraft& draft) {
        const Status taken = draft.take(key, field->value());
        field->setRefused(!taken.ok());
    });
}

// Of a run at rest, those that it goes on with: no part of the draft.
void TrainingForm::takeDevices() {
    if (readOnly_) {
        Q_EMIT devicesChosen(devices_->chosen());
    } else {
        edit("devices", [this](PlanDraft& draft) { draft.plan.devices = devices_->chosen(); });
    }
}

void TrainingForm::takePerformer(QComboBox* combo, std::string training::Plan::*role,
                                 const char* key) {
    edit(key, [&](PlanDraft& draft) { draft.plan.*role = utf8(combo->currentData().toString()); });
}

void TrainingForm::takeOthers() {
    edit("others", [this](PlanDraft& draft) { draft.plan.others = utf8(others_->value()); });
}

void TrainingForm::chooseBase(const QString& base) {
    edit("base", [&](PlanDraft& draft) { draft.plan.base = utf8(base); });
    fillBases();
}

// "batch=6", "encoderDims=48 decoderDims=48": what would fit, as one command.
void TrainingForm::takeSettings(const QString& settings) {
    const PlanDraft before = draft_;
    QStringList words;
    for (const QString& setting : settings.split(' ')) {
        const auto equals = setting.indexOf('=');
        const std::string key = utf8(setting.left(equals));
        if (draft_.take(key, setting.mid(equals + 1)).ok()) {
            words << editWords(key);
        }
    }
    fillDraft();
    commit(words.join(QStringLiteral(", ")), {}, before);
}

// By undo or redo. The draft is what comes back, so it is shown first where a run was.
void TrainingForm::restore(const PlanDraft& draft) {
    draft_ = draft;
    if (readOnly_) {
        Q_EMIT runChosen({});
    }
    if (!readOnly_) {
        fillDraft();
    }
    updateFaces();
    Q_EMIT changed();
}

}  // namespace understudy::ui
