// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/preview_board.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/choices.h"

namespace understudy::ui {
namespace {

// The place of the step that is nearest; the list is not empty.
int placeOf(const std::vector<int64_t>& steps, int64_t wanted) {
    const auto nearest = std::min_element(
        steps.begin(), steps.end(),
        [wanted](int64_t a, int64_t b) { return std::abs(a - wanted) < std::abs(b - wanted); });
    return static_cast<int>(nearest - steps.begin());
}

QToolButton* wordButton(const QString& words, const QString& tip, const char* name) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setText(words);
    button->setAutoRaise(true);
    button->setMinimumHeight(24);
    button->setToolTip(tip);
    return button;
}

QWidget* bar(QHBoxLayout*& row) {
    auto* widget = new QWidget;
    widget->setFixedHeight(32);
    row = new QHBoxLayout(widget);
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(8);
    return widget;
}

}  // namespace

PreviewBoard::PreviewBoard(RunModel* run, QWidget* parent) : QWidget(parent), run_(run) {
    setObjectName("previewBoard");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    view_ = new PreviewView;
    column->addWidget(view_, 1);
    column->addWidget(buildBarA());
    barB_ = buildBarB();
    barB_->hide();
    column->addWidget(barB_);

    connect(view_, &PreviewView::faceMenuWanted, this, [this](const QString& face, QPoint at) {
        face_ = face;
        faces_->popup(at);
    });
    connect(run_, &RunModel::previewsChanged, this, &PreviewBoard::refresh);
    connect(run_, &RunModel::runChanged, this, [this] {
        if (run_->name() != shownRun_) {
            shownRun_ = run_->name();
            reset();
        }
    });
    play_.setInterval(250);
    connect(&play_, &QTimer::timeout, this, [this] {
        if (a_.shown == a_.wanted) {
            a_.slider->value() < a_.slider->maximum() ? step(1) : play_.stop();
        }
    });
    refresh();
}

QWidget* PreviewBoard::buildBarA() {
    QHBoxLayout* row = nullptr;
    QWidget* widget = bar(row);
    row->addWidget(label(tr("Previews"), theme::FontUse::title));
    QToolButton* back =
        iconButton("previous", tipWithKey(tr("Earlier preview"), tr("Left")), "previewBack");
    QToolButton* on = iconButton("next", tipWithKey(tr("Later preview"), tr("Right")), "previewOn");
    row->addWidget(back);
    addHistory(row, a_, "previewSlider", "previewStep");
    row->insertWidget(row->count() - 1, on);
    newest_ = wordButton(tr("newest"), tr("Follow the newest preview"), "previewNewest");
    newest_->setCheckable(true);
    newest_->setChecked(true);
    row->addWidget(newest_);
    wipe_ = wordButton(tr("wipe"),
                       tipWithKey(tr("Lay another step or run over it, with a line to drag"), "W"),
                       "previewWipe");
    wipe_->setCheckable(true);
    row->addWidget(wipe_);
    QToolButton* faces =
        wordButton(tr("faces"), tr("Which faces the previews show"), "previewFaces");
    faces_ = new QMenu(this);
    faces_->setObjectName("previewFacesMenu");
    faces->setMenu(faces_);
    faces->setPopupMode(QToolButton::InstantPopup);
    faces->setMinimumWidth(faces->sizeHint().width() + 16);  // with its arrow
    connect(faces, &QToolButton::pressed, this, [this] { face_.clear(); });
    row->addWidget(faces);

    connect(back, &QToolButton::clicked, this, [this] { step(-1); });
    connect(on, &QToolButton::clicked, this, [this] { step(1); });
    connect(newest_, &QToolButton::clicked, this, [this](bool follow) {
        follow_ = follow;
        refresh();
    });
    connect(wipe_, &QToolButton::clicked, this, &PreviewBoard::toggleWipe);
    connect(a_.slider, &QSlider::valueChanged, this, [this](int i) {
        follow_ = i == a_.slider->maximum();
        newest_->setChecked(follow_);
        load(a_, a_.steps[static_cast<size_t>(i)]);
    });
    return widget;
}

