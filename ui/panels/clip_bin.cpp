// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/clip_bin.h"

#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QUrl>
#include <utility>

#include "ui/models/formatting.h"
#include "ui/panels/icons.h"
#include "ui/panels/performer_mark.h"

namespace understudy::ui {
namespace {

constexpr int kRow = 52;

class ClipDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {200, kRow};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const QRect rect = option.rect;
        painter->fillRect(rect, option.state & QStyle::State_Selected    ? theme::kSelected
                                : option.state & QStyle::State_MouseOver ? theme::kBar
                                                                         : theme::kBase);
        const QRect frame(rect.x() + 8, rect.y() + 6, 71, 40);
        painter->fillRect(frame, theme::kGap);
        const auto image = index.data(ClipListModel::ThumbnailRole).value<QImage>();
        if (!image.isNull()) {
            const QSize fitted = image.size().scaled(frame.size(), Qt::KeepAspectRatio);
            painter->setRenderHint(QPainter::SmoothPixmapTransform);
            painter->drawImage(
                QRect(frame.center() - QPoint(fitted.width() / 2, fitted.height() / 2), fitted),
                image);
        }
        const QRect lines = rect.adjusted(88, 8, -8, -8);
        const QString length = index.data(ClipListModel::LengthRole).toString();
        painter->setFont(theme::font(theme::FontUse::numberCaption));
        painter->setPen(theme::kSecond);
        const int lengthWidth = painter->fontMetrics().horizontalAdvance(length) + 8;
        painter->drawText(lines, Qt::AlignRight | Qt::AlignTop, length);
        painter->setFont(theme::font(theme::FontUse::body));
        painter->setPen(theme::kText);
        painter->drawText(
            lines, Qt::AlignLeft | Qt::AlignTop,
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle,
                                              lines.width() - lengthWidth));
        paintState(painter, lines, index);
    }

  private:
    static void paintState(QPainter* painter, const QRect& lines, const QModelIndex& index) {
        const QString name = index.data(ClipListModel::IconRole).toString();
        const double ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(lines.x(), lines.bottom() - 13,
                            iconPixmap(name, 12, theme::stateColor(name), ratio));
        painter->setFont(theme::font(theme::FontUse::caption));
        painter->setPen(theme::kSecond);
        const QRect place = lines.adjusted(17, 0, 0, 0);
        painter->drawText(
            place, Qt::AlignLeft | Qt::AlignBottom,
            painter->fontMetrics().elidedText(index.data(ClipListModel::StateRole).toString(),
                                              Qt::ElideRight, place.width()));
        const double done = index.data(ClipListModel::ProgressRole).toDouble();
        if (done >= 0) {
            QRect bar(lines.x(), lines.bottom() + 4, lines.width(), 2);
            painter->fillRect(bar, theme::kGap);
            bar.setWidth(static_cast<int>(bar.width() * std::min(done, 1.0)));
            painter->fillRect(bar, theme::kAccent);
        }
    }
};

QString roleTitle(PerformerRole role) {
    switch (role) {
        case PerformerRole::source:
            return ClipBin::tr("Source");
        case PerformerRole::destination:
            return ClipBin::tr("Destination");
        case PerformerRole::others:
            break;
    }
    return ClipBin::tr("Other");
}

QString roleName(PerformerRole role) {
    return role == PerformerRole::source        ? QStringLiteral("source")
           : role == PerformerRole::destination ? QStringLiteral("destination")
                                                : QStringLiteral("others");
}

}  // namespace

QStringList localPaths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    return paths;
}

ClipBin::ClipBin(ClipListModel* model, PerformerRole role, QWidget* parent)
    : QFrame(parent), model_(model), role_(role) {
    setObjectName(roleName(role) + "Bin");
    setAcceptDrops(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto* header = new QWidget;
    header->setFixedHeight(36);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(8, 6, 4, 6);
    row->setSpacing(8);
    row->addWidget(new PerformerMark(role));
    row->addWidget(label(roleTitle(role), theme::FontUse::title));
    name_ = new QLineEdit;
    name_->setObjectName(roleName(role) + "Name");
    name_->setPlaceholderText(tr("performer's name"));
    name_->setMaxLength(60);
    name_->setToolTip(tr("The performer's name; change it here"));
    row->addWidget(name_, 1);
    count_ = label({}, theme::FontUse::numberCaption, theme::kSecond);
    row->addWidget(count_);
    auto* add = iconButton("add", tr("Add clips of this performer…"), roleName(role) + "Add");
    row->addWidget(add);
    more_ = iconButton("menu", tr("What can be done with this performer"),
                       roleName(role) + "Performer");
    row->addWidget(more_);
    column->addWidget(header);
    column->addWidget(buildConsent());
    connect(add, &QToolButton::clicked, this, &ClipBin::addRequested);
    connect(more_, &QToolButton::clicked, this, [this] {
        Q_EMIT performerMenuRequested(more_->mapToGlobal(QPoint(0, more_->height())));
    });
    connect(name_, &QLineEdit::returnPressed, this, [this] { list_->setFocus(); });
    connect(name_, &QLineEdit::editingFinished, this, &ClipBin::askRename);

    list_ = new QListView;
    list_->setObjectName(roleName(role) + "Clips");
    list_->setModel(model_);
    list_->setItemDelegate(new ClipDelegate(list_));
    list_->setMouseTracking(true);
    list_->installEventFilter(this);
    list_->viewport()->installEventFilter(this);
    list_->setUniformItemSizes(true);
    list_->setAcceptDrops(false);
    list_->setDragEnabled(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setMinimumHeight(kRow);
    column->addWidget(list_, 1);
    hint_ = label(tr("Drop clips or folders here"), theme::FontUse::body, theme::kHint);
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setMinimumHeight(kRow);
    hint_->setAutoFillBackground(true);
    QPalette palette = hint_->palette();
    palette.setColor(QPalette::Window, theme::kBase);
    hint_->setPalette(palette);
    column->addWidget(hint_, 1);

    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid()) {
                    Q_EMIT clipActivated(now.data().toString());
                }
            });
    connect(list_, &QListView::clicked, this,
            [this](const QModelIndex& now) { Q_EMIT clipActivated(now.data().toString()); });
    connect(list_, &QListView::activated, this,
            [this](const QModelIndex& now) { Q_EMIT clipActivated(now.data().toString()); });
    connect(model_, &ClipListModel::modelReset, this, &ClipBin::refresh);
    refresh();
}

