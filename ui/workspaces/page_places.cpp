// SPDX-License-Identifier: GPL-3.0-or-later
// Where one is on each page, and how one gets there again in the next window. A place is taken up
// when the project is known and its pages are not filled yet.
#include <QJsonArray>
#include <algorithm>

#include "ui/workspaces/faces_page.h"
#include "ui/workspaces/ingest_page.h"
#include "ui/workspaces/review_page.h"
#include "ui/workspaces/train_page.h"

namespace understudy::ui {

QJsonObject IngestPage::place() const {
    return {{"clip", clip_}};
}

void IngestPage::setPlace(const QJsonObject& place) {
    const auto& clips = studio_.session.snapshot().clips;
    const QString clip = place.value("clip").toString();
    if (std::any_of(clips.begin(), clips.end(),
                    [&](const auto& each) { return text(each.name) == clip; })) {
        showClip(clip);
    }
}

QJsonObject FacesPage::place() const {
    return {{"sort", static_cast<int>(studio_.faces.sort())},
            {"reversed", studio_.faces.reversed()}};
}

// By likeness only while there is a face that others are like.
void FacesPage::setPlace(const QJsonObject& place) {
    const int sort = place.value("sort").toInt(-1);
    if (sort >= 0 && sort <= static_cast<int>(FaceSort::mouth) &&
        sort != static_cast<int>(FaceSort::likeness)) {
        sortBy(static_cast<FaceSort>(sort), place.value("reversed").toBool());
    }
}

QJsonObject TrainPage::place() const {
    return {{"run", studio_.run.name()},
            {"compared", QJsonArray::fromStringList(curves_->compared().chosen())}};
}

// What trains now is what one comes back for.
void TrainPage::setPlace(const QJsonObject& place) {
    const auto& runs = studio_.session.snapshot().runs;
    const QString run = place.value("run").toString();
    tellRuns();
    curves_->compared().choose(place.value("compared").toVariant().toStringList());
    if (studio_.jobs.active("train") == nullptr &&
        std::any_of(runs.begin(), runs.end(),
                    [&](const auto& each) { return text(each.name) == run; })) {
        chooseRun(run);
    }
}

QJsonObject ReviewPage::place() const {
    return {{"out", shown_.out}, {"with", second_}, {"board", boarded_}};
}

// Versions are read later than the project.
void ReviewPage::setPlace(const QJsonObject& place) {
    wanted_ = place.value("out").toString();
    second_ = place.value("with").toString();
    boarded_ = place.value("board").toBool();
    all_->setChecked(boarded_);
}

}  // namespace understudy::ui
