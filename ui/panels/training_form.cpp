// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/training_form.h"

#include <QGridLayout>
#include <algorithm>
#include <set>
#include <utility>

#include "media/base/check.h"
#include "ui/models/consent_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/choices.h"
#include "ui/panels/field_undo.h"
#include "ui/panels/performer_mark.h"
#include "ui/panels/wheel_guard.h"

namespace understudy::ui {
namespace {

// The form has its own widgets for these.
const std::set<std::string> kShownElsewhere = {"source",  "destination", "others",
                                               "devices", "encoding",    "base"};
const QString kFolder = QStringLiteral("\n");  // no base is called so

QLabel* faceCount() {
    QLabel* faces = label({}, theme::FontUse::numberCaption, theme::kSecond);
    faces->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    faces->setMinimumWidth(72);
    return faces;
}

}  // namespace

TrainingForm::TrainingForm(DevicesModel* devices, QUndoStack* undo, QWidget* parent)
    : QWidget(parent),
      devices_(new DeviceList(devices, undo)),
      edits_(undo, [this](const PlanDraft& draft) { restore(draft); }) {
    setObjectName("trainingForm");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    run_ = new QComboBox;
    run_->setObjectName("runChoice");
    column->addWidget(run_);
    connect(run_, &QComboBox::activated, this, [this] { Q_EMIT runChosen(run()); });
    buildPresets(column);
    buildPeople(column);
    buildBase(column);
    buildOptions(column);
    column->addStretch(1);
    connect(&estimator_, &PlanEstimator::changed, this, [this] {
        const auto& estimate = estimator_.estimate();
        devices_->setPlanned(!readOnly_ && estimate ? estimate->memory : 0);
    });
    connect(devices, &DevicesModel::listChanged, this, &TrainingForm::askForEstimate);
    guardWheel(this);
    leaveUndoToWindow(this);
    tellPreset(draft_.choosePreset(QStringLiteral("quick")));
    fillDraft();
}

void TrainingForm::buildPresets(QVBoxLayout* column) {
    presetTitle_ = label(tr("Preset"), theme::FontUse::title);
    column->addWidget(presetTitle_);
    presets_ = new PresetCards;
    column->addWidget(presets_);
    if (auto presets = training::presets(); presets.ok()) {
        presets_->setPresets(*presets);
    }
    connect(presets_, &PresetCards::chosenChanged, this, &TrainingForm::loadPreset);
    presetProblem_ = label({}, theme::FontUse::caption, theme::kError);
    presetProblem_->setObjectName("presetProblem");
    presetProblem_->setWordWrap(true);
    column->addWidget(presetProblem_);
    back_ = new QPushButton(tr("Back to my values"));
    back_->setObjectName("presetBack");
    back_->setToolTip(tr("What the options were before the preset was chosen"));
    back_->setVisible(false);
    column->addWidget(back_);
    connect(back_, &QPushButton::clicked, this, &TrainingForm::backToMine);
}

void TrainingForm::buildPeople(QVBoxLayout* column) {
    column->addWidget(label(tr("Performers"), theme::FontUse::title));
    auto* people = new QGridLayout;
    people->setHorizontalSpacing(8);
    people->setVerticalSpacing(4);
    people->setColumnStretch(2, 1);
    const auto addRole = [&](int row, PerformerRole role, const QString& title, const char* key,
                             const char* name, std::string training::Plan::*performer,
                             QLabel*& faces) {
        people->addWidget(new PerformerMark(role), row, 0);
        people->addWidget(label(title, theme::FontUse::body, theme::kSecond), row, 1);
        auto* combo = new QComboBox;
        combo->setObjectName(name);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        people->addWidget(combo, row, 2);
        faces = faceCount();
        people->addWidget(faces, row, 3);
        connect(combo, &QComboBox::activated, this,
                [this, combo, performer, key] { takePerformer(combo, performer, key); });
        return combo;
    };
    source_ = addRole(0, PerformerRole::source, tr("Source"), "source", "trainSource",
                      &training::Plan::source, sourceFaces_);
    destination_ = addRole(1, PerformerRole::destination, tr("Destination"), "destination",
                           "trainDestination", &training::Plan::destination, destinationFaces_);
    othersTitle_ = label(tr("Others"), theme::FontUse::body, theme::kSecond);
    people->addWidget(othersTitle_, 2, 1);
    others_ = new OthersField;
    others_->setObjectName("trainOthers");
    people->addWidget(others_, 2, 2);
    othersFaces_ = faceCount();
    people->addWidget(othersFaces_, 2, 3);
    connect(others_, &OthersField::edited, this, &TrainingForm::takeOthers);
    const auto& options = training::planOptions();
    const auto others = std::find_if(options.begin(), options.end(),
                                     [](const auto& option) { return option.key == "others"; });
    US_CHECK(others != options.end());
    others_->setToolTip(text(others->help));
    column->addLayout(people);
    consent_ = label({}, theme::FontUse::body, theme::kWarning);
    consent_->setObjectName("trainConsent");
    consent_->setWordWrap(true);
    column->addWidget(consent_);
}

void TrainingForm::buildBase(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(label(tr("Start from"), theme::FontUse::body, theme::kSecond));
    base_ = new QComboBox;
    base_->setObjectName("trainBase");
    base_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    base_->setToolTip(
        tr("A network that has learned faces before learns new ones in a part of the "
           "steps. What fits by name and shape is taken over, and the log says what "
           "was."));
    row->addWidget(base_, 1);
    column->addLayout(row);
    connect(base_, &QComboBox::activated, this, [this] {
        const QString chosen = base_->currentData().toString();
        if (chosen == kFolder) {
            fillBases();  // nothing is chosen yet
            Q_EMIT baseFolderWanted();
        } else {
            chooseBase(chosen);
        }
    });
    fillBases();
}

void TrainingForm::fillBases() {
    std::vector<Choice> bases = {{tr("Nothing"), QString()}};
    for (const std::string& name : shipped_) {
        bases.push_back({tr("%1, made-up people").arg(text(name)), text(name)});
    }
    for (auto run = snapshot_.runs.rbegin(); run != snapshot_.runs.rend(); ++run) {
        bases.push_back({tr("Run %1   %2 on %3")
                             .arg(text(run->name), text(run->source), text(run->destination)),
                         text(run->name)});
    }
    const QString base = text(draft_.plan.base);
    if (std::none_of(bases.begin(), bases.end(),
                     [&](const Choice& choice) { return choice.data == base; })) {
        bases.push_back({base, base});
    }
    bases.push_back({tr("Folder…"), kFolder});
    setChoices(base_, bases);
    base_->setCurrentIndex(base_->findData(base));
}

void TrainingForm::buildOptions(QVBoxLayout* column) {
    column->addWidget(label(tr("Options"), theme::FontUse::title));
    advanced_ = new FoldSection(tr("Advanced"));
    advanced_->setObjectName("advancedOptions");
    for (const auto& info : training::planOptions()) {
        if (kShownElsewhere.count(info.key) != 0) {
            continue;
        }
        auto* field = new OptionField(info, optionTitle(info.key), info.advanced);
        (info.advanced ? advanced_->body() : column)->addWidget(field);
        fields_.push_back(field);
        connect(field, &OptionField::edited, this, [this, field] { takeField(field); });
        connect(field, &OptionField::typed, this, [this, field] { takeField(field); });
    }
    column->addWidget(devices_);
    connect(devices_, &DeviceList::chosenChanged, this, &TrainingForm::takeDevices);
    card_ = new EstimateCard(&estimator_);
    connect(card_, &EstimateCard::settingsChosen, this, &TrainingForm::takeSettings);
    column->addWidget(advanced_);
}

void TrainingForm::fillPlan(const training::Plan& plan) {
    for (OptionField* field : fields_) {
        field->setValue(text(training::optionValue(plan, field->info().key)));
    }
    others_->setValue(text(plan.others));
}

// All that the draft holds, once the form shows it and not a run.
void TrainingForm::fillDraft() {
    fillPlan(draft_.plan);
    for (OptionField* field : fields_) {
        if (draft_.refused.count(field->info().key) != 0) {
            field->setValue(draft_.said(field->info().key));
            training::Plan plan = draft_.plan;
            const Status taken = training::setOption(plan, field->info().key, utf8(field->value()));
            field->setRefused(!taken.ok());
        }
    }
    presets_->mark(draft_.presetName);
    back_->setVisible(draft_.mine.has_value());
    devices_->setChosen(draft_.plan.devices);
    fillPerformers();
    fillBases();
}

void TrainingForm::setProject(const ProjectSnapshot& snapshot,
                              const std::filesystem::path& runsFolder) {
    snapshot_ = snapshot;
    runs_ = runsFolder;
    std::vector<Choice> runs = {{tr("New run"), QString()}};
    for (auto it = snapshot.runs.rbegin(); it != snapshot.runs.rend(); ++it) {
        runs.push_back(
            {tr("%1   %2 on %3").arg(text(it->name), text(it->source), text(it->destination)),
             text(it->name)});
    }
    setChoices(run_, runs);
    run_->setCurrentIndex(std::max(0, run_->currentIndex()));
    fillPerformers();
    fillBases();
    updateFaces();
}

// Whom the project does not know any more gives way to whoever has the role, or to nobody.
void TrainingForm::fillPerformers() {
    std::vector<Choice> performers;
    for (const std::string& name : snapshot_.performers()) {
        performers.push_back({text(name), text(name)});
    }
    const auto fill = [&](QComboBox* combo, std::string& drafted, const std::string& role) {
        setChoices(combo, performers);
        if (combo->findData(text(drafted)) < 0) {
            drafted = role;
        }
        if (!readOnly_) {
            combo->setCurrentIndex(combo->findData(text(drafted)));
        }
    };
    fill(source_, draft_.plan.source, snapshot_.source);
    fill(destination_, draft_.plan.destination, snapshot_.destination);
    QStringList others = text(draft_.plan.others).split(',', Qt::SkipEmptyParts);
    others.removeIf([this](const QString& name) { return source_->findData(name.trimmed()) < 0; });
    draft_.plan.others = utf8(others.join(','));
    if (!readOnly_) {
        others_->setValue(text(draft_.plan.others));
    }
}

int64_t TrainingForm::facesOf(const QString& performer) const {
    return performer.isEmpty() ? 0 : snapshot_.countsOf(utf8(performer)).kept;
}

void TrainingForm::updateFaces() {
    const auto count = [this](const QComboBox* combo) {
        return tr("%1 faces").arg(countText(facesOf(combo->currentData().toString())));
    };
    sourceFaces_->setText(count(source_));
    destinationFaces_->setText(count(destination_));
    updateOthers();
    updateConsent();
    askForEstimate();
}

void TrainingForm::updateOthers() {
    const QString source = source_->currentData().toString();
    const QString destination = destination_->currentData().toString();
    std::vector<OthersField::Person> people;
    for (const std::string& name : snapshot_.performers()) {
        if (text(name) != source && text(name) != destination) {
            people.push_back({text(name), facesOf(text(name))});
        }
    }
    others_->setPeople(people);
    int64_t faces = 0;
    for (const QString& name : others_->value().split(',')) {
        faces += facesOf(name);
    }
    othersFaces_->setText(tr("%1 faces").arg(countText(faces)));
    for (QWidget* part : {static_cast<QWidget*>(othersTitle_), static_cast<QWidget*>(others_),
                          static_cast<QWidget*>(othersFaces_)}) {
        part->setVisible(others_->anybody());
    }
}

void TrainingForm::updateConsent() {
    training::Plan plan = draft_.plan;
    plan.source = utf8(source_->currentData().toString());
    plan.destination = utf8(destination_->currentData().toString());
    plan.others = utf8(others_->value());
    const QString missing =
        missingConsent(snapshot_.consents, training::performersOf(plan), media::today());
    consent_->setText(missing.isEmpty() ? QString() : tr("%1 Record it in Ingest.").arg(missing));
    consent_->setVisible(!missing.isEmpty());
}

// Of what the form says, once it is looked at; a run that exists has said it when it began.
void TrainingForm::askForEstimate() {
    card_->setPlan(draft_.plan);
    devices_->setPlanned(!readOnly_ && estimator_.estimate() ? estimator_.estimate()->memory : 0);
    if (readOnly_ || !isVisible()) {
        return;
    }
    training::Plan plan = draft_.plan;
    plan.devices = utf8(devices_->meant().join(','));
    if (!plan.check().ok()) {
        return;  // which the card says
    }
    int64_t faces = 0;
    for (const std::string& name : training::performersOf(plan)) {
        faces += facesOf(text(name));
    }
    estimator_.ask(plan, faces, runs_);
}

void TrainingForm::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    askForEstimate();
}

