// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/live_settings.h"

#include <QLineEdit>
#include <QScrollArea>
#include <algorithm>

#include "training/plan/changes.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"
#include "ui/panels/field_undo.h"
#include "ui/panels/icons.h"
#include "ui/panels/option_field.h"
#include "ui/panels/wheel_guard.h"

namespace understudy::ui {
namespace {

// Those that runs are steered by; in this order.
const std::vector<std::string> kOftenChanged = {
    "learningRate",   "lrDropout",    "augment.warp",    "loss.eyesMouth", "gan.power",
    "loss.faceStyle", "previewEvery", "checkpointEvery", "steps"};

bool isOften(const std::string& key) {
    return std::find(kOftenChanged.begin(), kOftenChanged.end(), key) != kOftenChanged.end();
}

// The value as the plan writes it; the text itself where it is none.
std::string normalised(const training::Plan& plan, const std::string& key, const QString& value) {
    training::Plan changed = plan;
    return training::setOption(changed, key, utf8(value)).ok() ? training::optionValue(changed, key)
                                                               : utf8(value);
}

}  // namespace

LiveSettings::LiveSettings(RunModel* run, JobsModel* jobs, QUndoStack* undo, QWidget* parent)
    : Panel(tr("Change while running"), parent),
      run_(run),
      jobs_(jobs),
      edits_(
          undo, [this](const Typed& typed) { restore(typed); },
          [this](const Typed& typed) { return typed.round != typed_.round || job() == nullptr; }),
      applied_(jobs, undo) {
    setObjectName("liveSettings");
    body()->setContentsMargins(0, 0, 0, 0);
    body()->setSpacing(0);
    auto* scroll = new QScrollArea;
    scroll->setObjectName("liveScroll");
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(4);
    buildFields(column);
    column->addStretch(1);
    guardWheel(inside);
    leaveUndoToWindow(inside);
    scroll->setWidget(inside);
    body()->addWidget(scroll, 1);
    buildFoot();

    connect(run_, &RunModel::runChanged, this, &LiveSettings::refresh);
    connect(jobs_, &JobsModel::changed, this, &LiveSettings::refresh);
    connect(jobs_, &JobsModel::settingsChanged, this, &LiveSettings::takeAnswer);
    connect(&applied_, &SettingEdits::refused, this, [this](const Error& error) {
        tell(QStringLiteral("error"), tr("Refused: %1").arg(errorText(error)));
        check();
    });
    // One command says from now on what those of the fields said before.
    connect(&applied_, &SettingEdits::taken, this, [this, undo] {
        ++typed_.round;
        dropPassed(*undo);
    });
    refresh();
}

void LiveSettings::buildFields(QVBoxLayout* column) {
    more_ = new FoldSection(tr("More settings"));
    more_->setObjectName("liveMore");
    const auto add = [this](const training::OptionInfo& info, QVBoxLayout* into, bool withHelp) {
        auto* field = new OptionField(info, groupedOptionTitle(info.key), withHelp);
        field->setObjectName("live." + text(info.key));
        into->addWidget(field);
        fields_.push_back(field);
        connect(field, &OptionField::edited, this, [this, field] { take(field); });
        connect(field, &OptionField::typed, this, [this, field] { take(field); });
    };
    const auto& options = training::planOptions();
    for (const std::string& key : kOftenChanged) {
        const auto option =
            std::find_if(options.begin(), options.end(),
                         [&](const training::OptionInfo& info) { return info.key == key; });
        if (option != options.end() && option->changeableWhileRunning) {
            add(*option, column, false);
        }
    }
    for (const auto& info : options) {
        if (info.changeableWhileRunning && !isOften(info.key)) {
            add(info, more_->body(), true);
        }
    }
    column->addWidget(more_);
}

void LiveSettings::buildFoot() {
    auto* foot = new QWidget;
    auto* column = new QVBoxLayout(foot);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(4);
    changes_ = label({}, theme::FontUse::caption);
    changes_->setObjectName("liveChanges");
    changes_->setWordWrap(true);
    column->addWidget(changes_);
    auto* answer = new QHBoxLayout;
    answer->setSpacing(8);
    answerIcon_ = new QLabel;
    answerIcon_->setFixedSize(16, 16);
    answer->addWidget(answerIcon_, 0, Qt::AlignTop);
    answer_ = label({}, theme::FontUse::body);
    answer_->setObjectName("liveAnswer");
    answer_->setWordWrap(true);
    answer->addWidget(answer_, 1);
    column->addLayout(answer);
    when_ = label({}, theme::FontUse::caption, theme::kHint);
    column->addWidget(when_);
    reason_ = new QLineEdit;
    reason_->setObjectName("liveReason");
    reason_->setPlaceholderText(tr("Why, for the run's record"));
    reason_->setMaxLength(500);
    column->addWidget(reason_);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch(1);
    discard_ = new QPushButton(tr("Discard"));
    discard_->setObjectName("liveDiscard");
    row->addWidget(discard_);
    apply_ = new QPushButton(tr("Apply"));
    apply_->setObjectName("liveApply");
    apply_->setMinimumWidth(120);
    row->addWidget(apply_);
    column->addLayout(row);
    body()->addWidget(separator(Qt::Horizontal));
    body()->addWidget(foot);
    connect(apply_, &QPushButton::clicked, this, &LiveSettings::apply);
    connect(discard_, &QPushButton::clicked, this, &LiveSettings::discard);
    connect(reason_, &QLineEdit::returnPressed, apply_, &QPushButton::click);
}

const JobState* LiveSettings::job() const {
    const JobState* job = run_->hasRun() ? jobs_->newest("train", utf8(run_->name())) : nullptr;
    return job != nullptr && job->active() && job->info.state != "stopping" ? job : nullptr;
}

void LiveSettings::refresh() {
    const JobState* current = job();
    setVisible(current != nullptr && run_->plan().has_value());
    if (current != nullptr) {
        when_->setText(current->running() ? tr("Changes hold from the next step on.")
                                          : tr("Changes hold when the run goes on."));
    }
    if (shownRun_ != run_->name()) {
        shownRun_ = run_->name();
        shown_.reset();
        ++typed_.round;
        tell({}, {});
    }
    takePlan();
    check();
}

// A field that somebody has changed keeps what they typed.
void LiveSettings::takePlan() {
    const auto& plan = run_->plan();
    if (!plan) {
        return;
    }
    for (OptionField* field : fields_) {
        const std::string& key = field->info().key;
        const std::string value = training::optionValue(*plan, key);
        const std::string typed = normalised(*plan, key, field->value());
        const bool untouched = !shown_ || typed == training::optionValue(*shown_, key);
        const bool beingTyped = typed == value && field->isAncestorOf(focusWidget());
        if ((untouched || typed == value) && !beingTyped && utf8(field->value()) != value) {
            field->setValue(text(value));
        }
    }
    shown_ = plan;
}

void LiveSettings::take(OptionField* field) {
    const Typed before = typed_;
    check();
    edits_.record(tr("%1, not yet applied to %2")
                      .arg(optionWords(field->info().key, field->value()), run_->name()),
                  field->info().key, before, typed_);
}

void LiveSettings::restore(const Typed& typed) {
    fill(typed);
    check();
}

// What is not in it says what the plan says.
void LiveSettings::fill(const Typed& typed) {
    for (OptionField* field : fields_) {
        const std::string& key = field->info().key;
        const auto value = typed.values.find(key);
        if (value != typed.values.end()) {
            field->setValue(value->second);
        } else if (shown_) {
            field->setValue(text(training::optionValue(*shown_, key)));
        }
    }
}

void LiveSettings::check() {
    settings_.clear();
    former_.clear();
    typed_.values.clear();
    QStringList words;
    bool wrong = false;    // a field, which says so itself
    bool refused = false;  // all together
    for (OptionField* field : fields_) {
        if (!shown_) {
            break;
        }
        const std::string& key = field->info().key;
        const std::string before = training::optionValue(*shown_, key);
        training::Plan wanted = *shown_;
        const Status set = training::setOption(wanted, key, utf8(field->value()));
        field->setRefused(!set.ok());
        wrong |= !set.ok();
        const std::string after = training::optionValue(wanted, key);
        if (set.ok() && after != before) {
            settings_.push_back(key + "=" + after);
            former_.push_back(key + "=" + before);
            words << tr("%1: %2 → %3").arg(groupedOptionTitle(key), text(before), text(after));
        }
        if (!set.ok() || after != before) {
            typed_.values[key] = field->value();
        }
    }
    if (!wrong && !settings_.empty()) {
        const JobState* current = job();
        const bool atRest = current == nullptr || !current->running();
        if (const auto asked = training::changesAsked(*shown_, settings_, 0, {}, atRest);
            !asked.ok()) {
            refused = true;
            words = {errorText(asked.error())};
        }
    }
    changes_->setText(words.join('\n'));
    setColor(changes_, refused ? theme::kError : theme::kText);
    changes_->setVisible(!words.isEmpty());
    reason_->setVisible(!typed_.values.empty());
    discard_->setEnabled(!typed_.values.empty());
    apply_->setEnabled(!wrong && !refused && !settings_.empty() && job() != nullptr &&
                       !applied_.asks(job()->info.job));
    apply_->setText(settings_.size() < 2 ? tr("Apply") : tr("Apply %1").arg(settings_.size()));
}

void LiveSettings::apply() {
    const JobState* current = job();
    if (current == nullptr || settings_.empty()) {
        return;
    }
    tell(QStringLiteral("running"), tr("Asked for…"));
    const QString reason = reason_->text().trimmed();
    applied_.ask({current->info.job, run_->name(), settings_,
                  utf8(reason.isEmpty() ? tr("changed in the window") : reason)},
                 former_);
    check();
}

void LiveSettings::takeAnswer(const training::SettingsChanged& event) {
    const JobState* current = job();
    if (current == nullptr || current->info.job != event.job) {
        return;
    }
    QStringList names;
    for (const std::string& setting : event.settings) {
        const size_t equals = setting.find('=');
        names << tr("%1 %2").arg(
            groupedOptionTitle(setting.substr(0, equals)),
            equals == std::string::npos ? QString() : text(setting.substr(equals + 1)));
    }
    if (event.error) {
        tell(QStringLiteral("error"), tr("Refused: %1").arg(errorText(*event.error)));
    } else {
        tell(QStringLiteral("ok"),
             tr("Holds since step %1: %2").arg(countText(event.step + 1), names.join(", ")));
        reason_->clear();
    }
    run_->poll();
    check();
}

void LiveSettings::discard() {
    const Typed before = typed_;
    fill({});
    reason_->clear();
    tell({}, {});
    check();
    edits_.record(tr("Discard what was typed for %1").arg(run_->name()), {}, before, typed_);
}

void LiveSettings::tell(const QString& iconName, const QString& words) {
    answerIcon_->setVisible(!words.isEmpty());
    answer_->setVisible(!words.isEmpty());
    answer_->setText(words);
    if (!iconName.isEmpty()) {
        answerIcon_->setPixmap(
            iconPixmap(iconName, 16, theme::stateColor(iconName), devicePixelRatioF()));
    }
}

}  // namespace understudy::ui
