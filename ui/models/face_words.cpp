// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/face_words.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Faces", text);
}

QString degrees(float value) {
    return QStringLiteral("%1°").arg(std::lround(value));
}

QString hundredths(float value) {
    return QString::number(static_cast<double>(value), 'f', 2);
}

// "Anna never does", "Anna does in only 2"; of light, which somebody is and does not do.
QString others(const QString& who, int64_t count) {
    return count == 0 ? tr("%1 never does").arg(who)
                      : tr("%1 does in only %2").arg(who, countText(count));
}
QString othersAre(const QString& who, int64_t count) {
    return count == 0 ? tr("%1 never is").arg(who)
                      : tr("%1 is in only %2").arg(who, countText(count));
}

QString sentence(const media::CoverageGap& gap, const QString& wanted, const QString& there) {
    const QString count = countText(gap.count);
    const QString never = others(there, gap.others);
    const auto turn = [&](const QString& form) {
        return form.arg(wanted, degrees(gap.threshold), count, never, degrees(gap.closest));
    };
    switch (gap.measure) {
        case media::CoverageMeasure::lookLeft:
            return turn(
                tr("%1 looks left (in the picture) beyond %2 in %3 faces; %4. Closest: "
                   "%5."));
        case media::CoverageMeasure::lookRight:
            return turn(
                tr("%1 looks right (in the picture) beyond %2 in %3 faces; %4. Closest: "
                   "%5."));
        case media::CoverageMeasure::lookUp:
            return turn(tr("%1 looks up beyond %2 in %3 faces; %4. Closest: %5."));
        case media::CoverageMeasure::lookDown:
            return turn(tr("%1 looks down beyond %2 in %3 faces; %4. Closest: %5."));
        case media::CoverageMeasure::mouthOpen:
            return tr("%1 opens the mouth wider than %2 in %3 faces; %4. Closest: %5.")
                .arg(wanted, hundredths(gap.threshold), count, never, hundredths(gap.closest));
        case media::CoverageMeasure::darker:
            return tr("%1 is darker than %2 in %3 faces; %4. Darkest: %5.")
                .arg(wanted, hundredths(gap.threshold), count, othersAre(there, gap.others),
                     hundredths(gap.closest));
        case media::CoverageMeasure::brighter:
            return tr("%1 is brighter than %2 in %3 faces; %4. Brightest: %5.")
                .arg(wanted, hundredths(gap.threshold), count, othersAre(there, gap.others),
                     hundredths(gap.closest));
    }
    return {};
}

QString sideText(float least, float most, const QString& below, const QString& above) {
    if (least >= 0) {
        return tr("%1 %2 to %3").arg(above, degrees(least), degrees(most));
    }
    return tr("%1 %2 to %3").arg(below, degrees(-most), degrees(-least));
}

}  // namespace

MeasureWords wordsOf(FaceMeasure measure) {
    switch (measure) {
        case FaceMeasure::confidence:
            return {tr("Confidence"), {}, 2, tr("How sure the search is that this is the face.")};
        case FaceMeasure::jitter:
            return {tr("Jitter"), tr(" px"), 1,
                    tr("How far the landmarks lie from where their neighbours say; a swap shakes "
                       "there.")};
        case FaceMeasure::sharpness:
            return {tr("Sharpness"),
                    {},
                    2,
                    tr("Share of fine detail: 0 is a blur, 0.3 is in focus. Size and light do not "
                       "change it.")};
        case FaceMeasure::yaw:
            return {tr("Yaw"), QStringLiteral("°"), 0,
                    tr("Turn of the head to the side; positive looks right in the picture.")};
        case FaceMeasure::pitch:
            return {tr("Pitch"), QStringLiteral("°"), 0, tr("Nod of the head; positive looks up.")};
        case FaceMeasure::roll:
            return {tr("Roll"), QStringLiteral("°"), 0, tr("Tilt of the head, clockwise.")};
        case FaceMeasure::size:
            return {tr("Size"), tr(" px"), 0,
                    tr("Side of the face in the plate. Smaller than the network's resolution "
                       "holds less detail than it could learn.")};
        case FaceMeasure::brightness:
            return {tr("Brightness"), {}, 2, tr("Mean of the face as displayed, 0 to 1.")};
        case FaceMeasure::occlusion:
            return {tr("Covered"),
                    {},
                    2,
                    tr("Share of the face that something is in front of: a hand, a microphone.")};
        case FaceMeasure::outlier:
            return {
                tr("Outlier"), {}, 1, tr("How unlike the rest of its clip; above 3 it is odd.")};
        case FaceMeasure::mouth:
            return {tr("Mouth"),
                    {},
                    2,
                    tr("How far the mouth is open: 0 closed, 0.1 in speech, 0.3 wide.")};
        case FaceMeasure::frame:
            return {tr("Frame"), {}, 0, tr("The plate's own frame number: a stretch of time.")};
        case FaceMeasure::likeness:
            return {tr("Likeness"), tr(" %"), 0,
                    tr("To the face that was chosen: by the look, the turn of the head and the "
                       "mouth; 100 cannot be told apart.")};
    }
    return {};
}

