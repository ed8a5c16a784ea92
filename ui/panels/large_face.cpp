// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/large_face.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kEdge = 4;
constexpr int kCaption = 20;
constexpr int kApart = 8;  // from the cell, and from the window's edges

}  // namespace

LargeFace::LargeFace(const FacesModel* model, ThumbnailCache* cache, QWidget* window)
    : QWidget(window), model_(model), cache_(cache) {
    setObjectName("largeFace");
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
    connect(cache_, &ThumbnailCache::arrived, this, [this] { update(); });
}

void LargeFace::appear(const FaceItem& face, const QRect& cell, int picture) {
    face_ = face;
    const auto pack = model_->packs().find(face.key.clip);
    pixels_ = pack != model_->packs().end() ? pack->second->header().size : picture;
    const double full = pixels_ / devicePixelRatioF();
    const QRect room = parentWidget()->rect().adjusted(kApart, kApart, -kApart, -kApart);
    const int side =
        std::min({static_cast<int>(full * std::max(1.0, std::ceil(2 * picture / full))),
                  room.width() - 2 * kEdge, room.height() - 2 * kEdge - kCaption});
    QRect place(0, 0, side + 2 * kEdge, side + 2 * kEdge + kCaption);
    const bool right = cell.right() + kApart + place.width() <= room.right();
    place.moveLeft(right ? cell.right() + kApart : cell.left() - kApart - place.width());
    place.moveTop(cell.center().y() - place.height() / 2);
    place.moveLeft(std::clamp(place.left(), room.left(), room.right() + 1 - place.width()));
    place.moveTop(std::clamp(place.top(), room.top(), room.bottom() + 1 - place.height()));
    setGeometry(place);
    raise();
    show();
    update();
}

void LargeFace::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::kGap);
    painter.setPen(theme::kEdge);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    const int side = width() - 2 * kEdge;
    const QRect picture(kEdge, kEdge, side, side);
    const QImage image = cache_->get(*model_, face_, pixels_);
    painter.setFont(theme::font(theme::FontUse::caption));
    if (image.isNull()) {
        painter.setPen(theme::kHint);
        painter.drawText(picture, Qt::AlignCenter,
                         face_.record < 0 ? tr("no picture") : tr("reading…"));
    } else {
        // Pixels stay pixels where they are enlarged.
        painter.setRenderHint(QPainter::SmoothPixmapTransform,
                              side * devicePixelRatioF() < 2 * image.width());
        painter.drawImage(picture, image);
    }
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    painter.setPen(theme::kText);
    painter.drawText(
        QRect(kEdge + 2, picture.bottom() + 1, side - 4, kCaption), Qt::AlignVCenter,
        painter.fontMetrics().elidedText(
            tr("%1  frame %2").arg(model_->clipName(face_.key.clip)).arg(face_.key.frame),
            Qt::ElideMiddle, side - 4));
}

}  // namespace understudy::ui
