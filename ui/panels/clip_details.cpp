// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/clip_details.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "media/source/frame_list.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"

namespace understudy::ui {
namespace {

constexpr double kUsualRates[] = {23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60};

QString rateOf(double framesPerSecond) {
    return QString::number(framesPerSecond, 'g', 6);
}

QString row(const QString& name, const QString& value) {
    return QStringLiteral(
               "<tr><td style='color:#b8b8b8;padding:0 16px 6px 0'>%1</td>"
               "<td style='padding-bottom:6px'>%2</td></tr>")
        .arg(name.toHtmlEscaped(), value.toHtmlEscaped());
}

// "12: 1003, 1007–1017; they will be skipped", with the first ranges of many.
QString missingText(const media::ClipRecord& clip) {
    if (clip.missing.empty()) {
        return ClipDetails::tr("none");
    }
    constexpr size_t kMostRanges = 6;
    const auto list = media::FrameList::of(clip.missing);
    QStringList ranges;
    for (const media::FrameRange& range : list.ranges()) {
        if (static_cast<size_t>(ranges.size()) == kMostRanges) {
            ranges << ClipDetails::tr("and %1 more gaps").arg(list.ranges().size() - kMostRanges);
            break;
        }
        ranges << (range.first == range.last
                       ? QString::number(range.first)
                       : QStringLiteral("%1–%2").arg(range.first).arg(range.last));
    }
    return ClipDetails::tr("%1: %2; they will be skipped")
        .arg(countText(static_cast<int64_t>(clip.missing.size())),
             ranges.join(QStringLiteral(", ")));
}

QHBoxLayout* withGuess(QWidget* field, QLabel* guess) {
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(field, 1);
    row->addWidget(guess);
    guess->setText(ClipDetails::tr("(guess)"));
    guess->setToolTip(
        ClipDetails::tr("The file does not say it. Choose it here where you know it better"));
    guess->setVisible(false);
    return row;
}

}  // namespace

ClipDetails::ClipDetails(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    about_ = label({});
    about_->setObjectName("clipDetails");
    about_->setTextFormat(Qt::RichText);
    about_->setWordWrap(true);
    column->addWidget(about_);
    fields_ = new QWidget;
    auto* form = new QFormLayout(fields_);
    form->setContentsMargins(0, 0, 0, 0);
    form->setLabelAlignment(Qt::AlignLeft);
    rateGuess_ = label({}, theme::FontUse::caption, theme::kHint);
    rateGuess_->setObjectName("clipRateGuess");
    encodingGuess_ = label({}, theme::FontUse::caption, theme::kHint);
    encodingGuess_->setObjectName("clipEncodingGuess");
    rate_ = new QComboBox;
    rate_->setObjectName("clipRate");
    rate_->setEditable(true);
    rate_->setInsertPolicy(QComboBox::NoInsert);
    for (const double usual : kUsualRates) {
        rate_->addItem(rateOf(usual));
    }
    rate_->setToolTip(
        tr("Frames a second: of the player, and of movies that are written. Picture "
           "sequences often do not say it"));
    form->addRow(label(tr("Rate"), theme::FontUse::body, theme::kSecond),
                 withGuess(rate_, rateGuess_));
    encoding_ = new QComboBox;
    encoding_->setObjectName("clipEncoding");
    for (const char* name : media::kColorEncodings) {
        encoding_->addItem(encodingText(name), QString::fromLatin1(name));
    }
    encoding_->setToolTip(
        tr("What the values of its pixels mean. Change it where the file says it "
           "wrongly: faces that were cut before are cut anew when they train"));
    form->addRow(label(tr("Encoding"), theme::FontUse::body, theme::kSecond),
                 withGuess(encoding_, encodingGuess_));
    column->addWidget(fields_);
    asFile_ = new QPushButton(tr("As its file says"));
    asFile_->setObjectName("clipAsFile");
    asFile_->setToolTip(tr("Forgets the rate and the encoding that were given here"));
    form->addRow(asFile_);
    connect(rate_, &QComboBox::activated, this, &ClipDetails::chooseRate);
    connect(rate_->lineEdit(), &QLineEdit::editingFinished, this, &ClipDetails::chooseRate);
    connect(encoding_, &QComboBox::activated, this, [this] {
        choose({utf8(encoding_->currentData().toString()), said_.rate});
    });
    connect(asFile_, &QPushButton::clicked, this, [this] { choose({}); });
}

// What is no number is put back.
void ClipDetails::chooseRate() {
    bool is = false;
    const double rate = rate_->currentText().toDouble(&is);
    if (!is || rate < 1 || rate > 1000) {
        rate_->setEditText(rateOf(shownRate_));
    } else if (rate_->currentText() != rateOf(shownRate_)) {
        shownRate_ = rate;  // a field that loses the focus says it once more
        choose({said_.encoding, rate});
    }
}

void ClipDetails::choose(const media::ReadAs& as) {
    if (as != said_) {
        said_ = as;
        Q_EMIT said(as);
    }
}

void ClipDetails::show(const media::ClipRecord* clip, const FaceCounts& faces,
                       const std::optional<media::SourceInfo>& file, bool editable) {
    fields_->setVisible(clip != nullptr);
    if (clip == nullptr) {
        about_->setText(tr("No clip chosen."));
        return;
    }
    const QString timecode = file && file->timecode ? text(*file->timecode) : tr("none");
    about_->setText(
        QStringLiteral("<table>%1</table>")
            .arg(row(tr("Name"), text(clip->name)) + row(tr("Performer"), text(clip->performer)) +
                 row(tr("Size"), tr("%1 × %2").arg(clip->width).arg(clip->height)) +
                 row(tr("Aspect"), QString::number(clip->pixelAspect, 'f', 2)) +
                 row(tr("Frames"), tr("%1, from %2 to %3")
                                       .arg(countText(clip->frames))
                                       .arg(clip->first)
                                       .arg(clip->last)) +
                 row(tr("Missing"), missingText(*clip)) +
                 (file ? row(tr("Timecode"), timecode) : QString()) +
                 row(tr("Faces"), faces.searched == 0 ? tr("not searched yet")
                                                      : tr("%1 found in %2 frames")
                                                            .arg(countText(faces.found),
                                                                 countText(faces.searched)))));
    fields_->setEnabled(editable);
    const QSignalBlocker quiet(encoding_);
    encoding_->setCurrentIndex(encoding_->findData(text(clip->encoding)));
    if (clip->fps != shownRate_ || !rate_->lineEdit()->hasFocus()) {
        rate_->setEditText(rateOf(clip->fps));
    }
    shownRate_ = clip->fps;
    said_ = clip->said;
    rateGuess_->setVisible(file && file->rateGuessed);
    encodingGuess_->setVisible(file && file->encodingGuessed);
    asFile_->setVisible(said_ != media::ReadAs());
}

}  // namespace understudy::ui
