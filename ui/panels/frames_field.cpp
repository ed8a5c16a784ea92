// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/frames_field.h"

#include <QHBoxLayout>
#include <QSignalBlocker>

#include "training/prepare/delivery.h"

namespace understudy::ui {

FramesField::FramesField(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    frames_ = new QLineEdit;
    frames_->setObjectName("deliverFrames");
    frames_->setAccessibleName(tr("Frames"));
    frames_->setToolTip(
        tr("Such as 1001-1050,1060; empty: those of the version, or all. In and out of the "
           "viewer (I, O) go here as well"));
    row->addWidget(frames_, 1);
    row->addWidget(label(tr("Handles"), theme::FontUse::body, theme::kSecond));
    handles_ = new QSpinBox;
    handles_->setObjectName("deliverHandles");
    handles_->setAccessibleName(tr("Handles"));
    handles_->setToolTip(
        tr("So many frames more before and behind what is chosen, as far as the "
           "clip has them; kept in the project"));
    handles_->setRange(0, training::kMostHandles);
    row->addWidget(handles_);
    column->addLayout(row);
    result_ = label({}, theme::FontUse::caption, theme::kSecond);
    result_->setObjectName("deliverRange");
    result_->setWordWrap(true);
    result_->hide();
    column->addWidget(result_);
    connect(frames_, &QLineEdit::textEdited, this,
            [this](const QString& words) { Q_EMIT framesEdited(words.trimmed()); });
    connect(handles_, &QSpinBox::valueChanged, this, &FramesField::handlesEdited);
}

void FramesField::setFrames(const QString& frames) {
    if (frames_->text().trimmed() != frames) {
        frames_->setText(frames);
    }
}

void FramesField::setHandles(int handles) {
    const QSignalBlocker quiet(handles_);
    handles_->setValue(handles);
}

void FramesField::setResult(const QString& words) {
    result_->setText(words);
    result_->setVisible(!words.isEmpty());
}

}  // namespace understudy::ui