QWidget* PreviewBoard::buildBarB() {
    QHBoxLayout* row = nullptr;
    QWidget* widget = bar(row);
    widget->setObjectName("previewSecond");
    row->addWidget(label(tr("B"), theme::FontUse::title));
    runB_ = new QComboBox;
    runB_->setObjectName("previewRunB");
    runB_->setToolTip(tr("The run that B is of"));
    row->addWidget(runB_);
    connect(runB_, &QComboBox::activated, this, [this] { chooseSecond(b_.wanted); });
    addHistory(row, b_, "previewSliderB", "previewStepB");
    QToolButton* flipped =
        wordButton(tr("flip"), tipWithKey(tr("A and B by turns, each alone"), QStringLiteral("`")),
                   "previewFlip");
    row->addWidget(flipped);
    connect(flipped, &QToolButton::clicked, this, &PreviewBoard::flip);
    QToolButton* close = iconButton("close", tr("Compare no more"), "previewCompareEnd");
    row->addWidget(close);
    connect(close, &QToolButton::clicked, this, [this] {
        comparing_ = false;
        setSide(PreviewSide::a);
    });
    connect(b_.slider, &QSlider::valueChanged, this,
            [this](int i) { load(b_, b_.steps[static_cast<size_t>(i)]); });
    return widget;
}

void PreviewBoard::addHistory(QHBoxLayout* row, Side& side, const char* slider, const char* words) {
    side.slider = new QSlider(Qt::Horizontal);
    side.slider->setObjectName(slider);
    side.slider->setToolTip(tr("The steps that have a preview"));
    side.slider->setEnabled(false);
    row->addWidget(side.slider, 1);
    side.words = label({}, theme::FontUse::number);
    side.words->setObjectName(words);
    side.words->setMinimumWidth(96);
    side.words->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(side.words);
}

// Another run is looked at: B goes with the one before.
void PreviewBoard::reset() {
    ++generation_;
    follow_ = true;
    newest_->setChecked(true);
    comparing_ = false;
    a_.sheet = b_.sheet = nullptr;
    a_.shown = -1;
    b_.wanted = -1;
    fillRuns();
    setSide(PreviewSide::a);
    refresh();
}

void PreviewBoard::setRuns(const QStringList& names, const std::filesystem::path& folder) {
    runs_ = names;
    runsFolder_ = folder;
    fillRuns();
}

void PreviewBoard::fillRuns() {
    std::vector<Choice> choices = {{tr("this run"), QString()}};
    for (const QString& name : runs_) {
        if (name != run_->name()) {
            choices.push_back({name, name});
        }
    }
    setChoices(runB_, choices);
    if (runB_->currentIndex() < 0) {
        runB_->setCurrentIndex(0);
    }
}

QStringList PreviewBoard::columns() const {
    QStringList names;
    if (a_.sheet) {
        for (const auto& column : a_.sheet->info.columns) {
            names << text(column);
        }
    }
    return names;
}

void PreviewBoard::step(int by) {
    if (a_.slider->isEnabled()) {
        a_.slider->setValue(a_.slider->value() + by);
    }
}

void PreviewBoard::stepShown(int by) {
    if (comparing_ && view_->side() == PreviewSide::b) {
        b_.slider->setValue(b_.slider->value() + by);
    } else {
        step(by);
    }
}

void PreviewBoard::togglePlay() {
    if (play_.isActive()) {
        play_.stop();
        return;
    }
    if (a_.slider->value() == a_.slider->maximum()) {
        a_.slider->setValue(0);
    }
    play_.start();
}

void PreviewBoard::showStep(int64_t step) {
    if (!a_.steps.empty()) {
        a_.slider->setValue(placeOf(a_.steps, step));
    }
}

void PreviewBoard::toggleWipe() {
    setSide(view_->side() == PreviewSide::wipe ? PreviewSide::a : PreviewSide::wipe);
}

