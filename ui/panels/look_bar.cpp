// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/look_bar.h"

#include <QAbstractItemView>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <utility>

#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

constexpr int kMostOfView = 160;

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
    view_ = new QComboBox;
    view_->setObjectName("displayView");
    view_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    view_->setMaximumWidth(kMostOfView);
    view_->setVisible(false);
    connect(view_, &QComboBox::activated, this, [this](int number) { display_->choose(number); });
    row->addWidget(view_);
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
            static_cast<PictureChannel>(channel_->currentIndex()),
            display_ != nullptr ? display_->view() : nullptr};
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

void LookBar::makeNeutral() {
    PictureLook wanted;
    wanted.view = look().view;
    setLook(wanted);
}

void LookBar::setDisplay(DisplayChoice* display) {
    display_ = display;
    connect(display, &DisplayChoice::changed, this, [this] {
        showDisplay();
        Q_EMIT changed();
    });
    showDisplay();
}

void LookBar::setOfLight(bool on) {
    if (std::exchange(ofLight_, on) != on && display_ != nullptr) {
        showDisplay();
    }
}

// What is wrong is said where it is chosen, and marked.
void LookBar::showDisplay() {
    const QStringList names = display_->names();
    const QSignalBlocker quiet(view_);
    view_->clear();
    view_->addItems(names);
    view_->setCurrentIndex(display_->current());
    view_->setVisible(ofLight_ && !names.isEmpty());
    view_->view()->setMinimumWidth(view_->view()->sizeHintForColumn(0) + 2 * theme::kPadding);
    const QString about =
        tr("How scene-linear pictures are shown on this screen. Video is shown "
           "as it is; files are not changed");
    view_->setToolTip(display_->problem().isEmpty()
                          ? about
                          : QStringLiteral("%1\n\n%2").arg(about, display_->problem()));
    mark(view_, !display_->problem().isEmpty());
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
