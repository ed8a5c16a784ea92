// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/start_page.h"

#include <QDateTime>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QShortcut>
#include <QStyledItemDelegate>

#include "ui/models/background.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

constexpr int kWidth = 640;
constexpr int kRow = 64;
constexpr QSize kPicture(84, 48);

// A picture of where one was; name and page, then folder and day.
class RecentDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {kWidth, kRow};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const QRect rect = option.rect;
        const bool there = index.data(StartPage::kThere).toBool();
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(rect, theme::kSelected);
        } else if (option.state & QStyle::State_MouseOver) {
            painter->fillRect(rect, theme::kBar);
        }
        paintPicture(painter, QRect(rect.topLeft() + QPoint(8, 8), kPicture),
                     index.data(Qt::DecorationRole).value<QImage>(), there);
        const QRect lines = rect.adjusted(kPicture.width() + 20, 13, -12, -13);
        painter->setFont(theme::font(theme::FontUse::title));
        painter->setPen(there ? theme::kText : theme::kHint);
        painter->drawText(lines, Qt::AlignLeft | Qt::AlignTop, index.data().toString());
        painter->setFont(theme::font(theme::FontUse::caption));
        painter->setPen(theme::kHint);
        painter->drawText(lines, Qt::AlignRight | Qt::AlignTop,
                          index.data(StartPage::kPage).toString());
        const QString day = index.data(StartPage::kDay).toString();
        const int dayWidth = painter->fontMetrics().horizontalAdvance(day) + 16;
        painter->drawText(lines, Qt::AlignRight | Qt::AlignBottom, day);
        painter->drawText(
            lines.adjusted(0, 0, -dayWidth, 0), Qt::AlignLeft | Qt::AlignBottom,
            painter->fontMetrics().elidedText(index.data(StartPage::kFolder).toString(),
                                              Qt::ElideMiddle, lines.width() - dayWidth));
    }

  private:
    static void paintPicture(QPainter* painter, const QRect& place, const QImage& picture,
                             bool there) {
        painter->fillRect(place, theme::kGap);
        const double ratio = painter->device()->devicePixelRatioF();
        if (picture.isNull() || !there) {
            painter->drawPixmap(
                place.center() - QPoint(9, 9),
                iconPixmap("film", 20, there ? theme::kSecond : theme::kDisabled, ratio));
            return;
        }
        QImage fitted =
            picture.scaled(place.size() * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        fitted.setDevicePixelRatio(ratio);
        const QSize size = fitted.size() / ratio;
        painter->drawImage(place.topLeft() + QPoint((place.width() - size.width()) / 2,
                                                    (place.height() - size.height()) / 2),
                           fitted);
    }
};

}  // namespace

