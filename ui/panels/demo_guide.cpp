// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/demo_guide.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

PageId pageOf(int step) {
    constexpr PageId kPages[] = {PageId::ingest, PageId::ingest,  PageId::ingest,
                                 PageId::faces,  PageId::train,   PageId::train,
                                 PageId::review, PageId::deliver, PageId::deliver};
    return kPages[step];
}

}  // namespace

DemoGuide::DemoGuide(Studio& studio, QWidget* parent) : QFrame(parent), studio_(studio) {
    setObjectName("demoGuide");
    setFixedHeight(40);
    setAutoFillBackground(true);
    QPalette own = palette();
    own.setColor(QPalette::Window, theme::kButton);
    setPalette(own);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 12, 4);
    row->setSpacing(12);
    number_ = label({}, theme::FontUse::title, theme::kAccent);
    row->addWidget(number_);
    words_ = label({});
    words_->setObjectName("demoWords");
    row->addWidget(words_, 1);
    there_ = new QPushButton;
    there_->setObjectName("demoThere");
    there_->setToolTip(tr("The page where this is done"));
    row->addWidget(there_);
    connect(there_, &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(pageOf(step_)); });
    auto* skip = new QPushButton(tr("Skip"));
    skip->setObjectName("demoSkip");
    skip->setToolTip(tr("No more steps; the project stays"));
    row->addWidget(skip);
    connect(skip, &QPushButton::clicked, this, [this] {
        studio_.settings->setFlag(UiSettings::projectKey(studio_.session.folder(), "guided"),
                                  false);
        refresh();
    });
    connect(&studio_.session, &ProjectSession::changed, this, &DemoGuide::refresh);
    connect(&studio_.session, &ProjectSession::closed, this, &DemoGuide::refresh);
    connect(&studio_.jobs, &JobsModel::changed, this, &DemoGuide::refresh);
    connect(&studio_.swaps, &SwapsModel::changed, this, &DemoGuide::refresh);
    connect(&studio_.versions, &VersionsModel::changed, this, &DemoGuide::refresh);
    refresh();
}

void DemoGuide::begin() {
    studio_.settings->setFlag(UiSettings::projectKey(studio_.session.folder(), "guided"), true);
    refresh();
}

bool DemoGuide::guided() const {
    return studio_.session.isOpen() &&
           studio_.settings->flag(UiSettings::projectKey(studio_.session.folder(), "guided"));
}

int DemoGuide::nextStep() const {
    const ProjectSnapshot& project = studio_.session.snapshot();
    if (!guided() || project.clips.empty()) {
        return 0;
    }
    const bool all = std::all_of(project.clips.begin(), project.clips.end(), [&](const auto& clip) {
        const auto found = project.faces.find(clip.name);
        return found != project.faces.end() && found->second.found > 0;
    });
    if (!all) {
        return studio_.jobs.active("extract") != nullptr ? 2 : 1;
    }
    if (project.runs.empty()) {
        return 3;
    }
    if (const auto& swaps = studio_.swaps.swaps(); !swaps.empty()) {
        const auto& versions = studio_.versions.versions();
        const bool delivered = std::any_of(swaps.begin(), swaps.end(), [](const SwapRecord& swap) {
            return !swap.version.isEmpty();
        });
        const bool judged = std::any_of(versions.begin(), versions.end(),
                                        [this](const media::VersionRecord& version) {
                                            return version.status != media::VersionStatus::wip ||
                                                   !studio_.versions.notesOf(version.id).empty();
                                        });
        return delivered ? 8 : judged ? 7 : 6;
    }
    return studio_.jobs.active("train") != nullptr ? 4 : 5;
}

QString DemoGuide::words(int step) const {
    switch (step) {
        case 1:
            return tr(
                "Two made-up performers are in their bins; Space plays a clip. Press Find "
                "faces.");
        case 2:
            return tr(
                "Faces are found, frame by frame. The strip at the bottom counts; you can go "
                "on working.");
        case 3:
            return tr(
                "Look through the faces on the page Faces: X rejects one, Ctrl+Z takes it "
                "back. Then go to Train, choose Quick look and press Start training.");
        case 4:
            return tr(
                "The previews become sharper. You may close the window now; training goes on, "
                "and is here when you come back.");
        case 5:
            return tr("Press Make swap on the page Train: %1's face comes onto %2's clip.")
                .arg(text(studio_.session.snapshot().source),
                     text(studio_.session.snapshot().destination));
        case 6:
            return tr(
                "Review lays the swap over the plate: drag the wipe. N or the button writes a "
                "note on a frame; then give the version a status.");
        case 7:
            return tr(
                "Deliver writes a version for comp: choose it, OpenEXR or a movie, and press "
                "the button at the bottom right.");
        case 8:
            return tr("That was all of it. Now with your own clips: File, New project.");
        default:
            return {};
    }
}

void DemoGuide::refresh() {
    step_ = nextStep();
    setVisible(step_ > 0);
    number_->setText(tr("%1 of %2").arg(step_).arg(kSteps));
    words_->setText(words(step_));
    there_->setText(tr("Go to %1").arg(pageTitle(pageOf(step_))));
    there_->setVisible(step_ > 0 && step_ < kSteps);
}

}  // namespace understudy::ui
