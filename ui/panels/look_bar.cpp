// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/look_bar.h"

#include <QHBoxLayout>
#include <QSignalBlocker>

#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

void mark(QWidget* field, bool off) {
    QPalette palette = field->palette();
    palette.setColor(QPalette::Text, off ? theme::kWarning : theme::kText);
    palette.setColor(QPalette::ButtonText, off ? theme::kWarning : theme::kText);
    field->setPalette(palette);
}

}  // namespace

LookBar::LookBar(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    channel_ = new QComboBox;
    channel_->setObjectName("channel");
    channel_->setToolTip(tr("Channel (R, G, B, A, Y for luminance, C for colour)"));
    for (const QString& name :
         {tr("RGB"), tr("Red"), tr("Green"), tr("Blue"), tr("Alpha"), tr("Luma")}) {
        channel_->addItem(name);
    }
    row->addWidget(channel_);
    const auto number = [&](const QString& title, const char* name, const QString& tip, double low,
                            double high, double value, double step) {
        row->addWidget(label(title, theme::FontUse::caption, theme::kSecond));
        auto* box = new QDoubleSpinBox;
        box->setObjectName(name);
        box->setRange(low, high);
        box->setSingleStep(step);
        box->setDecimals(2);
        box->setValue(value);
        box->setToolTip(tip);
        box->setFixedWidth(68);
        box->setKeyboardTracking(false);
        connect(box, &QDoubleSpinBox::valueChanged, this, [this] {
            showNeutrality();
            Q_EMIT changed();
        });
        row->addWidget(box);
        return box;
    };
    exposure_ = number(tr("exposure"), "exposure", tr("Exposure in stops (Ctrl+R: neutral)"), -10,
                       10, 0, 0.25);
    gamma_ =
        number(tr("gamma"), "gamma", tr("Gamma of the display (Ctrl+R: neutral)"), 0.2, 5, 1, 0.05);
    neutral_ = iconButton("retry", tipWithKey(tr("As the file has it"), "Ctrl+R"), "neutralLook");
    row->addWidget(neutral_);
    connect(neutral_, &QToolButton::clicked, this, &LookBar::makeNeutral);
    connect(channel_, &QComboBox::currentIndexChanged, this, [this] {
        showNeutrality();
        Q_EMIT changed();
    });
    showNeutrality();
}

PictureLook LookBar::look() const {
    return {exposure_->value(), gamma_->value(),
            static_cast<PictureChannel>(channel_->currentIndex())};
}

void LookBar::setLook(const PictureLook& look) {
    if (look == this->look()) {
        return;
    }
    {
        const QSignalBlocker quietChannel(channel_);
        const QSignalBlocker quietExposure(exposure_);
        const QSignalBlocker quietGamma(gamma_);
        channel_->setCurrentIndex(static_cast<int>(look.channel));
        exposure_->setValue(look.exposure);
        gamma_->setValue(look.gamma);
    }
    showNeutrality();
    Q_EMIT changed();
}

void LookBar::toggleChannel(PictureChannel channel) {
    PictureLook wanted = look();
    wanted.channel = wanted.channel == channel ? PictureChannel::color : channel;
    setLook(wanted);
}

void LookBar::showNeutrality() {
    const PictureLook now = look();
    mark(channel_, now.channel != PictureChannel::color);
    mark(exposure_, now.exposure != 0);
    mark(gamma_, now.gamma != 1);
    neutral_->setEnabled(!now.neutral());
}

}  // namespace understudy::ui