void PreviewBoard::flip() {
    setSide(view_->side() == PreviewSide::b ? PreviewSide::a : PreviewSide::b);
}

void PreviewBoard::moveSplit(double by) {
    if (view_->side() == PreviewSide::wipe) {
        view_->setSplit(view_->split() + by);
    }
}

// Whoever begins to compare sees what half the steps have brought.
void PreviewBoard::setSide(PreviewSide side) {
    if (a_.steps.empty()) {
        side = PreviewSide::a;
    } else if (side != PreviewSide::a && !comparing_) {
        comparing_ = true;
        if (b_.wanted < 0) {
            chooseSecond(a_.wanted / 2);
        }
    }
    wipe_->setChecked(side == PreviewSide::wipe);
    barB_->setVisible(comparing_);
    view_->setSide(side);
    show();
}

// Lists the previews of the run that B is of, and shows the one that is nearest.
void PreviewBoard::chooseSecond(int64_t near) {
    b_.wanted = near;  // somebody may go on to another while they are listed
    const QString name = runB_->currentData().toString();
    b_.run = name.isEmpty() ? run_->folder() : training::RunFolder{runsFolder_ / utf8(name)};
    if (name.isEmpty()) {
        b_.steps = run_->previews();
        fill(b_, b_.wanted);
        return;
    }
    runInBackground(
        this, [run = b_.run] { return training::previewSteps(run); },
        [this, path = b_.run.path, generation = generation_](std::vector<int64_t> steps) {
            if (generation == generation_ && path == b_.run.path) {
                b_.steps = std::move(steps);
                fill(b_, b_.wanted);
            }
        });
}

void PreviewBoard::refresh() {
    a_.run = run_->folder();
    a_.steps = run_->previews();
    fill(a_, follow_ && !a_.steps.empty() ? a_.steps.back() : a_.wanted);
    if (a_.steps.empty()) {
        view_->setMessage(run_->hasRun() ? tr("The first preview appears here while it trains.")
                                         : tr("Previews appear here while it trains."));
    }
    if (comparing_) {
        chooseSecond(b_.wanted);
    }
}

void PreviewBoard::fill(Side& side, int64_t wanted) {
    const QSignalBlocker quiet(side.slider);
    side.slider->setEnabled(side.steps.size() > 1);
    side.slider->setRange(0, std::max(0, static_cast<int>(side.steps.size()) - 1));
    if (side.steps.empty()) {
        side.wanted = side.shown = -1;
        side.sheet = nullptr;
        show();
        Q_EMIT shownChanged();
        return;
    }
    const int place = placeOf(side.steps, wanted);
    side.slider->setValue(place);
    load(side, side.steps[static_cast<size_t>(place)]);
}

void PreviewBoard::load(Side& side, int64_t step) {
    side.wanted = step;
    loader_.load(side.run, step,
                 [this, &side, step, path = side.run.path](const SheetPointer& sheet) {
                     if (side.wanted != step || side.run.path != path) {
                         return;
                     }
                     side.sheet = sheet;
                     side.shown = step;
                     if (sheet->image.isNull()) {
                         view_->setMessage(tr("The preview of step %1 cannot be read. Another one "
                                              "is drawn while it trains.")
                                               .arg(countText(step)));
                     }
                     show();
                     Q_EMIT shownChanged();
                 });
}

QString PreviewBoard::nameOf(const Side& side) const {
    return side.shown < 0
               ? tr("no preview")
               : tr("%1, step %2")
                     .arg(text(side.run.path.filename().string()), countText(side.shown));
}

void PreviewBoard::show() {
    for (Side* side : {&a_, &b_}) {
        side->words->setText(side->shown < 0 ? QString()
                                             : tr("step %1").arg(countText(side->shown)));
    }
    view_->setSheets(a_.sheet, comparing_ ? b_.sheet : nullptr);
    view_->setNames(nameOf(a_), comparing_ ? nameOf(b_) : QString());
}

}  // namespace understudy::ui
