// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/transport_bar.h"

#include <QHBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/models/timecode.h"
#include "ui/panels/basics.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

TransportBar::TransportBar(QWidget* parent) : QWidget(parent) {
    setFixedHeight(32);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 12, 4);
    row->setSpacing(4);
    const auto add = [this, row](const char* iconName, const QString& tip, const char* name,
                                 auto action) {
        QToolButton* button = iconButton(iconName, tip, name);
        connect(button, &QToolButton::clicked, this, action);
        row->addWidget(button);
        return button;
    };
    add("first", tipWithKey(tr("First frame"), "Home"), "firstFrame", [this] { seek(first_); });
    add("previous", tipWithKey(tr("Back one frame"), tr("Left")), "previousFrame",
        [this] { step(-1); });
    play_ = add("play", tipWithKey(tr("Play"), tr("Space")), "play", [this] { togglePlaying(); });
    add("next", tipWithKey(tr("On one frame"), tr("Right")), "nextFrame", [this] { step(1); });
    add("last", tipWithKey(tr("Last frame"), "End"), "lastFrame", [this] { seek(last_); });
    row->addSpacing(12);
    buildFrame(row);
    row->addSpacing(12);
    add("in", tipWithKey(tr("Play from here"), "I"), "markIn", [this] { setIn(frame_); });
    add("out", tipWithKey(tr("Play up to here"), "O"), "markOut", [this] { setOut(frame_); });
    loop_ = add("loop", tipWithKey(tr("Go round and round"), "P"), "loop", [this] {
        restartClock();
        Q_EMIT orderChanged();
    });
    loop_->setCheckable(true);
    loop_->setChecked(true);
    row->addStretch(1);
    rate_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    rate_->setObjectName("frameRate");
    row->addWidget(rate_);
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &TransportBar::advance);
    connect(this, &TransportBar::partChanged, this, &TransportBar::orderChanged);
}

void TransportBar::buildFrame(QHBoxLayout* row) {
    number_ = new QLineEdit;
    number_->setObjectName("frameNumber");
    number_->setAccessibleName(tr("Frame"));
    number_->setFont(theme::font(theme::FontUse::number));
    number_->setAlignment(Qt::AlignRight);
    number_->setToolTip(tipWithKey(tr("The frame; type another one to go there"), "Ctrl+G"));
    row->addWidget(number_);
    range_ = label({}, theme::FontUse::number, theme::kSecond);
    range_->setObjectName("frameRange");
    row->addWidget(range_);
    other_ = new QToolButton;
    other_->setObjectName("frameTimecode");
    other_->setAutoRaise(true);
    other_->setFocusPolicy(Qt::NoFocus);
    other_->setFont(theme::font(theme::FontUse::number));
    other_->setToolTip(tipWithKey(tr("Count in frames or in timecode"), "Ctrl+T"));
    row->addWidget(other_);
    connect(number_, &QLineEdit::returnPressed, this, &TransportBar::goToTyped);
    connect(number_, &QLineEdit::editingFinished, this, &TransportBar::updateTexts);
    connect(other_, &QToolButton::clicked, this, &TransportBar::toggleTimecode);
}

void TransportBar::goToTyped() {
    const QString typed = number_->text().trimmed();
    bool isNumber = false;
    const int64_t frame = typed.toLongLong(&isNumber);
    const auto counted = timecodeFrames(typed, fps_);
    const auto first = timecodeFrames(firstTimecode_, fps_);
    number_->clearFocus();
    if (isNumber) {
        setPlaying(false);
        seek(frame);
    } else if (counted && first) {
        setPlaying(false);
        seek(first_ + *counted - *first);
    }
    updateTexts();
}

void TransportBar::editFrame() {
    setPlaying(false);
    number_->setFocus();
    number_->selectAll();
}

void TransportBar::setTimecode(const QString& ofFirst) {
    firstTimecode_ = ofFirst;
    updateTexts();
}

void TransportBar::toggleTimecode() {
    inTimecode_ = !inTimecode_;
    updateTexts();
}

QString TransportBar::timecodeOf(int64_t frame) const {
    const auto first = timecodeFrames(firstTimecode_, fps_);
    return first ? timecodeText(*first + frame - first_, fps_, firstTimecode_) : QString();
}

void TransportBar::setRange(int64_t first, int64_t last, double fps) {
    setPlaying(false);
    first_ = first;
    last_ = last;
    fps_ = fps > 0 ? fps : 24;
    frame_ = std::clamp(frame_, first_, std::max(first_, last_));
    skipped_ = 0;
    in_ = first_;
    out_ = last_;
    Q_EMIT partChanged();
    updateTexts();
}

void TransportBar::setIn(int64_t frame) {
    in_ = std::clamp(frame, first_, std::max(first_, last_));
    out_ = out_ < in_ ? last_ : out_;
    restartClock();
    Q_EMIT partChanged();
    Q_EMIT partChosen();
}

void TransportBar::setOut(int64_t frame) {
    out_ = std::clamp(frame, first_, std::max(first_, last_));
    in_ = in_ > out_ ? first_ : in_;
    restartClock();
    Q_EMIT partChanged();
    Q_EMIT partChosen();
}

