// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_filters.h"

#include <QScrollArea>
#include <QSignalBlocker>
#include <set>

#include "ui/models/face_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/choices.h"

namespace understudy::ui {
namespace {

const QVariant kNobodys(0);  // unlike any name

}  // namespace

FaceFilters::FaceFilters(FacesModel* model, QWidget* parent) : QWidget(parent), model_(model) {
    setObjectName("faceFilters");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    buildChoices(column);
    buildRanges(column);
    clear_ = new QPushButton(tr("Clear filters"));
    clear_->setObjectName("filterClear");
    column->addWidget(clear_);
    wait_.setSingleShot(true);
    wait_.setInterval(100);
    connect(&wait_, &QTimer::timeout, this, &FaceFilters::apply);
    connect(performer_, &QComboBox::activated, this, [this] {
        clip_->setCurrentIndex(0);
        apply();
    });
    connect(clip_, &QComboBox::activated, this, &FaceFilters::apply);
    connect(clear_, &QPushButton::clicked, this, &FaceFilters::clear);
    connect(model_, &FacesModel::layoutChanged, this, &FaceFilters::fill);
    connect(model_, &FacesModel::statesChanged, this, &FaceFilters::fill);  // whose they are
    fill();
}

void FaceFilters::buildChoices(QVBoxLayout* column) {
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
    title(tr("Show"));
    const auto box = [column, this](const QString& text, const char* name, bool on,
                                    const QString& tip) {
        auto* made = new QCheckBox(text);
        made->setObjectName(name);
        made->setChecked(on);
        made->setToolTip(tip);
        column->addWidget(made);
        connect(made, &QCheckBox::toggled, this, &FaceFilters::apply);
        return made;
    };
    undecided_ = box(tr("Undecided"), "filterUndecided", true,
                     tr("Faces that nobody decided on. They train as if they were kept."));
    keep_ = box(tr("Kept"), "filterKeep", true, tr("Faces that somebody kept."));
    reject_ = box(tr("Rejected"), "filterReject", true,
                  tr("Faces that neither train nor are swapped. They stay in the project."));
    suspects_ = box(tr("Suspects only"), "filterSuspects", false,
                    tr("Low confidence, jumping, blurred, covered or unlike the others."));
    corrected_ = box(tr("Corrected only"), "filterCorrected", false,
                     tr("Faces whose landmarks somebody placed."));
    distinct_ = box(tr("Hide near-duplicates"), "filterDistinct", false,
                    tr("Leaves out faces that look almost as one before them in their clip."));
    column->addSpacing(4);
}

void FaceFilters::buildRanges(QVBoxLayout* column) {
    auto* list = new QWidget;
    auto* rows = new QVBoxLayout(list);
    rows->setContentsMargins(0, 0, 6, 0);
    rows->setSpacing(4);
    buildLikeness(rows);
    constexpr auto kFirst = static_cast<size_t>(FaceMeasure::frame);  // time and likeness
    for (size_t place = 0; place < kFaceMeasures; ++place) {
        const size_t i = (place + kFirst) % kFaceMeasures;
        const MeasureWords words = wordsOf(static_cast<FaceMeasure>(i));
        auto* range = new RangeHistogram(words.name, words.unit, words.decimals);
        range->setObjectName("filterRange" + words.name);
        range->setToolTip(tr("%1 Drag an end to filter; double click shows all. Keys: arrows move "
                             "the lower end, with Shift the upper, Backspace shows all.")
                              .arg(words.meaning));
        rows->addWidget(range);
        connect(range, &RangeHistogram::rangeChanged, this, [this] { wait_.start(); });
        ranges_[i] = range;
    }
    rows->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(list);
    column->addWidget(scroll, 1);
}

// Chosen as the face that the range below measures against.
void FaceFilters::buildLikeness(QVBoxLayout* column) {
    like_ = new QPushButton(tr("Compare with this face"));
    like_->setObjectName("filterLike");
    like_->setToolTip(
        tr("All are measured against the face that is current now; the range of "
           "likeness below then leaves out what is unlike it"));
    column->addWidget(like_);
    connect(like_, &QPushButton::clicked, this, [this] { model_->compare(); });
    const auto enable = [this] { like_->setEnabled(model_->current() >= 0); };
    connect(model_, &FacesModel::currentChanged, this, enable);
    enable();
}

void FaceFilters::fill() {
    const std::set<int>& numbers = model_->whose();
    std::set<std::string> names;
    for (const int number : numbers) {
        if (number != FaceItem::kNobody) {
            names.insert(model_->performerNamed(number));
        }
    }
    std::vector<Choice> clips = {{tr("All clips"), -1}};
    for (int i = 0; i < model_->clipCount(); ++i) {
        if (!model_->performerOf(i).empty()) {
            clips.push_back({model_->clipName(i), i});
            names.insert(model_->performerOf(i));
        }
    }
    std::vector<Choice> performers = {
        {names.size() > 2 ? tr("All performers") : tr("Both performers"), QString()}};
    for (const std::string& name : names) {
        performers.push_back({text(name), text(name)});
    }
    if (numbers.count(FaceItem::kNobody) != 0) {
        performers.push_back({tr("Nobody (not in the project)"), kNobodys});
    }
    setChoices(clip_, clips);
    setChoices(performer_, performers);
    for (size_t i = 0; i < kFaceMeasures; ++i) {
        ranges_[i]->setSpread(model_->spreads()[i]);
    }
    const auto& like = model_->like();
    range(FaceMeasure::likeness)->setEnabled(like.has_value());
    like_->setText(like ? tr("Compared with %1, frame %2")
                              .arg(model_->clipName(like->key.clip))
                              .arg(like->key.frame)
                        : tr("Compare with this face"));
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
    if (const QVariant whose = performer_->currentData(); whose == kNobodys) {
        filter.performer = std::string();
    } else if (const QString name = whose.toString(); !name.isEmpty()) {
        filter.performer = utf8(name);
    }
    filter.clip = clip_->currentData().toInt();
    filter.keep = keep_->isChecked();
    filter.undecided = undecided_->isChecked();
    filter.reject = reject_->isChecked();
    filter.suspectsOnly = suspects_->isChecked();
    filter.correctedOnly = corrected_->isChecked();
    filter.hideDuplicates = distinct_->isChecked();
    for (size_t i = 0; i < kFaceMeasures; ++i) {
        filter.ranges[i] = ranges_[i]->range();
    }
    model_->setFilter(filter);
    clear_->setEnabled(!(filter == FaceFilter{}));
}

void FaceFilters::clear() {
    for (QCheckBox* box : {keep_, undecided_, reject_}) {
        const QSignalBlocker quiet(box);
        box->setChecked(true);
    }
    for (QCheckBox* box : {suspects_, corrected_, distinct_}) {
        const QSignalBlocker quiet(box);
        box->setChecked(false);
    }
    for (RangeHistogram* range : ranges_) {
        range->setRange({});
    }
    wait_.stop();
    performer_->setCurrentIndex(0);
    clip_->setCurrentIndex(0);
    apply();
}

}  // namespace understudy::ui