QStringList ClipBin::selected() const {
    QStringList clips;
    for (const QModelIndex& index : list_->selectionModel()->selectedIndexes()) {
        clips << index.data().toString();
    }
    return clips;
}

// By the pointer of what is under it, by the key of what is current.
bool ClipBin::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ContextMenu) {
        return QFrame::eventFilter(watched, event);
    }
    const auto* asked = static_cast<QContextMenuEvent*>(event);
    const bool byKey = asked->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index =
        byKey ? list_->currentIndex()
              : list_->indexAt(list_->viewport()->mapFromGlobal(asked->globalPos()));
    if (index.isValid()) {
        if (!list_->selectionModel()->isSelected(index)) {
            list_->setCurrentIndex(index);
        }
        Q_EMIT menuRequested(
            selected(), byKey ? list_->viewport()->mapToGlobal(list_->visualRect(index).center())
                              : asked->globalPos());
    }
    return true;
}

// Of one who is there; before the first clip the name is a wish.
void ClipBin::askRename() {
    const QString performer = text(model_->performer());
    const QString name = wishedName();
    if (!performer.isEmpty() && name.isEmpty()) {
        name_->setText(performer);
    } else if (!performer.isEmpty() && name != performer) {
        Q_EMIT renameRequested(performer, name);
    }
}

void ClipBin::editName() {
    name_->setFocus();
    name_->selectAll();
}

void ClipBin::setWishedName(const QString& name) {
    name_->setText(name);
}

void ClipBin::setEditable(bool on) {
    name_->setReadOnly(!on);
    more_->setEnabled(on);
    setAcceptDrops(on);
}

QWidget* ClipBin::buildConsent() {
    consent_ = new QToolButton;
    consent_->setObjectName(roleName(role_) + "Consent");
    consent_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    consent_->setAutoRaise(true);
    consent_->setMinimumHeight(theme::kControlHeight);
    consent_->setIconSize({16, 16});
    consent_->setToolTip(tr("What was agreed with the performer; press to look or to change it"));
    consent_->setVisible(false);
    auto* place = new QWidget;
    auto* row = new QHBoxLayout(place);
    row->setContentsMargins(4, 0, 4, 4);
    row->addWidget(consent_);
    row->addStretch(1);
    connect(consent_, &QToolButton::clicked, this, [this] {
        if (consentOf_.size() == 1) {
            Q_EMIT consentRequested(consentOf_.front());
            return;
        }
        auto* menu = new QMenu(this);
        menu->setObjectName("consentMenu");
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const QString& performer : consentOf_) {
            menu->addAction(performer, this,
                            [this, performer] { Q_EMIT consentRequested(performer); });
        }
        menu->popup(consent_->mapToGlobal(QPoint(0, consent_->height())));
    });
    return place;
}

void ClipBin::setConsent(const ConsentWords& words, const QStringList& performers) {
    consentOf_ = performers;
    consent_->setVisible(!performers.isEmpty());
    consent_->setText(' ' + words.text);
    const QColor color = !words.held || words.soon ? theme::kWarning : theme::kSecond;
    consent_->setIcon(icon(words.icon, color));
    QPalette palette = consent_->palette();
    palette.setColor(QPalette::ButtonText, color);
    consent_->setPalette(palette);
}

void ClipBin::refresh() {
    const int rows = model_->rowCount();
    list_->setVisible(rows > 0);
    hint_->setVisible(rows == 0);
    count_->setText(rows == 0 ? QString() : countText(rows));
    showName();
}

// Not over what is being typed.
void ClipBin::showName(bool anew) {
    const QString performer = text(model_->performer());
    const bool known = std::exchange(named_, !performer.isEmpty());
    const bool typing = name_->hasFocus() && name_->isModified();
    if ((anew && named_) || (performer != shownName_ && (known || named_) && !typing)) {
        name_->setText(performer);
    }
    shownName_ = performer;
    more_->setVisible(named_);
}

QString ClipBin::wishedName() const {
    return name_->text().trimmed();
}

void ClipBin::dragEnterEvent(QDragEnterEvent* event) {
    const bool own = event->source() == list_;
    if (!own &&
        (!localPaths(event->mimeData()).isEmpty() || !draggedClips(event->mimeData()).isEmpty())) {
        event->acceptProposedAction();
        dropping_ = true;
        update();
    }
}

void ClipBin::dragLeaveEvent(QDragLeaveEvent*) {
    dropping_ = false;
    update();
}

void ClipBin::dropEvent(QDropEvent* event) {
    dropping_ = false;
    update();
    event->acceptProposedAction();
    if (const QStringList clips = draggedClips(event->mimeData()); !clips.isEmpty()) {
        Q_EMIT clipsDropped(clips);
    } else {
        Q_EMIT dropped(localPaths(event->mimeData()));
    }
}

void ClipBin::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), dropping_ ? theme::kHover : theme::kPanel);
}

}  // namespace understudy::ui