QString sortName(FaceSort sort) {
    switch (sort) {
        case FaceSort::suspects:
            return tr("suspects first");
        case FaceSort::time:
            return tr("time");
        case FaceSort::likeness:
            return tr("likeness to this face");
        case FaceSort::confidence:
            return tr("confidence");
        case FaceSort::jitter:
            return tr("jitter");
        case FaceSort::sharpness:
            return tr("sharpness");
        case FaceSort::yaw:
            return tr("yaw");
        case FaceSort::pitch:
            return tr("pitch");
        case FaceSort::size:
            return tr("size");
        case FaceSort::brightness:
            return tr("brightness");
        case FaceSort::occlusion:
            return tr("covered");
        case FaceSort::outlier:
            return tr("outlier");
        case FaceSort::mouth:
            return tr("mouth open");
    }
    return {};
}

QString sortMeaning(FaceSort sort) {
    return sort == FaceSort::likeness
               ? tr("The most alike first: by the look (perceptual hash), the turn of the head and "
                    "the mouth.")
           : sort == FaceSort::suspects
               ? tr("What is worth a look first, the least sure at the top; the rest by time.")
               : QString();
}

QStringList doubtTexts(uint8_t doubts) {
    QStringList texts;
    if (doubts & doubtConfidence) {
        texts << tr("low confidence");
    }
    if (doubts & doubtJump) {
        texts << tr("jumps");
    }
    if (doubts & doubtBlur) {
        texts << tr("blurred");
    }
    if (doubts & doubtCovered) {
        texts << tr("covered");
    }
    if (doubts & doubtOdd) {
        texts << tr("unlike the others");
    }
    return texts;
}

QString valueText(const FaceItem& face, FaceMeasure measure) {
    const float value = valueOf(face, measure);
    const MeasureWords words = wordsOf(measure);
    return std::isnan(value)
               ? QStringLiteral("–")
               : QString::number(static_cast<double>(value), 'f', words.decimals) + words.unit;
}

QString whoseText(const std::string& performer) {
    return performer.empty() ? tr("nobody's face") : tr("face of %1").arg(text(performer));
}

QString countsText(const FacesModel& faces) {
    const FaceCounts& counts = faces.counts();
    QString line = faces.rows() != faces.total()
                       ? tr("%1 of %2 faces").arg(countText(faces.rows()), countText(faces.total()))
                       : tr("%1 faces").arg(countText(faces.total()));
    line +=
        tr("   %1 kept   %2 rejected   %3 suspect")
            .arg(countText(counts.kept), countText(counts.rejected), countText(faces.suspects()));
    if (counts.nobodys > 0) {
        line += tr("   %1 nobody's").arg(countText(counts.nobodys));
    }
    return faces.selectedCount() > 1
               ? tr("%1 selected   ").arg(countText(static_cast<int64_t>(faces.selectedCount()))) +
                     line
               : line;
}

QString stateText(media::ReviewState state) {
    return state == media::ReviewState::keep     ? tr("kept")
           : state == media::ReviewState::reject ? tr("rejected")
                                                 : tr("undecided");
}

QStringList coverageSentences(const media::Coverage& coverage, const QString& wanted,
                              const QString& there) {
    QStringList sentences;
    for (const media::CoverageGap& gap : coverage.gaps) {
        sentences << sentence(gap, wanted, there);
    }
    if (coverage.hole) {
        const media::CoverageHole& hole = *coverage.hole;
        sentences << tr("%1 looks %2 and %3 at once in %4 faces; %5.")
                         .arg(wanted,
                              sideText(hole.leastYaw, hole.mostYaw, tr("left"), tr("right")),
                              sideText(hole.leastPitch, hole.mostPitch, tr("down"), tr("up")),
                              countText(hole.count), others(there, hole.others));
    }
    if (coverage.softer) {
        sentences << tr("%1's faces are softer: sharpness %2 in the middle, %3's %4.")
                         .arg(there, hundredths(coverage.softer->there), wanted,
                              hundredths(coverage.softer->wanted));
    }
    if (coverage.smaller) {
        sentences << tr("%1's faces are smaller: %2 px in the middle, %3's %4 px.")
                         .arg(there, countText(std::lround(coverage.smaller->there)), wanted,
                              countText(std::lround(coverage.smaller->wanted)));
    }
    return sentences;
}

QStringList selectedFaceNames(const FacesModel& faces) {
    QStringList names;
    for (const FaceKey& key : faces.selection()) {
        names << QStringLiteral("%1:%2").arg(faces.clipName(key.clip)).arg(key.frame);
    }
    return names;
}

}  // namespace understudy::ui
