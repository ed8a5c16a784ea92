// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/training_form.h"

#include <QGridLayout>
#include <algorithm>
#include <set>
#include <utility>

#include "ui/models/consent_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/choices.h"
#include "ui/panels/performer_mark.h"
#include "ui/panels/wheel_guard.h"

namespace understudy::ui {
namespace {

// The form has its own widgets for these.
const std::set<std::string> kShownElsewhere = {"source", "destination", "devices", "encoding",
                                               "base"};
const QString kFolder = QStringLiteral("\n");  // no base is called so

}  // namespace

TrainingForm::TrainingForm(DevicesModel* devices, QWidget* parent)
    : QWidget(parent), devices_(new DeviceList(devices)) {
    setObjectName("trainingForm");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);

    run_ = new QComboBox;
    run_->setObjectName("runChoice");
    column->addWidget(run_);
    connect(run_, &QComboBox::activated, this, [this] { Q_EMIT runChosen(run()); });

    presetTitle_ = label(tr("Preset"), theme::FontUse::title);
    column->addWidget(presetTitle_);
    presets_ = new PresetCards;
    column->addWidget(presets_);
    connect(presets_, &PresetCards::chosenChanged, this, &TrainingForm::loadPreset);
    back_ = new QPushButton(tr("Back to my values"));
    back_->setObjectName("presetBack");
    back_->setToolTip(tr("What the options were before the preset was chosen"));
    back_->setVisible(false);
    column->addWidget(back_);
    connect(back_, &QPushButton::clicked, this, &TrainingForm::backToMine);

    column->addWidget(label(tr("Performers"), theme::FontUse::title));
    auto* people = new QGridLayout;
    people->setHorizontalSpacing(8);
    people->setVerticalSpacing(4);
    people->setColumnStretch(2, 1);
    const auto addRole = [&](int row, PerformerRole role, const QString& title, const char* name,
                             QLabel*& faces) {
        people->addWidget(new PerformerMark(role), row, 0);
        people->addWidget(label(title, theme::FontUse::body, theme::kSecond), row, 1);
        auto* combo = new QComboBox;
        combo->setObjectName(name);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        people->addWidget(combo, row, 2);
        faces = label({}, theme::FontUse::numberCaption, theme::kSecond);
        faces->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        faces->setMinimumWidth(72);
        people->addWidget(faces, row, 3);
        connect(combo, &QComboBox::activated, this, [this] {
            updateFaces();
            Q_EMIT changed();
        });
        return combo;
    };
    source_ = addRole(0, PerformerRole::source, tr("Source"), "trainSource", sourceFaces_);
    destination_ = addRole(1, PerformerRole::destination, tr("Destination"), "trainDestination",
                           destinationFaces_);
    column->addLayout(people);
    consent_ = label({}, theme::FontUse::body, theme::kWarning);
    consent_->setObjectName("trainConsent");
    consent_->setWordWrap(true);
    column->addWidget(consent_);
    buildBase(column);
    buildOptions(column);
    column->addStretch(1);
    connect(&estimator_, &PlanEstimator::changed, this, [this] {
        const auto& estimate = estimator_.estimate();
        devices_->setPlanned(!readOnly_ && estimate ? estimate->memory : 0);
    });
    connect(devices, &DevicesModel::listChanged, this, &TrainingForm::askForEstimate);

    guardWheel(this);
    if (auto presets = training::presets(); presets.ok()) {
        presets_->setPresets(*presets);
        presets_->choose(QStringLiteral("quick"));
    }
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
            chooseBase(text(plan_.base));
            Q_EMIT baseFolderWanted();
        } else {
            chooseBase(chosen);
            Q_EMIT changed();
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
    const QString base = text(plan_.base);
    if (std::none_of(bases.begin(), bases.end(),
                     [&](const Choice& choice) { return choice.data == base; })) {
        bases.push_back({base, base});
    }
    bases.push_back({tr("Folder…"), kFolder});
    setChoices(base_, bases);
    base_->setCurrentIndex(base_->findData(base));
}

void TrainingForm::chooseBase(const QString& base) {
    plan_.base = utf8(base);
    fillBases();
}