void TrainingForm::showPlan(const std::optional<training::Plan>& plan, bool atRest) {
    const bool wasReadOnly = std::exchange(readOnly_, plan.has_value());
    if (plan) {
        fillPlan(*plan);
        devices_->setChosen(plan->devices);
        source_->setCurrentIndex(source_->findData(text(plan->source)));
        destination_->setCurrentIndex(destination_->findData(text(plan->destination)));
        const QString base = text(plan->base);
        if (base_->findData(base) < 0) {
            base_->insertItem(1, base, base);
        }
        base_->setCurrentIndex(base_->findData(base));
    } else if (wasReadOnly) {
        fillDraft();
    }
    for (OptionField* field : fields_) {
        field->setEnabled(!readOnly_);
    }
    for (QComboBox* field : {source_, destination_, static_cast<QComboBox*>(others_), base_}) {
        field->setEnabled(!readOnly_);
    }
    presets_->setVisible(!readOnly_);
    presetTitle_->setVisible(!readOnly_);
    devices_->setEditable(!readOnly_ || atRest);
    back_->setVisible(!readOnly_ && draft_.mine);
    card_->setVisible(!readOnly_);
    updateFaces();
}

QString TrainingForm::run() const {
    return run_->currentData().toString();
}

void TrainingForm::chooseRun(const QString& run) {
    run_->setCurrentIndex(std::max(0, run_->findData(run)));
}

Result<training::Plan> TrainingForm::plan() const {
    training::Plan plan = draft_.plan;
    // What was refused or is still being typed: nobody may train with what was there before.
    for (const auto& [key, value] : draft_.refused) {
        US_TRY(training::setOption(plan, key, utf8(value)));
    }
    for (const OptionField* field : fields_) {
        const std::string& key = field->info().key;
        if (!readOnly_ && field->value() != draft_.said(key)) {
            US_TRY(training::setOption(plan, key, utf8(field->value())));
        }
    }
    if (plan.source.empty() || plan.destination.empty() || plan.source == plan.destination) {
        return Error{ErrorCode::usage, utf8(tr("training needs two performers")), "",
                     utf8(tr("Import clips of both, then choose them as source and destination"))};
    }
    US_TRY(plan.check());
    return plan;
}

}  // namespace understudy::ui
