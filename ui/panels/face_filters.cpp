// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_filters.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <set>

#include "ui/models/formatting.h"
#include "ui/panels/choices.h"

namespace understudy::ui {

FaceFilters::FaceFilters(FacesModel* model, QWidget* parent) : QWidget(parent), model_(model) {
    setObjectName("faceFilters");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    const auto title = [column](const QString& text) {
        column->addWidget(label(text, theme::FontUse::body, theme::kSecond));
    };
    title(tr("Performer"));
    performer_ = new QComboBox;
    performer_->setObjectName("filterPerformer");
    column->addWidget(performer_);
    column->addSpacing(4);
    title(tr("Clip"));
    clip_ = new QComboBox;
    clip_->setObjectName("filterClip");
    column->addWidget(clip_);
    column->addSpacing(4);
    title(tr("State"));
    const auto box = [column, this](const QString& text, const char* name, bool on) {
        auto* made = new QCheckBox(text);
        made->setObjectName(name);
        made->setChecked(on);
        column->addWidget(made);
        connect(made, &QCheckBox::toggled, this, &FaceFilters::apply);
        return made;
    };
    undecided_ = box(tr("Undecided"), "filterUndecided", true);
    keep_ = box(tr("Kept"), "filterKeep", true);
    reject_ = box(tr("Rejected"), "filterReject", true);
    column->addSpacing(4);
    suspects_ = box(tr("Suspects only"), "filterSuspects", false);
    column->addSpacing(4);
    auto* row = new QHBoxLayout;
    row->addWidget(label(tr("Confidence from"), theme::FontUse::body, theme::kSecond), 1);
    confidenceText_ = label(QStringLiteral("0.00"), theme::FontUse::number);
    row->addWidget(confidenceText_);
    column->addLayout(row);
    confidence_ = new QSlider(Qt::Horizontal);
    confidence_->setObjectName("filterConfidence");
    confidence_->setRange(0, 100);
    column->addWidget(confidence_);
    column->addSpacing(8);
    clear_ = new QPushButton(tr("Clear filters"));
    clear_->setObjectName("filterClear");
    column->addWidget(clear_);
    column->addStretch(1);
    wait_.setSingleShot(true);
    wait_.setInterval(100);
    connect(&wait_, &QTimer::timeout, this, &FaceFilters::apply);
    connect(confidence_, &QSlider::valueChanged, this, [this](int value) {
        confidenceText_->setText(QString::number(value / 100.0, 'f', 2));
        wait_.start();
    });
    connect(performer_, &QComboBox::activated, this, [this] {
        clip_->setCurrentIndex(0);
        apply();
    });
    connect(clip_, &QComboBox::activated, this, &FaceFilters::apply);
    connect(clear_, &QPushButton::clicked, this, &FaceFilters::clear);
    connect(model_, &FacesModel::layoutChanged, this, &FaceFilters::fill);
    fill();
}

void FaceFilters::fill() {
    std::set<std::string> names;
    std::vector<Choice> clips = {{tr("All clips"), -1}};
    for (int i = 0; i < model_->clipCount(); ++i) {
        if (!model_->performerOf(i).empty()) {
            clips.push_back({model_->clipName(i), i});
            names.insert(model_->performerOf(i));
        }
    }
    std::vector<Choice> performers = {{tr("Both performers"), QString()}};
    for (const auto& name : names) {
        performers.push_back({text(name), text(name)});
    }
    setChoices(clip_, clips);
    setChoices(performer_, performers);
    const bool gone = clip_->currentIndex() < 0 || performer_->currentIndex() < 0;
    clip_->setCurrentIndex(std::max(0, clip_->currentIndex()));
    performer_->setCurrentIndex(std::max(0, performer_->currentIndex()));
    if (model_->clipCount() == 0) {
        clear();  // the project was closed; what was chosen means nothing in the next one
    } else if (gone) {
        apply();  // what is shown is what is filtered by
    }
    clear_->setEnabled(!(model_->filter() == FaceFilter{}));
}

void FaceFilters::apply() {
    FaceFilter filter;
    filter.performer = utf8(performer_->currentData().toString());
    filter.clip = clip_->currentData().toInt();
    filter.keep = keep_->isChecked();
    filter.undecided = undecided_->isChecked();
    filter.reject = reject_->isChecked();
    filter.suspectsOnly = suspects_->isChecked();
    filter.leastConfidence = static_cast<float>(confidence_->value()) / 100;
    model_->setFilter(filter);
    clear_->setEnabled(!(filter == FaceFilter{}));
}

void FaceFilters::clear() {
    for (QCheckBox* box : {keep_, undecided_, reject_}) {
        const QSignalBlocker quiet(box);
        box->setChecked(true);
    }
    const QSignalBlocker quiet(suspects_);
    suspects_->setChecked(false);
    performer_->setCurrentIndex(0);
    clip_->setCurrentIndex(0);
    confidence_->setValue(0);
    apply();
}

}  // namespace understudy::ui