void TrainingForm::buildOptions(QVBoxLayout* column) {
    column->addWidget(label(tr("Options"), theme::FontUse::title));
    advanced_ = new FoldSection(tr("Advanced"));
    advanced_->setObjectName("advancedOptions");
    for (const auto& info : training::planOptions()) {
        if (kShownElsewhere.count(info.key) != 0) {
            continue;
        }
        auto* field = new OptionField(info, info.advanced);
        (info.advanced ? advanced_->body() : column)->addWidget(field);
        fields_.push_back(field);
        connect(field, &OptionField::edited, this, [this, field] { takeField(field); });
        connect(field, &OptionField::typed, this, [this, field] { takeField(field); });
    }
    column->addWidget(devices_);
    connect(devices_, &DeviceList::chosenChanged, this, [this] {
        if (readOnly_) {
            goOnWith_ = devices_->chosen();
        } else {
            plan_.devices = devices_->chosen();
        }
        updateFaces();
        Q_EMIT changed();
    });
    card_ = new EstimateCard(&estimator_);
    connect(card_, &EstimateCard::settingsChosen, this, &TrainingForm::takeSettings);
    column->addWidget(advanced_);
}

void TrainingForm::loadPreset(const QString& name) {
    auto loaded = training::loadPreset(utf8(name));
    if (!loaded.ok()) {
        return;
    }
    // Devices and base belong to no preset.
    for (training::Plan* plan : {&preset_, &*loaded}) {
        plan->devices = plan_.devices;
        plan->base = plan_.base;
    }
    if (!presetName_.isEmpty() && training::planToJson(plan_) != training::planToJson(preset_)) {
        mine_ = {plan_, preset_, presetName_};
    }
    plan_ = preset_ = std::move(*loaded);
    presetName_ = name;
    fillFields(plan_);
    back_->setVisible(mine_.has_value());
    updateFaces();
    Q_EMIT changed();
}

void TrainingForm::backToMine() {
    if (!mine_) {
        return;
    }
    const std::string devices = plan_.devices;
    const std::string base = plan_.base;
    plan_ = mine_->plan;
    preset_ = mine_->preset;
    presetName_ = mine_->presetName;
    for (training::Plan* plan : {&plan_, &preset_}) {
        plan->devices = devices;
        plan->base = base;
    }
    mine_.reset();
    presets_->mark(presetName_);
    fillFields(plan_);
    back_->setVisible(false);
    updateFaces();
    Q_EMIT changed();
}

void TrainingForm::fillFields(const training::Plan& plan) {
    for (OptionField* field : fields_) {
        field->setValue(text(training::optionValue(plan, field->info().key)));
    }
}

void TrainingForm::takeField(OptionField* field) {
    const Status taken = training::setOption(plan_, field->info().key, utf8(field->value()));
    field->setRefused(!taken.ok());
    updateFaces();
    Q_EMIT changed();
}

// "batch=6", "encoderDims=48 decoderDims=48": what would fit.
void TrainingForm::takeSettings(const QString& settings) {
    for (const QString& setting : settings.split(' ')) {
        const auto equals = setting.indexOf('=');
        for (OptionField* field : fields_) {
            if (text(field->info().key) == setting.left(equals)) {
                field->setValue(setting.mid(equals + 1));
                takeField(field);
            }
        }
    }
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
    std::vector<Choice> performers;
    for (const std::string& name : snapshot.performers()) {
        performers.push_back({text(name), text(name)});
    }
    const auto fill = [&](QComboBox* combo, const std::string& role) {
        setChoices(combo, performers);
        if (combo->currentIndex() < 0) {
            combo->setCurrentIndex(combo->findData(text(role)));
        }
    };
    fill(source_, snapshot.source);
    fill(destination_, snapshot.destination);
    fillBases();
    updateFaces();
}

void TrainingForm::updateFaces() {
    const auto count = [this](const QComboBox* combo) {
        return combo->currentIndex() < 0
                   ? int64_t{0}
                   : snapshot_.countsOf(utf8(combo->currentData().toString())).kept;
    };
    sourceFaces_->setText(tr("%1 faces").arg(countText(count(source_))));
    destinationFaces_->setText(tr("%1 faces").arg(countText(count(destination_))));
    updateConsent();
    askForEstimate();
}

