// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/swap_form.h"

#include <QHBoxLayout>
#include <algorithm>

#include "ui/models/consent_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/choices.h"

namespace understudy::ui {
namespace {

QVBoxLayout* columnOf(QWidget* widget) {
    return static_cast<QVBoxLayout*>(widget->layout());
}

QDoubleSpinBox* widthBox(const char* name, double value) {
    auto* box = new QDoubleSpinBox;
    box->setObjectName(name);
    box->setRange(0, 0.5);
    box->setSingleStep(0.01);
    box->setDecimals(2);
    box->setValue(value);
    box->setFixedWidth(96);
    box->setFont(theme::font(theme::FontUse::number));
    return box;
}

}  // namespace

SwapForm::SwapForm(SwapsModel* swaps, QWidget* parent) : QWidget(parent), swaps_(swaps) {
    setObjectName("swapForm");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    run_ = addChoice(tr("Run"), "swapRun", tr("Its newest checkpoint is used."));
    clip_ = addChoice(tr("Plate"), "swapClip");
    column->addWidget(label(tr("Frames"), theme::FontUse::body, theme::kSecond));
    frames_ = new QLineEdit;
    frames_->setObjectName("swapFrames");
    frames_->setPlaceholderText(tr("all, or such as 1001-1050"));
    column->addWidget(frames_);
    column->addSpacing(8);
    format_ = addChoice(tr("Write"), "swapFormat");
    format_->addItem(tr("Movie, H.264"), QStringLiteral(".mp4"));
    format_->addItem(tr("EXR sequence, linear half float"), QStringLiteral(".####.exr"));
    format_->addItem(tr("PNG sequence"), QStringLiteral(".####.png"));
    color_ = addChoice(tr("Colour"), "swapColor");
    color_->addItem(tr("Match the plate's tones"), QStringLiteral("linear"));
    color_->addItem(tr("Match the plate's mean only"), QStringLiteral("mean"));
    color_->addItem(tr("As the network draws it"), QStringLiteral("none"));
    mask_ = addChoice(tr("Mask"), "swapMask");
    mask_->addItem(tr("As far as the new face reaches"), QStringLiteral("learned"));
    mask_->addItem(tr("Outline of the landmarks"), QStringLiteral("hull"));
    mask_->addItem(tr("Learned, within the outline"), QStringLiteral("learned*hull"));
    const SwapSettings usual;
    const auto addWidth = [&](const QString& title, const QString& help, QDoubleSpinBox* box) {
        auto* row = new QHBoxLayout;
        QLabel* words = label(title, theme::FontUse::body, theme::kSecond);
        words->setToolTip(help);
        box->setToolTip(help);
        row->addWidget(words, 1);
        row->addWidget(box);
        column->addLayout(row);
        connect(box, &QDoubleSpinBox::valueChanged, this, &SwapForm::changed);
        return box;
    };
    column->addSpacing(4);
    erode_ = addWidth(tr("Edge stays plate"),
                      tr("Band inside the outline that stays plate, in face widths"),
                      widthBox("swapErode", usual.erode));
    blur_ = addWidth(tr("Soft edge"), tr("Width of the soft edge, in face widths"),
                     widthBox("swapBlur", usual.blur));
    column->addSpacing(8);
    column->addWidget(label(tr("To"), theme::FontUse::body, theme::kSecond));
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    out_ = new QLineEdit;
    out_->setObjectName("swapOut");
    row->addWidget(out_, 1);
    auto* browse = iconButton("folder", tr("Choose where it goes…"), "swapBrowse");
    row->addWidget(browse);
    column->addLayout(row);
    consent_ = label({}, theme::FontUse::body, theme::kWarning);
    consent_->setObjectName("swapConsent");
    consent_->setWordWrap(true);
    column->addWidget(consent_);
    column->addStretch(1);
    connect(browse, &QToolButton::clicked, this, [this] { Q_EMIT browseRequested(out_->text()); });
    connect(out_, &QLineEdit::textEdited, this, [this] {
        ownName_ = true;
        Q_EMIT changed();
    });
    connect(out_, &QLineEdit::textChanged, out_,
            [this](const QString& file) { out_->setToolTip(file); });
    connect(frames_, &QLineEdit::textEdited, this, &SwapForm::changed);
    connect(run_, &QComboBox::activated, this, [this] {
        fillClips();
        proposeName();
    });
    for (QComboBox* combo : {clip_, format_}) {
        connect(combo, &QComboBox::activated, this, [this] {
            ownName_ = false;
            proposeName();
        });
    }
    for (QComboBox* combo : {color_, mask_}) {
        connect(combo, &QComboBox::activated, this, &SwapForm::changed);
    }
}

QComboBox* SwapForm::addChoice(const QString& title, const char* name, const QString& help) {
    QLabel* words = label(title, theme::FontUse::body, theme::kSecond);
    words->setToolTip(help);
    columnOf(this)->addWidget(words);
    auto* combo = new QComboBox;
    combo->setObjectName(name);
    combo->setToolTip(help);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    columnOf(this)->addWidget(combo);
    columnOf(this)->addSpacing(4);
    return combo;
}

void SwapForm::setProject(const ProjectSnapshot& snapshot) {
    snapshot_ = snapshot;
    std::vector<Choice> runs;
    for (auto it = snapshot.runs.rbegin(); it != snapshot.runs.rend(); ++it) {
        runs.push_back(
            {tr("%1   %2 on %3").arg(text(it->name), text(it->source), text(it->destination)),
             text(it->name)});
    }
    setChoices(run_, runs);
    run_->setCurrentIndex(std::max(run_->count() > 0 ? 0 : -1, run_->currentIndex()));
    fillClips();
    proposeName();
}

// The destination's clips first: they are the plates of this run.
void SwapForm::fillClips() {
    std::string destination = snapshot_.destination;
    for (const auto& record : snapshot_.runs) {
        if (text(record.name) == run()) {
            destination = record.destination;
        }
    }
    std::vector<Choice> clips;
    for (const bool first : {true, false}) {
        for (const auto& record : snapshot_.clips) {
            if ((record.performer == destination) == first) {
                clips.push_back({tr("%1   %2").arg(text(record.name), text(record.performer)),
                                 text(record.name)});
            }
        }
    }
    setChoices(clip_, clips);
    clip_->setCurrentIndex(std::max(clip_->count() > 0 ? 0 : -1, clip_->currentIndex()));
}

void SwapForm::chooseRun(const QString& run) {
    if (const int index = run_->findData(run); index >= 0) {
        run_->setCurrentIndex(index);
        fillClips();
        proposeName();
    }
}

void SwapForm::chooseClip(const QString& clip) {
    if (const int index = clip_->findData(clip); index >= 0) {
        clip_->setCurrentIndex(index);
        proposeName();
    }
}

void SwapForm::proposeName() {
    if (!ownName_) {
        out_->setText(run().isEmpty() || clip().isEmpty()
                          ? QString()
                          : swaps_->proposal(run(), clip(), format_->currentData().toString()));
        out_->setCursorPosition(static_cast<int>(out_->text().size()));
    }
    updateConsent();
    Q_EMIT changed();
}

// Of whose face it is, and of whom it is put on.
void SwapForm::updateConsent() {
    std::vector<std::string> performers;
    for (const auto& record : snapshot_.runs) {
        if (text(record.name) == run()) {
            performers.push_back(record.source);
        }
    }
    for (const auto& record : snapshot_.clips) {
        if (text(record.name) == clip()) {
            performers.push_back(record.performer);
        }
    }
    const QString missing = missingConsent(snapshot_.consents, performers, media::today());
    consent_->setText(missing.isEmpty() ? QString() : tr("%1 Record it in Ingest.").arg(missing));
    consent_->setVisible(!missing.isEmpty());
}

void SwapForm::setOut(const QString& file) {
    ownName_ = true;
    out_->setText(file);
    Q_EMIT changed();
}

SwapSettings SwapForm::settings() const {
    SwapSettings settings;
    settings.run = utf8(run());
    settings.clip = utf8(clip());
    settings.out = out_->text().trimmed();
    settings.color = utf8(color_->currentData().toString());
    settings.mask = utf8(mask_->currentData().toString());
    settings.erode = erode_->value();
    settings.blur = blur_->value();
    settings.frames = utf8(frames_->text().trimmed());
    return settings;
}

}  // namespace understudy::ui