StartPage::StartPage(QWidget* parent) : QWidget(parent) {
    setObjectName("startPage");
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    messages_ = new MessageBar;
    messages_->setObjectName("startMessages");
    outer->addWidget(messages_);
    outer->addStretch(3);
    auto* middle = new QWidget;
    middle->setFixedWidth(kWidth);
    outer->addWidget(middle, 0, Qt::AlignHCenter);
    outer->addStretch(4);

    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    QLabel* name = label(tr("Understudy"), theme::FontUse::emptyTitle);
    QFont large = name->font();
    large.setPixelSize(28);
    name->setFont(large);
    column->addWidget(name);
    column->addSpacing(4);
    column->addWidget(label(tr("Footage of two performers in, a face replacement to review out."),
                            theme::FontUse::body, theme::kSecond));
    column->addSpacing(24);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto* make = new PrimaryButton;
    make->setObjectName("newProjectButton");
    make->setText(tr("New project…"));
    setFocusProxy(make);
    make->setToolTip(tipWithKey(tr("New project"), "Ctrl+N"));
    auto* open = new QPushButton(tr("Open…"));
    open->setObjectName("openProjectButton");
    open->setMinimumHeight(28);
    open->setToolTip(tipWithKey(tr("Open a project"), "Ctrl+O"));
    make->setMinimumWidth(160);
    open->setMinimumWidth(96);
    buttons->addWidget(make);
    buttons->addWidget(open);
    demo_ = new QPushButton(tr("Try the demo: five minutes, no footage needed"));
    demo_->setObjectName("demoButton");
    demo_->setMinimumHeight(28);
    demo_->setMinimumWidth(120);
    demo_->setToolTip(tr("The whole work once, with two performers that are drawn for it"));
    buttons->addWidget(demo_);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(demo_, &QPushButton::clicked, this, &StartPage::demoRequested);
    making_ = new QWidget;
    making_->setObjectName("demoMaking");
    auto* making = new QHBoxLayout(making_);
    making->setContentsMargins(0, 12, 0, 0);
    making->setSpacing(8);
    madeText_ = label({}, theme::FontUse::body, theme::kSecond);
    made_ = new QProgressBar;
    made_->setTextVisible(false);
    made_->setFixedHeight(6);
    making->addWidget(madeText_);
    making->addWidget(made_, 1);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName("demoCancel");
    making->addWidget(cancel);
    column->addWidget(making_);
    connect(cancel, &QPushButton::clicked, this, &StartPage::demoCancelled);
    showDemo(std::nullopt);
    connect(make, &QPushButton::clicked, this, &StartPage::newRequested);
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);

    recentBox_ = new QWidget;
    auto* recentColumn = new QVBoxLayout(recentBox_);
    recentColumn->setContentsMargins(0, 32, 0, 0);
    recentColumn->setSpacing(8);
    recentColumn->addWidget(label(tr("Recent projects"), theme::FontUse::title));
    recent_ = new QListWidget;
    recent_->setObjectName("recentProjects");
    recent_->setItemDelegate(new RecentDelegate(recent_));
    recent_->setMouseTracking(true);
    recent_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    recentColumn->addWidget(recent_);
    column->addWidget(recentBox_);
    const auto openItem = [this](const QListWidgetItem* item) {
        if (item != nullptr) {
            Q_EMIT openFolder(item->data(kFolder).toString());
        }
    };
    // One click opens. "Activated" would do so once more for a double one, so keys are taken here.
    connect(recent_, &QListWidget::itemClicked, this, openItem);
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto* shortcut = new QShortcut(key, recent_, nullptr, nullptr, Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this,
                [this, openItem] { openItem(recent_->currentItem()); });
    }
}

void StartPage::showDemo(std::optional<std::pair<qint64, qint64>> frames) {
    demo_->setEnabled(!frames);
    making_->setVisible(frames.has_value());
    if (frames) {
        madeText_->setText(
            tr("Drawing two performers: %1 of %2 frames").arg(frames->first).arg(frames->second));
        made_->setRange(0, static_cast<int>(frames->second));
        made_->setValue(static_cast<int>(frames->first));
    }
}

void StartPage::setRecent(const std::vector<RecentProject>& projects) {
    recent_->clear();
    for (const RecentProject& project : projects) {
        auto* item = new QListWidgetItem(QFileInfo(project.folder).completeBaseName());
        item->setData(kFolder, project.folder);
        item->setData(kThere, true);
        item->setData(kPage, project.page);
        recent_->addItem(item);
    }
    recent_->setFixedHeight(static_cast<int>(std::min<size_t>(projects.size(), 6)) * kRow);
    recentBox_->setVisible(!projects.empty());
    lookAtDisks(projects);
}

void StartPage::lookAtDisks(const std::vector<RecentProject>& projects) {
    struct Found {
        bool there = false;
        QString day;
        QImage picture;
    };
    ++asked_;
    for (int row = 0; row < recent_->count(); ++row) {
        runInBackground(
            this,
            [project = projects[static_cast<size_t>(row)]] {
                const QFileInfo document(project.folder + QStringLiteral("/project.db"));
                const QDateTime day = document.lastModified();  // none where it is not there
                return day.isValid()
                           ? Found{true, day.toString("yyyy-MM-dd hh:mm"), QImage(project.picture)}
                           : Found();
            },
            [this, row, asked = asked_](const Found& found) {
                if (asked != asked_) {
                    return;  // others are shown by now
                }
                QListWidgetItem* item = recent_->item(row);
                item->setData(kThere, found.there);
                item->setData(kDay, found.there ? found.day : tr("not there now"));
                item->setData(Qt::DecorationRole, found.picture);
            });
    }
}

}  // namespace understudy::ui
