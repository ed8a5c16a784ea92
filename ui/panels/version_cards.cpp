// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/version_cards.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

#include "ui/panels/icons.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kMargin = 12;
constexpr int kGapBetween = 8;
constexpr int kHeading = 32;
constexpr QSize kPicture(224, 126);
constexpr QSize kCard(kPicture.width() + 8, kPicture.height() + 50);

bool isWalk(const QKeyEvent& event) {
    switch (event.key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Escape:
            return (event.modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
        default:
            return false;
    }
}

}  // namespace

VersionCards::VersionCards(FrameThumbnails* pictures, VersionList::PictureOf pictureOf,
                           QWidget* parent)
    : QAbstractScrollArea(parent), pictures_(pictures), pictureOf_(std::move(pictureOf)) {
    setObjectName("versionCards");
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    connect(pictures_, &FrameThumbnails::arrived, viewport(), qOverload<>(&QWidget::update));
}

void VersionCards::setTakes(std::vector<Take> takes) {
    if (takes == takes_) {
        return;
    }
    const QString out = current() != nullptr ? current()->out : QString();
    takes_ = std::move(takes);
    hovered_ = -1;
    current_ = takes_.empty() ? -1 : 0;
    arrange();
    setCurrent(out);
}

const Take* VersionCards::current() const {
    return current_ < 0 ? nullptr : &takes_[static_cast<size_t>(current_)];
}

void VersionCards::setCurrent(const QString& out) {
    const auto found = std::find_if(takes_.begin(), takes_.end(),
                                    [&](const Take& take) { return take.out == out; });
    if (found != takes_.end()) {
        goTo(static_cast<int>(found - takes_.begin()));
    }
    viewport()->update();
}