void TransportBar::clearPart() {
    in_ = first_;
    out_ = last_;
    restartClock();
    Q_EMIT partChanged();
    Q_EMIT partChosen();
}

void TransportBar::setLoops(bool on) {
    loop_->setChecked(on);
    restartClock();
    Q_EMIT orderChanged();
}

void TransportBar::restartClock() {
    startedAt_ = frame_;
    clock_.restart();
}

void TransportBar::shuttle(int direction) {
    if (direction == 0) {
        setPlaying(false);
    } else if (playing() && (speed_ > 0) == (direction > 0)) {
        start(std::clamp(2 * speed_, -8, 8));
    } else {
        start(direction);
    }
}

void TransportBar::start(int speed) {
    if (last_ <= first_) {
        return;
    }
    setPlaying(false);
    speed_ = speed;
    const bool outside = frame_ < in_ || frame_ > out_;
    const int64_t end = speed > 0 ? out_ : in_;
    if (outside || frame_ == end) {
        seek(speed > 0 ? in_ : out_);
    }
    setPlaying(true);
}

void TransportBar::setFrame(int64_t frame) {
    frame_ = frame;
    updateTexts();
}

void TransportBar::setPlaying(bool on) {
    if (on == playing() || (on && last_ <= first_)) {
        return;
    }
    if (on) {
        if (speed_ > 0 && (frame_ >= out_ || frame_ < in_)) {
            seek(in_);
        }
        skipped_ = 0;
        shownAt_.clear();
        restartClock();
        timer_.start(std::max(4, static_cast<int>(500 / fps_)));
    } else {
        timer_.stop();
        speed_ = 1;
    }
    play_->setIcon(icon(on ? "pause" : "play"));
    play_->setToolTip(tipWithKey(on ? tr("Stop") : tr("Play"), tr("Space")));
    updateTexts();
    Q_EMIT orderChanged();
}

void TransportBar::step(int64_t by) {
    setPlaying(false);
    seek(frame_ + by);
}

void TransportBar::seek(int64_t frame) {
    if (last_ < first_) {
        return;
    }
    frame_ = std::clamp(frame, first_, last_);
    startedAt_ = frame_;
    clock_.restart();
    updateTexts();
    Q_EMIT frameWanted(frame_);
}

void TransportBar::advance() {
    const auto played =
        static_cast<int64_t>(static_cast<double>(clock_.elapsed()) * fps_ * speed_ / 1000);
    const int64_t length = out_ - in_ + 1;
    int64_t next = startedAt_ + played;
    const bool ended = speed_ > 0 ? next > out_ : next < in_;
    if (ended && !loops()) {
        next = speed_ > 0 ? out_ : in_;
    } else if (next < in_ || next > out_) {
        next = in_ + ((next - in_) % length + length) % length;
    }
    const int64_t jump = std::abs(next - frame_);
    if (jump > std::abs(speed_) && jump < length / 2) {
        skipped_ += jump - std::abs(speed_);
    }
    if (next != frame_) {
        frame_ = next;
        Q_EMIT frameWanted(frame_);
        updateTexts();
    }
    if (ended && !loops()) {
        setPlaying(false);
    }
}

void TransportBar::shown(bool ready) {
    if (!playing()) {
        return;
    }
    if (ready) {
        shownAt_.push_back(clock_.elapsed());
        while (shownAt_.size() > 24) {
            shownAt_.pop_front();
        }
    } else {
        ++skipped_;
    }
}

void TransportBar::shownLate() {
    skipped_ -= skipped_ > 0;
    shown(true);
}

void TransportBar::updateTexts() {
    const bool any = last_ >= first_;
    const QString number = QString::number(frame_);
    const QString timecode = any ? timecodeOf(frame_) : QString();
    const bool swapped = inTimecode_ && !timecode.isEmpty();
    number_->setEnabled(any);
    if (!number_->hasFocus()) {
        number_->setText(!any ? QString() : swapped ? timecode : number);
    }
    const QString widest =
        swapped ? QStringLiteral("00:00:00:00") : QString::number(std::max<int64_t>(9999, last_));
    number_->setFixedWidth(number_->fontMetrics().horizontalAdvance(widest) + 18);
    range_->setText(!any      ? QString()
                    : swapped ? tr("to %1").arg(timecodeOf(last_))
                              : tr("of %1–%2").arg(first_).arg(last_));
    other_->setText(swapped ? number : timecode);
    other_->setVisible(!timecode.isEmpty());
    if (!any) {
        rate_->clear();
        return;
    }
    const QString wanted =
        QString::number(fps_, 'f', std::abs(fps_ - std::round(fps_)) < 0.005 ? 0 : 3);
    if (playing() && shownAt_.size() > 4) {
        const double measured =
            static_cast<double>(shownAt_.size() - 1) * 1000 /
            static_cast<double>(std::max<qint64>(1, shownAt_.back() - shownAt_.front()));
        rate_->setText(
            (speed_ == 1 ? QString() : tr("%1x  ").arg(speed_)) +
            tr("%1/%2 fps, %3 skipped").arg(measured, 0, 'f', 1).arg(wanted, countText(skipped_)));
    } else {
        rate_->setText(tr("%1 fps").arg(wanted));
    }
}

}  // namespace understudy::ui
