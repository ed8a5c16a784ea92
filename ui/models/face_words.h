// SPDX-License-Identifier: GPL-3.0-or-later
// Faces and their measures in the words of the window.
#pragma once

#include <QString>
#include <QStringList>

#include "media/align/face_coverage.h"
#include "ui/models/faces_model.h"

namespace understudy::ui {

struct MeasureWords {
    QString name;  // "Sharpness"
    QString unit;  // with the space before it, "°" or empty
    int decimals = 2;
    QString meaning;  // for a tool tip
};
MeasureWords wordsOf(FaceMeasure measure);
QString sortName(FaceSort sort);  // "suspects first", "jitter"
QString sortMeaning(FaceSort sort);

// "jumps", "blurred", ...: why a face is a suspect.
QStringList doubtTexts(uint8_t doubts);
QString valueText(const FaceItem& face, FaceMeasure measure);  // "–" where unknown
QString stateText(media::ReviewState state);
QString whoseText(const std::string& performer);  // "face of Ben", "nobody's face" where empty

// "7 selected   84 of 120 faces   83 kept   1 rejected   4 suspect": what is shown of all.
QString countsText(const FacesModel& faces);

// What one performer's faces lack of the other's, worst first, a sentence each; with what to do in
// the last one. "Ben looks to the left of the picture beyond 20° in 214 faces; Anna never does.
// Closest: 14°."
QStringList coverageSentences(const media::Coverage& coverage, const QString& wanted,
                              const QString& there);

// "again:1034" of each selected face, as runs name them, by clip and frame.
QStringList selectedFaceNames(const FacesModel& faces);

}  // namespace understudy::ui
