// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/estimate_card.h"

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"
#include "ui/panels/option_field.h"

namespace understudy::ui {
namespace {

constexpr int kMostRemedies = 4;

QString deviceText(const QString& name) {
    return name == QStringLiteral("cpu") ? EstimateCard::tr("the CPU")
                                         : EstimateCard::tr("GPU %1").arg(name.mid(5));
}

// "Use batch 6", "Use encoder dims 48, decoder dims 48".
QString remedyText(const QString& settings) {
    QStringList parts;
    for (const QString& setting : settings.split(' ')) {
        const auto equals = setting.indexOf('=');
        const QString value = setting.mid(equals + 1);
        const QString name = optionTitle(utf8(setting.left(equals))).toLower();
        parts << (value == QStringLiteral("true") ? name : name + ' ' + value);
    }
    return EstimateCard::tr("Use %1").arg(parts.join(QStringLiteral(", ")));
}

}  // namespace

EstimateCard::EstimateCard(PlanEstimator* estimator, QWidget* parent)
    : QWidget(parent), estimator_(estimator) {
    setObjectName("estimateCard");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(4);
    const auto add = [](QBoxLayout* into, const char* name) {
        auto* made = label({}, theme::FontUse::body, theme::kSecond);
        made->setObjectName(name);
        made->setWordWrap(true);
        into->addWidget(made, 1);
        return made;
    };
    plain_ = add(column, "trainEstimate");
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    icon_ = new QLabel;
    icon_->setFixedSize(16, 16);
    row->addWidget(icon_, 0, Qt::AlignTop);
    memory_ = add(row, "estimateMemory");
    column->addLayout(row);
    remedies_ = new QVBoxLayout;
    remedies_->setSpacing(4);
    column->addLayout(remedies_);
    time_ = add(column, "estimateTime");
    connect(estimator_, &PlanEstimator::changed, this, &EstimateCard::refresh);
    refresh();
}

void EstimateCard::setPlan(const training::Plan& plan) {
    plan_ = plan;
    refresh();
}

void EstimateCard::refresh() {
    const Status valid = plan_.check();
    plain_->setText(
        !valid.ok()
            ? errorText(valid.error())
            : tr("%1 steps at %2 pixels.").arg(countText(plan_.steps)).arg(plan_.resolution));
    setColor(plain_, valid.ok() ? theme::kSecond : theme::kError);
    const auto& estimate = estimator_->estimate();
    const auto& problem = estimator_->problem();
    QString iconName;
    if (valid.ok() && problem) {
        memory_->setText(errorText(*problem));
        time_->clear();
        iconName = QStringLiteral("warning");
    } else if (valid.ok() && estimate) {
        memory_->setText(memoryText(*estimate));
        time_->setText(timeText(*estimate));
        iconName = !estimate->fits  ? QStringLiteral("warning")
                   : estimate->free ? QStringLiteral("ok")
                                    : QString();
    } else {
        memory_->setText(valid.ok() && estimator_->asking() ? tr("Estimating…") : QString());
        time_->clear();
    }
    // What is being asked anew is grey until it is answered.
    const QColor color = estimator_->asking() ? theme::kHint : theme::kText;
    setColor(memory_, color);
    setColor(time_, color);
    icon_->setVisible(!iconName.isEmpty());
    if (!iconName.isEmpty()) {
        icon_->setPixmap(
            iconPixmap(iconName, 16, theme::stateColor(iconName), devicePixelRatioF()));
    }
    memory_->setVisible(!memory_->text().isEmpty());
    time_->setVisible(!time_->text().isEmpty());
    showRemedies(valid.ok() && estimate && !problem && !estimate->fits
                     ? estimate->settings.mid(0, kMostRemedies)
                     : QStringList());
}

QString EstimateCard::memoryText(const PlanEstimate& estimate) const {
    QStringList names;
    for (const QString& device : estimate.devices) {
        if (!names.contains(deviceText(device))) {
            names << deviceText(device);
        }
    }
    const bool several = estimate.devices.size() > 1;
    const QString where = names.join(tr(" and "));
    const QString needs =
        several ? tr("Needs about %1 of memory for each of %2 processes, on %3")
                      .arg(bytesText(estimate.memory))
                      .arg(estimate.devices.size())
                      .arg(where)
                : tr("Needs about %1 of memory on %2").arg(bytesText(estimate.memory), where);
    if (!estimate.free) {
        return tr("%1; how much is free is not known.").arg(needs);
    }
    if (estimate.fits) {
        return tr("%1; %2 are free.").arg(needs, bytesText(*estimate.free));
    }
    return estimate.settings.isEmpty()
               ? tr("%1, and only %2 are free. Nothing smaller would fit: tick another device.")
                     .arg(needs, bytesText(*estimate.free))
               : tr("%1, and only %2 are free. It should fit with any of these:")
                     .arg(needs, bytesText(*estimate.free));
}

QString EstimateCard::timeText(const PlanEstimate& estimate) const {
    if (!estimate.rate) {
        return tr(
            "How long its steps take is not known yet: nothing like it has trained here. The "
            "time left is known 30 seconds after the start.");
    }
    const double thousand = 1000 / *estimate.rate;
    const double all = static_cast<double>(plan_.steps) / *estimate.rate;
    const bool alone = estimate.rateFrom == QStringLiteral("calibration");
    const QString from = !alone                        ? tr("as %1 did").arg(estimate.rateFrom)
                         : estimate.devices.size() > 1 ? tr("as each device does alone, so at best")
                                                       : tr("as this machine did before");
    return tr("About %1 for 1,000 steps, %2 in all, %3.")
        .arg(durationText(thousand), durationText(all), from);
}

void EstimateCard::showRemedies(const QStringList& settings) {
    if (settings == shown_) {
        return;
    }
    shown_ = settings;
    while (QLayoutItem* item = remedies_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const QString& each : settings) {
        auto* button = new QPushButton(remedyText(each));
        button->setObjectName("estimateRemedy." + each);
        button->setMinimumHeight(theme::kControlHeight);
        remedies_->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, each] { Q_EMIT settingsChosen(each); });
    }
}

}  // namespace understudy::ui