void TrainingForm::updateConsent() {
    training::Plan plan = plan_;
    plan.source = utf8(source_->currentData().toString());
    plan.destination = utf8(destination_->currentData().toString());
    for (const OptionField* field : fields_) {
        if (field->info().key == "others") {
            plan.others = utf8(field->value());
        }
    }
    const QString missing =
        missingConsent(snapshot_.consents, training::performersOf(plan), media::today());
    consent_->setText(missing.isEmpty() ? QString() : tr("%1 Record it in Ingest.").arg(missing));
    consent_->setVisible(!missing.isEmpty());
}

// Of what the form says, once it is looked at; a run that exists has said it when it began.
void TrainingForm::askForEstimate() {
    card_->setPlan(plan_);
    devices_->setPlanned(!readOnly_ && estimator_.estimate() ? estimator_.estimate()->memory : 0);
    if (readOnly_ || !isVisible()) {
        return;
    }
    training::Plan plan = plan_;
    plan.devices = utf8(devices_->meant().join(','));
    if (!plan.check().ok()) {
        return;  // which the card says
    }
    int64_t faces = 0;
    for (const QComboBox* performer : {source_, destination_}) {
        const std::string name = utf8(performer->currentData().toString());
        faces += name.empty() ? 0 : snapshot_.countsOf(name).kept;
    }
    estimator_.ask(plan, faces, runs_);
}

void TrainingForm::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    askForEstimate();
}

void TrainingForm::showPlan(const std::optional<training::Plan>& plan, bool atRest) {
    const bool wasReadOnly = std::exchange(readOnly_, plan.has_value());
    if (!atRest || std::exchange(shownRun_, run()) != run()) {
        goOnWith_.reset();
    }
    if (plan || wasReadOnly) {
        fillFields(plan ? *plan : plan_);
        devices_->setChosen(goOnWith_ ? *goOnWith_ : plan ? plan->devices : plan_.devices);
    }
    for (OptionField* field : fields_) {
        field->setEnabled(!readOnly_);
    }
    presets_->setVisible(!readOnly_);
    presetTitle_->setVisible(!readOnly_);
    source_->setEnabled(!readOnly_);
    destination_->setEnabled(!readOnly_);
    base_->setEnabled(!readOnly_);
    devices_->setEditable(!readOnly_ || atRest);
    back_->setVisible(!readOnly_ && mine_);
    card_->setVisible(!readOnly_);
    if (plan) {
        source_->setCurrentIndex(source_->findData(text(plan->source)));
        destination_->setCurrentIndex(destination_->findData(text(plan->destination)));
        const QString base = text(plan->base);
        if (base_->findData(base) < 0) {
            base_->insertItem(1, base, base);
        }
        base_->setCurrentIndex(base_->findData(base));
    } else {
        fillBases();
    }
    updateFaces();
}

QString TrainingForm::run() const {
    return run_->currentData().toString();
}

void TrainingForm::chooseRun(const QString& run) {
    run_->setCurrentIndex(std::max(0, run_->findData(run)));
}

Result<training::Plan> TrainingForm::plan() const {
    training::Plan plan = plan_;
    for (const OptionField* field : fields_) {
        // What was refused or is still being typed: nobody may train with what was there before.
        const std::string& key = field->info().key;
        if (utf8(field->value()) != training::optionValue(plan, key)) {
            US_TRY(training::setOption(plan, key, utf8(field->value())));
        }
    }
    plan.source = utf8(source_->currentData().toString());
    plan.destination = utf8(destination_->currentData().toString());
    if (plan.source.empty() || plan.destination.empty() || plan.source == plan.destination) {
        return Error{ErrorCode::usage, utf8(tr("training needs two performers")), "",
                     utf8(tr("Import clips of both, then choose them as source and destination"))};
    }
    US_TRY(plan.check());
    return plan;
}

}  // namespace understudy::ui
