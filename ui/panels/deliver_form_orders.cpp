// SPDX-License-Identifier: GPL-3.0-or-later
// What follows from what was chosen: orders, their names, what is said of them.
#include <QDir>
#include <QFileInfo>

#include "media/source/frame_list.h"
#include "ui/models/formatting.h"
#include "ui/panels/deliver_form.h"

namespace understudy::ui {

std::optional<RenderOrder> DeliverForm::orderOf(const media::ClipRecord& clip,
                                                const Row& row) const {
    RenderOrder order;
    order.clip = clip;
    order.look = row.look;
    order.frames = utf8(row.frames);
    order.handles = studio_.names.handles();
    order.run = row.run;
    order.quality = chosen_.quality;
    if (const auto* version = row.version != 0 ? studio_.versions.find(row.version) : nullptr) {
        order.version = *version;
        order.run = version->run;
        return order;
    }
    order.rejected = row.rejected;
    order.model = {row.checkpoint, row.face};
    if (row.checkpoint == kBestCheckpoint) {
        const auto best = studio_.shelf.of(row.run).best;
        if (!best) {
            return std::nullopt;
        }
        order.model.step = *best;
    }
    return order.run.empty() ? std::nullopt : std::optional(order);
}

std::optional<RenderOrder> DeliverForm::shownOrder() const {
    const media::ClipRecord* record = clipRecord(clip());
    const auto row = chosen_.rows.find(clip());
    return record == nullptr || row == chosen_.rows.end() ? std::nullopt
                                                          : orderOf(*record, row->second);
}

QString DeliverForm::wordsOf(const media::ClipRecord& clip, const Row& row) const {
    const auto order = orderOf(clip, row);
    const QString what = !order                ? tr("nothing to make it with")
                         : order->isDelivery() ? text(media::versionName(order->version->number))
                                               : tr("new, %1").arg(text(order->run));
    const QString chosen = order ? text(order->frameList()) : row.frames;
    const QString frames = chosen.isEmpty() ? tr("%1-%2").arg(clip.first).arg(clip.last) : chosen;
    return QStringLiteral("%1   %2   %3").arg(text(clip.name), what, frames);
}

std::optional<Error> DeliverForm::noBest(const Row& row) const {
    const bool wanted = row.version == 0 && row.checkpoint == kBestCheckpoint;
    if (!wanted || !studio_.shelf.of(row.run).known || studio_.shelf.of(row.run).best) {
        return std::nullopt;
    }
    return Error{ErrorCode::usage, utf8(tr("%1 has no best checkpoint").arg(text(row.run))), "",
                 utf8(tr("Choose another one; one is the best once it has been validated"))};
}

// The clips' words, the orders, their names.
void DeliverForm::settle() {
    filling_ = true;
    qualityRow_->setVisible(format().movie);
    orders_.clear();
    problem_.reset();
    for (int i = 0; i < clips_->count(); ++i) {
        QListWidgetItem* item = clips_->item(i);
        const QString name = item->data(kClipRole).toString();
        const media::ClipRecord* record = clipRecord(name);
        if (record == nullptr) {
            continue;
        }
        const Row& row = chosen_.rows[name];
        item->setText(wordsOf(*record, row));
        item->setCheckState(row.ticked ? Qt::Checked : Qt::Unchecked);
        const auto order = row.ticked ? orderOf(*record, row) : std::nullopt;
        if (!order) {
            problem_ = row.ticked && noBest(row) ? noBest(row) : problem_;
            continue;
        }
        if (const auto list = media::FrameList::parse(order->frames);
            !order->frames.empty() && !list.ok()) {
            problem_ = list.error();
        } else if (order->plateFrames().empty()) {
            problem_ = Error{
                ErrorCode::usage, utf8(tr("%1 has none of these frames").arg(name)), order->frames,
                utf8(tr("Its frames are %1 to %2").arg(record->first).arg(record->last))};
        }
        orders_.push_back(*order);
    }
    filling_ = false;
    showNames();
    showDifference();
    Q_EMIT changed();
}

void DeliverForm::showNames() {
    auto shown = shownOrder();
    const auto kind =
        shown && shown->isDelivery() ? DeliveryNames::Kind::delivery : DeliveryNames::Kind::version;
    name_->setName(studio_.names.nameText(kind));
    name_->setFolder(studio_.session.isOpen() ? studio_.names.folder() : QString());
    showFrames(shown);
    if (const Status named = studio_.names.name(orders_, format(), matte_->isChecked());
        !named.ok() && !problem_) {
        problem_ = named.error();
    }
    std::vector<RenderOrder> alone;
    if (shown) {
        alone.push_back(*shown);
        const Status named = studio_.names.name(alone, format(), false);
        problem_ = !named.ok() && !problem_ ? std::optional(named.error()) : problem_;
    }
    for (const RenderOrder& order : orders_) {
        const NameStanding standing = studio_.names.standing(order);
        if (!problem_ && !standing.ofVersion.isEmpty()) {
            problem_ = Error{ErrorCode::usage,
                             utf8(tr("these are the pictures of %1").arg(standing.ofVersion)),
                             utf8(QFileInfo(order.out).fileName()),
                             utf8(tr("Choose another name; a version never changes"))};
        }
    }
    const auto below = [this](const QString& file) {
        return QDir(studio_.names.folder()).relativeFilePath(file);
    };
    const auto frames = shown ? shown->plateFrames() : std::vector<int64_t>();
    const bool movie = format().movie;
    if (alone.empty() || alone.front().out.isEmpty() || frames.empty()) {
        name_->setResult({}, {}, problem_ ? errorText(*problem_) : QString());
        return;
    }
    const QString& out = alone.front().out;
    name_->setResult(below(fileOf(out, frames.front())),
                     movie || frames.size() == 1 ? QString() : below(fileOf(out, frames.back())),
                     problem_ ? errorText(*problem_) : QString());
}

void DeliverForm::showFrames(const std::optional<RenderOrder>& shown) {
    frames_->setUsual(shown && shown->version && !shown->version->frames.empty()
                          ? text(shown->version->frames)
                          : tr("all"));
    frames_->setHandles(studio_.names.handles());
    const auto frames = shown ? shown->plateFrames() : std::vector<int64_t>();
    if (frames.empty() || shown->handles == 0) {
        frames_->setResult({});
        return;
    }
    RenderOrder without = *shown;
    without.handles = 0;
    const auto more = frames.size() - without.plateFrames().size();
    frames_->setResult(more == 0 ? tr("The clip has no more frames than these.")
                                 : tr("Writes %1-%2: %3 frames, %4 of them handles")
                                       .arg(frames.front())
                                       .arg(frames.back())
                                       .arg(countText(static_cast<int64_t>(frames.size())),
                                            countText(static_cast<int64_t>(more))));
}

void DeliverForm::showDifference() {
    const auto order = shownOrder();
    const bool changed = order && order->version && !order->isDelivery();
    back_->setVisible(changed);
    difference_->setVisible(changed);
    if (changed) {
        difference_->setText(
            tr("Not as %1 was made: %2. It becomes a new version.")
                .arg(text(media::versionName(order->version->number)),
                     LookForm::namesOf(differences(lookOf(*order->version), order->look))));
    }
}

}  // namespace understudy::ui
