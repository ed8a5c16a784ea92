// SPDX-License-Identifier: GPL-3.0-or-later
// What the player shows of a frame: what the loaders have of it, developed, named, probed; and in
// plain words where it is another frame that is seen.
#include <algorithm>
#include <cmath>

#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/panels/player.h"

namespace understudy::ui {
namespace {

struct Developed {
    QImage a, b, difference;
};

QString valueText(const PixelValue& value) {
    const QString colours = QStringLiteral("%1 %2 %3")
                                .arg(value.red, 0, 'f', 3)
                                .arg(value.green, 0, 'f', 3)
                                .arg(value.blue, 0, 'f', 3);
    return value.alpha ? Player::tr("%1 alpha %2").arg(colours).arg(*value.alpha, 0, 'f', 3)
                       : colours;
}

}  // namespace

void Player::want(int64_t frame) {
    ruler_->setFrame(frame);
    Q_EMIT frameChanged(frame);
    transport_->shown(show());
}

bool Player::compares() const {
    return view_->mode() != CompareMode::off && (still_ || !b_.path.isEmpty());
}

Player::Found Player::found(FrameLoader& loader, const PlayerSource& source, int64_t frame) {
    Found found;
    found.side.name = source.name;
    const auto number = source.frames.inFile(frame);
    if (!number) {
        found.side.words = tr("no frame %1: it was not rendered").arg(frame);
        return found;
    }
    found.error = loader.failure(*number);  // get() may forget it
    found.side.image = loader.get(*number);
    found.deep = loader.deep(*number);
    if (!found.side.image.isNull()) {
        found.error.reset();
    } else if (loader.missing(*number)) {
        found.side.words = tr("no frame %1").arg(frame);
    } else if (found.error) {
        found.side.words =
            transport_->playing() ? tr("%1 cannot be read").arg(frame) : errorText(*found.error);
    } else {
        found.side.words = tr("reading %1…").arg(frame);
        found.side.hatched = false;
        found.reading = true;
    }
    return found;
}

Player::Found Player::foundSecond(int64_t frame) {
    Found found;
    found.side.name = still_ ? still_->name : b_.name;
    if (!compares()) {
        return found;
    }
    if (still_) {
        const bool here = still_->frame == frame;
        found.side.image = here ? still_->image : QImage();
        found.deep = here ? still_->deep : nullptr;
    } else if (secondFailure_) {
        found.side.words = errorText(*secondFailure_);
    } else if (!second_.info()) {
        found.side.words = tr("Opening…");
        found.side.hatched = false;
        found.reading = true;
    } else {
        found = this->found(second_, b_, frame);
        found.side.name = tr("%1   %2").arg(b_.name).arg(frame);
    }
    return found;
}

// What the loaders have of the frame; the rest comes when it is decoded. In the middle of playing
// the pictures before it stay until all of it is there.
bool Player::show() {
    const int64_t frame = transport_->frame();
    if (!loader_.info()) {
        return false;
    }
    Found a = found(loader_, a_, frame);
    Found b = foundSecond(frame);
    const bool reading = a.reading || b.reading;
    if (a.error) {
        Q_EMIT frameFailed(frame, *a.error);
    }
    if (!(reading && transport_->playing() && !shownA_.isNull())) {
        put(frame, std::move(a), std::move(b));
    }
    return !reading;
}

// Decoding that is slower than the clip: better late than never.
bool Player::showLate(int64_t frame) {
    const auto number = a_.frames.inFile(frame);
    const auto other = b_.frames.inFile(frame);
    const bool both = compares() && !still_;
    if (!number || !loader_.has(*number) || (both && (!other || !second_.has(*other)))) {
        return false;
    }
    Found a;
    a.side = {loader_.peek(*number), a_.name};
    a.deep = loader_.deep(*number);
    Found b;
    b.side.name = b_.name;
    if (both) {
        b.side = {second_.peek(*other), tr("%1   %2").arg(b_.name).arg(frame)};
        b.deep = second_.deep(*other);
    }
    put(frame, std::move(a), std::move(b));
    return true;
}

void Player::takeArrival(const PlayerSource& source, int64_t inFile) {
    const auto frame = source.frames.ofPlate(inFile);
    const int64_t now = transport_->frame();
    if (!frame) {
        return;
    }
    if (*frame == now) {
        const bool waited = transport_->playing() && shownFrame_ != now;
        if (show() && waited) {
            transport_->shownLate();
        }
        return;
    }
    const bool passed = transport_->speed() > 0 ? *frame > shownFrame_ && *frame < now
                                                : *frame<shownFrame_&& * frame> now;
    if (transport_->playing() && shownFrame_ != now && passed && showLate(*frame)) {
        transport_->shownLate();
    }
}

// Of a frame that is not there the picture before it stays, and it is said so.
void Player::put(int64_t frame, Found a, Found b) {
    if (flipped_ && compares()) {
        std::swap(a, b);
    }
    held_ = !a.side.words.isEmpty();
    if (held_) {
        a.side.image = shownA_;
        a.deep = deepA_;
        if (shownA_.isNull()) {
            view_->setMessage(a.side.words);
        }
    }
    shownA_ = a.side.image;
    deepA_ = a.deep;
    shownB_ = b.side.image;
    deepB_ = b.deep;
    develop({frame, std::move(a.side), std::move(b.side), deepA_, deepB_, look_->look(),
             view_->mode() == CompareMode::difference && !held_});
}

// Looks that change pixels are made in the background, one at a time; of those that wait only the
// newest counts. What is shown as it is appears at once.
void Player::develop(Wanted wanted) {
    if (!alters(wanted.look, wanted.deepA.get()) && !alters(wanted.look, wanted.deepB.get()) &&
        !wanted.difference) {
        ++generation_;
        next_.reset();
        putOnView(std::move(wanted.a), std::move(wanted.b), {}, wanted.frame);
        return;
    }
    next_ = std::move(wanted);
    if (developing_) {
        return;
    }
    developing_ = true;
    const Wanted job = *std::exchange(next_, std::nullopt);
    runInBackground(
        this,
        [job] {
            Developed made;
            made.a = developed(job.a.image, job.deepA.get(), job.look);
            made.b = developed(job.b.image, job.deepB.get(), job.look);
            if (job.difference) {
                made.difference = differenceOf(made.a, made.b);
            }
            return made;
        },
        [this, job, generation = generation_](const Developed& made) {
            developing_ = false;
            if (generation == generation_) {
                CompareSide a = job.a;
                CompareSide b = job.b;
                a.image = made.a;
                b.image = made.b;
                putOnView(std::move(a), std::move(b), made.difference, job.frame);
            }
            if (next_) {
                develop(*std::exchange(next_, std::nullopt));
            }
        });
}

void Player::putOnView(CompareSide a, CompareSide b, const QImage& difference, int64_t frame) {
    shownFrame_ = frame;
    view_->setSides(std::move(a), std::move(b), difference);
    tellAgain();
    Q_EMIT frameShown(frame);
}

// Of the files that are open, and of a still.
void Player::tellLight() {
    const auto ofLight = [](const FrameLoader& loader) {
        return loader.info() && loader.info()->encoding.sceneLinear();
    };
    look_->setOfLight(ofLight(loader_) || ofLight(second_) ||
                      (still_ && still_->deep && still_->deep->encoding.sceneLinear()));
}

void Player::showFailure(const Error& error) {
    ++generation_;
    next_.reset();
    shownA_ = shownB_ = {};
    view_->setMessage(errorText(error));
    view_->setSides({{}, a_.name}, {{}, b_.name});
}

void Player::showCached() {
    std::set<int64_t> frames;
    for (const int64_t frame : loader_.frames()) {
        if (const auto plate = a_.frames.ofPlate(frame)) {
            frames.insert(*plate);
        }
    }
    ruler_->setCached(frames);
}

void Player::tellValues(const QRect& pixels, const QString& where) {
    const PixelValue a = pixelValue(shownA_, deepA_.get(), pixels);
    QString said = tr("%1   A %2").arg(where, valueText(a));
    if (!shownB_.isNull() && shownB_.size() == shownA_.size()) {
        const PixelValue b = pixelValue(shownB_, deepB_.get(), pixels);
        const float apart = std::max(
            {std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue)});
        said += tr("   B %1   apart %2").arg(valueText(b)).arg(apart, 0, 'f', 3);
    }
    if (pixels.width() == 1 && pixels.height() == 1) {
        const QImage& seen =
            view_->overSecond() && !view_->second().isNull() ? view_->second() : view_->picture();
        const QRgb shown = seen.valid(pixels.topLeft()) ? seen.pixel(pixels.topLeft()) : 0;
        said += tr("   display %1 %2 %3")
                    .arg(qRed(shown), 3)
                    .arg(qGreen(shown), 3)
                    .arg(qBlue(shown), 3);
    }
    probe_->setText(said);
}

void Player::probe(QPointF point) {
    probed_ = point;
    tellAgain();
}

void Player::average(QRect pixels) {
    averaged_ = pixels;
    tellAgain();
}

// Of what is under the pointer now, or in the rectangle: pictures change beneath both.
void Player::tellAgain() {
    const QRect within = averaged_.intersected(shownA_.rect());
    if (held_ || shownA_.isNull()) {
        probe_->clear();
    } else if (!within.isEmpty()) {
        tellValues(within, tr("mean of %1 × %2").arg(within.width()).arg(within.height()));
    } else if (probed_) {
        const QPoint at(static_cast<int>(std::floor(probed_->x())),
                        static_cast<int>(std::floor(probed_->y())));
        if (shownA_.valid(at)) {
            tellValues(QRect(at, QSize(1, 1)), tr("x %1  y %2").arg(at.x(), 4).arg(at.y(), 4));
        } else {
            probe_->clear();
        }
    } else {
        probe_->clear();
    }
}

}  // namespace understudy::ui