void VersionCards::arrange() {
    const int columns = std::max(
        1, (viewport()->width() - 2 * kMargin + kGapBetween) / (kCard.width() + kGapBetween));
    cards_.clear();
    headings_.clear();
    int top = 4;
    for (size_t begin = 0; begin < takes_.size();) {
        size_t end = begin;
        while (end < takes_.size() && takes_[end].clip == takes_[begin].clip) {
            ++end;
        }
        const auto count = static_cast<int>(end - begin);
        headings_.push_back(
            {takes_[begin].clip, count == 1 ? tr("1 version") : tr("%1 versions").arg(count), top});
        top += kHeading;
        for (int i = 0; i < count; ++i) {
            cards_.emplace_back(QPoint(kMargin + i % columns * (kCard.width() + kGapBetween),
                                       top + i / columns * (kCard.height() + kGapBetween)),
                                kCard);
        }
        top += (count + columns - 1) / columns * (kCard.height() + kGapBetween) + kGapBetween;
        begin = end;
    }
    verticalScrollBar()->setRange(0, std::max(0, top - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(kCard.height() / 3);
    viewport()->update();
}

QRect VersionCards::cardRect(size_t number) const {
    return cards_[number].translated(0, -verticalScrollBar()->value());
}

int VersionCards::indexAt(QPoint place) const {
    for (size_t i = 0; i < cards_.size(); ++i) {
        if (cardRect(i).contains(place)) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

// The card of the next line whose middle is nearest; the same one where there is no such line.
int VersionCards::above(int from, bool below) const {
    const QRect at = cards_[static_cast<size_t>(from)];
    int best = from;
    for (size_t i = 0; i < cards_.size(); ++i) {
        const QRect& card = cards_[i];
        if (below ? card.top() <= at.top() : card.top() >= at.top()) {
            continue;
        }
        const QRect& chosen = cards_[static_cast<size_t>(best)];
        const bool sooner = below ? card.top() < chosen.top() : card.top() > chosen.top();
        const bool nearer = card.top() == chosen.top() &&
                            std::abs(card.x() - at.x()) < std::abs(chosen.x() - at.x());
        if (best == from || sooner || nearer) {
            best = static_cast<int>(i);
        }
    }
    return best;
}

// With the heading of a first line, which says whose it is.
void VersionCards::goTo(int index) {
    current_ = index;
    const QRect card = cards_[static_cast<size_t>(index)];
    QScrollBar* bar = verticalScrollBar();
    bar->setValue(std::clamp(bar->value(), card.bottom() + kGapBetween - viewport()->height(),
                             card.top() - kHeading));
    viewport()->update();
}

void VersionCards::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), theme::kSurround);
    for (const Heading& heading : headings_) {
        paintHeading(painter, heading);
    }
    for (size_t i = 0; i < cards_.size(); ++i) {
        if (cardRect(i).intersects(event->rect())) {
            paintCard(painter, i);
        }
    }
}

void VersionCards::paintHeading(QPainter& painter, const Heading& heading) const {
    const QRect place(kMargin, heading.top - verticalScrollBar()->value(),
                      viewport()->width() - 2 * kMargin, kHeading);
    painter.setFont(theme::font(theme::FontUse::title));
    painter.setPen(theme::kText);
    const QString clip =
        painter.fontMetrics().elidedText(heading.clip, Qt::ElideMiddle, place.width() * 2 / 3);
    painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, clip);
    const int used = painter.fontMetrics().horizontalAdvance(clip) + 12;
    painter.setFont(theme::font(theme::FontUse::caption));
    painter.setPen(theme::kSecond);
    painter.drawText(place.adjusted(used, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     heading.words);
}

void VersionCards::paintCard(QPainter& painter, size_t number) {
    const Take& take = takes_[number];
    const QRect card = cardRect(number);
    const bool isCurrent = static_cast<int>(number) == current_;
    painter.fillRect(card, isCurrent                              ? theme::kSelected
                           : static_cast<int>(number) == hovered_ ? theme::kBar
                                                                  : theme::kBase);
    const QRect frame(card.topLeft() + QPoint(4, 4), kPicture);
    painter.fillRect(frame, theme::kGap);
    const double ratio = devicePixelRatioF();
    const QImage picture = pictures_->get(pictureOf_(take), frame.size() * ratio);
    if (!picture.isNull()) {
        QRectF at(QPointF(), QSizeF(picture.size()) / ratio);
        at.moveCenter(QRectF(frame).center());
        painter.drawImage(at, picture);
    } else if (!take.playable) {
        painter.setFont(theme::font(theme::FontUse::caption));
        painter.setPen(theme::kHint);
        painter.drawText(frame, Qt::AlignCenter, tr("no picture"));
    }
    painter.drawPixmap(frame.x() + 2, frame.bottom() + 6,
                       iconPixmap(take.icon, 16, theme::stateColor(take.icon), ratio));
    const auto write = [&](const QRect& place, theme::FontUse use, const QColor& color,
                           const QString& words) {
        painter.setFont(theme::font(use));
        painter.setPen(isCurrent ? QColor(Qt::white) : color);
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(words, Qt::ElideRight, place.width()));
    };
    const QRect line(frame.x() + 24, frame.bottom() + 4, frame.width() - 26, 20);
    write(line, theme::FontUse::body, theme::kText,
          QStringLiteral("%1   %2").arg(take.name, take.state));
    write(line.translated(0, 20), theme::FontUse::caption, theme::kSecond,
          take.notes.isEmpty() ? madeText(take)
                               : QStringLiteral("%1   %2").arg(take.notes, madeText(take)));
    if (isCurrent && hasFocus()) {
        painter.setPen(QPen(theme::kAccent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(card.adjusted(1, 1, -1, -1));
    }
}

void VersionCards::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    arrange();
}

void VersionCards::scrollContentsBy(int, int) {
    viewport()->update();
}

void VersionCards::mouseMoveEvent(QMouseEvent* event) {
    const int under = indexAt(event->pos());
    if (std::exchange(hovered_, under) != under) {
        viewport()->setCursor(hovered_ < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
        viewport()->update();
    }
}

void VersionCards::mousePressEvent(QMouseEvent* event) {
    const int index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index >= 0) {
        goTo(index);
        Q_EMIT opened(current()->out);
    }
}

void VersionCards::leaveEvent(QEvent*) {
    hovered_ = -1;
    viewport()->update();
}

// What walks here is no key of the page meanwhile.
bool VersionCards::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && isWalk(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        viewport()->update();
    }
    return QAbstractScrollArea::event(event);
}

bool VersionCards::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) {
        return QAbstractScrollArea::viewportEvent(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    const int index = indexAt(help->pos());
    const Take* take = index < 0 ? nullptr : &takes_[static_cast<size_t>(index)];
    QToolTip::showText(help->globalPos(),
                       take == nullptr
                           ? QString()
                           : QStringLiteral("%1   %2\n%3\n%4")
                                 .arg(take->name, standingText(*take), madeText(*take), take->out),
                       viewport());
    return true;
}

void VersionCards::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT closed();
        return;
    }
    if (!isWalk(*event) || current_ < 0) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const int last = static_cast<int>(takes_.size()) - 1;
    const int before = current_;
    switch (event->key()) {
        case Qt::Key_Left:
            goTo(std::max(0, current_ - 1));
            break;
        case Qt::Key_Right:
            goTo(std::min(last, current_ + 1));
            break;
        case Qt::Key_Up:
        case Qt::Key_Down:
            goTo(above(current_, event->key() == Qt::Key_Down));
            break;
        case Qt::Key_Home:
            goTo(0);
            break;
        case Qt::Key_End:
            goTo(last);
            break;
        default:
            Q_EMIT opened(current()->out);
            return;
    }
    if (current_ != before) {
        Q_EMIT currentChanged(current()->out);
    }
}

}  // namespace understudy::ui
