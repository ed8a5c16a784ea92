// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/face_words.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

struct FaceText {
    Q_DECLARE_TR_FUNCTIONS(FaceText)
};

QString degrees(float value) {
    return QStringLiteral("%1°").arg(std::lround(value));
}

QString hundredths(float value) {
    return QString::number(static_cast<double>(value), 'f', 2);
}

// "Anna never does", "Anna does in only 2"; of light, which somebody is and does not do.
QString others(const QString& who, int64_t count) {
    return count == 0 ? FaceText::tr("%1 never does").arg(who)
                      : FaceText::tr("%1 does in only %2").arg(who, countText(count));
}
QString othersAre(const QString& who, int64_t count) {
    return count == 0 ? FaceText::tr("%1 never is").arg(who)
                      : FaceText::tr("%1 is in only %2").arg(who, countText(count));
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
                FaceText::tr("%1 looks left (in the picture) beyond %2 in %3 faces; %4. Closest: "
                             "%5."));
        case media::CoverageMeasure::lookRight:
            return turn(
                FaceText::tr("%1 looks right (in the picture) beyond %2 in %3 faces; %4. Closest: "
                             "%5."));
        case media::CoverageMeasure::lookUp:
            return turn(FaceText::tr("%1 looks up beyond %2 in %3 faces; %4. Closest: %5."));
        case media::CoverageMeasure::lookDown:
            return turn(FaceText::tr("%1 looks down beyond %2 in %3 faces; %4. Closest: %5."));
        case media::CoverageMeasure::mouthOpen:
            return FaceText::tr("%1 opens the mouth wider than %2 in %3 faces; %4. Closest: %5.")
                .arg(wanted, hundredths(gap.threshold), count, never, hundredths(gap.closest));
        case media::CoverageMeasure::darker:
            return FaceText::tr("%1 is darker than %2 in %3 faces; %4. Darkest: %5.")
                .arg(wanted, hundredths(gap.threshold), count, othersAre(there, gap.others),
                     hundredths(gap.closest));
        case media::CoverageMeasure::brighter:
            return FaceText::tr("%1 is brighter than %2 in %3 faces; %4. Brightest: %5.")
                .arg(wanted, hundredths(gap.threshold), count, othersAre(there, gap.others),
                     hundredths(gap.closest));
    }
    return {};
}

QString sideText(float least, float most, const QString& below, const QString& above) {
    if (least >= 0) {
        return FaceText::tr("%1 %2 to %3").arg(above, degrees(least), degrees(most));
    }
    return FaceText::tr("%1 %2 to %3").arg(below, degrees(-most), degrees(-least));
}

}  // namespace

MeasureWords wordsOf(FaceMeasure measure) {
    switch (measure) {
        case FaceMeasure::confidence:
            return {FaceText::tr("Confidence"),
                    {},
                    2,
                    FaceText::tr("How sure the search is that this is the face.")};
        case FaceMeasure::jitter:
            return {FaceText::tr("Jitter"), FaceText::tr(" px"), 1,
                    FaceText::tr(
                        "How far the landmarks lie from where their neighbours say; a swap shakes "
                        "there.")};
        case FaceMeasure::sharpness:
            return {FaceText::tr("Sharpness"),
                    {},
                    2,
                    FaceText::tr(
                        "Share of fine detail: 0 is a blur, 0.3 is in focus. Size and light do not "
                        "change it.")};
        case FaceMeasure::yaw:
            return {
                FaceText::tr("Yaw"), QStringLiteral("°"), 0,
                FaceText::tr("Turn of the head to the side; positive looks right in the picture.")};
        case FaceMeasure::pitch:
            return {FaceText::tr("Pitch"), QStringLiteral("°"), 0,
                    FaceText::tr("Nod of the head; positive looks up.")};
        case FaceMeasure::roll:
            return {FaceText::tr("Roll"), QStringLiteral("°"), 0,
                    FaceText::tr("Tilt of the head, clockwise.")};
        case FaceMeasure::size:
            return {
                FaceText::tr("Size"), FaceText::tr(" px"), 0,
                FaceText::tr("Side of the face in the plate. Smaller than the network's resolution "
                             "holds less detail than it could learn.")};
        case FaceMeasure::brightness:
            return {FaceText::tr("Brightness"),
                    {},
                    2,
                    FaceText::tr("Mean of the face as displayed, 0 to 1.")};
        case FaceMeasure::occlusion:
            return {FaceText::tr("Covered"),
                    {},
                    2,
                    FaceText::tr(
                        "Share of the face that something is in front of: a hand, a microphone.")};
        case FaceMeasure::outlier:
            return {FaceText::tr("Outlier"),
                    {},
                    1,
                    FaceText::tr("How unlike the rest of its clip; above 3 it is odd.")};
        case FaceMeasure::mouth:
            return {FaceText::tr("Mouth"),
                    {},
                    2,
                    FaceText::tr("How far the mouth is open: 0 closed, 0.1 in speech, 0.3 wide.")};
        case FaceMeasure::frame:
            return {FaceText::tr("Frame"),
                    {},
                    0,
                    FaceText::tr("The plate's own frame number: a stretch of time.")};
        case FaceMeasure::likeness:
            return {FaceText::tr("Likeness"), FaceText::tr(" %"), 0,
                    FaceText::tr(
                        "To the face that was chosen: by the look, the turn of the head and the "
                        "mouth; 100 cannot be told apart.")};
    }
    return {};
}

QString sortName(FaceSort sort) {
    switch (sort) {
        case FaceSort::suspects:
            return FaceText::tr("suspects first");
        case FaceSort::time:
            return FaceText::tr("time");
        case FaceSort::likeness:
            return FaceText::tr("likeness to this face");
        case FaceSort::confidence:
            return FaceText::tr("confidence");
        case FaceSort::jitter:
            return FaceText::tr("jitter");
        case FaceSort::sharpness:
            return FaceText::tr("sharpness");
        case FaceSort::yaw:
            return FaceText::tr("yaw");
        case FaceSort::pitch:
            return FaceText::tr("pitch");
        case FaceSort::size:
            return FaceText::tr("size");
        case FaceSort::brightness:
            return FaceText::tr("brightness");
        case FaceSort::occlusion:
            return FaceText::tr("covered");
        case FaceSort::outlier:
            return FaceText::tr("outlier");
        case FaceSort::mouth:
            return FaceText::tr("mouth open");
    }
    return {};
}

QString sortMeaning(FaceSort sort) {
    return sort == FaceSort::likeness ? FaceText::tr(
                                            "The most alike first: by the look (perceptual hash), "
                                            "the turn of the head and "
                                            "the mouth.")
           : sort == FaceSort::suspects
               ? FaceText::tr(
                     "What is worth a look first, the least sure at the top; the rest by time.")
               : QString();
}

QStringList doubtTexts(uint8_t doubts) {
    QStringList texts;
    if (doubts & doubtConfidence) {
        texts << FaceText::tr("low confidence");
    }
    if (doubts & doubtJump) {
        texts << FaceText::tr("jumps");
    }
    if (doubts & doubtBlur) {
        texts << FaceText::tr("blurred");
    }
    if (doubts & doubtCovered) {
        texts << FaceText::tr("covered");
    }
    if (doubts & doubtOdd) {
        texts << FaceText::tr("unlike the others");
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
    return performer.empty() ? FaceText::tr("nobody's face")
                             : FaceText::tr("face of %1").arg(text(performer));
}

QString countsText(const FacesModel& faces) {
    const FaceCounts& counts = faces.counts();
    QString line =
        faces.rows() != faces.total()
            ? FaceText::tr("%1 of %2 faces").arg(countText(faces.rows()), countText(faces.total()))
            : FaceText::tr("%1 faces").arg(countText(faces.total()));
    line +=
        FaceText::tr("   %1 kept   %2 rejected   %3 suspect")
            .arg(countText(counts.kept), countText(counts.rejected), countText(faces.suspects()));
    if (counts.nobodys > 0) {
        line += FaceText::tr("   %1 nobody's").arg(countText(counts.nobodys));
    }
    return faces.selectedCount() > 1
               ? FaceText::tr("%1 selected   ")
                         .arg(countText(static_cast<int64_t>(faces.selectedCount()))) +
                     line
               : line;
}

QString stateText(media::ReviewState state) {
    return state == media::ReviewState::keep     ? FaceText::tr("kept")
           : state == media::ReviewState::reject ? FaceText::tr("rejected")
                                                 : FaceText::tr("undecided");
}

QStringList coverageSentences(const media::Coverage& coverage, const QString& wanted,
                              const QString& there) {
    QStringList sentences;
    for (const media::CoverageGap& gap : coverage.gaps) {
        sentences << sentence(gap, wanted, there);
    }
    if (coverage.hole) {
        const media::CoverageHole& hole = *coverage.hole;
        sentences << FaceText::tr("%1 looks %2 and %3 at once in %4 faces; %5.")
                         .arg(wanted,
                              sideText(hole.leastYaw, hole.mostYaw, FaceText::tr("left"),
                                       FaceText::tr("right")),
                              sideText(hole.leastPitch, hole.mostPitch, FaceText::tr("down"),
                                       FaceText::tr("up")),
                              countText(hole.count), others(there, hole.others));
    }
    if (coverage.softer) {
        sentences << FaceText::tr("%1's faces are softer: sharpness %2 in the middle, %3's %4.")
                         .arg(there, hundredths(coverage.softer->there), wanted,
                              hundredths(coverage.softer->wanted));
    }
    if (coverage.smaller) {
        sentences << FaceText::tr("%1's faces are smaller: %2 px in the middle, %3's %4 px.")
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
