// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/top_bar.h"

#include <QHBoxLayout>
#include <QPainter>

#include "ui/models/formatting.h"
#include "ui/models/pages.h"
#include "ui/panels/icons.h"

namespace understudy::ui {

PageTab::PageTab(const QString& text, int number, QWidget* parent) : QAbstractButton(parent) {
    setObjectName(QStringLiteral("pageTab%1").arg(number));
    setText(text);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::NoFocus);
    setToolTip(tipWithKey(text, QStringLiteral("Alt+%1").arg(number)));
    setFont(theme::font(theme::FontUse::title));
}

void PageTab::setMark(bool working, int attention) {
    if (working != working_ || attention != attention_) {
        working_ = working;
        attention_ = attention;
        updateGeometry();
        update();
    }
}

QSize PageTab::sizeHint() const {
    int width = fontMetrics().horizontalAdvance(text()) + 36;
    if (attention_ > 0) {
        width += QFontMetrics(theme::font(theme::FontUse::numberCaption))
                     .horizontalAdvance(countText(attention_)) +
                 8;
    }
    return {std::max(88, width), 36};
}

void PageTab::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() && isEnabled() && !isChecked()) {
        painter.fillRect(rect(), theme::kPanel);
    }
    painter.setFont(font());
    painter.setPen(!isEnabled()  ? theme::kDisabled
                   : isChecked() ? QColor(Qt::white)
                                 : theme::kSecond);
    const QString number = attention_ > 0 ? countText(attention_) : QString();
    const QFont small = theme::font(theme::FontUse::numberCaption);
    const int extra = number.isEmpty() ? 0 : QFontMetrics(small).horizontalAdvance(number) + 6;
    const int words = fontMetrics().horizontalAdvance(text());
    const int left = (width() - words - extra) / 2;
    painter.drawText(QRect(left, 0, words + 2, height()), Qt::AlignVCenter, text());
    if (!number.isEmpty()) {
        painter.setFont(small);
        painter.setPen(theme::kSecond);
        painter.drawText(QRect(left + words + 6, 0, extra, height()), Qt::AlignVCenter, number);
    }
    if (working_) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::kText);
        painter.drawEllipse(QPointF(left - 9, height() / 2.0), 2.5, 2.5);
    }
    if (isChecked()) {
        painter.fillRect(QRect(0, height() - 2, width(), 2), theme::kAccent);
    }
}

TopBar::TopBar(QWidget* parent) : QWidget(parent) {
    setObjectName("topBar");
    setFixedHeight(36);
    setAutoFillBackground(true);
    QPalette palette = this->palette();
    palette.setColor(QPalette::Window, theme::kBar);
    setPalette(palette);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 12, 0);
    row->setSpacing(8);
    menus_ = new QMenuBar;
    menus_->setNativeMenuBar(false);
    menus_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    auto* left = new QWidget;
    auto* leftRow = new QHBoxLayout(left);
    leftRow->setContentsMargins(0, 0, 0, 0);
    leftRow->addWidget(menus_, 0, Qt::AlignVCenter);
    leftRow->addStretch(1);
    pages_ = new QWidget;
    auto* pageRow = new QHBoxLayout(pages_);
    pageRow->setContentsMargins(0, 0, 0, 0);
    pageRow->setSpacing(0);
    for (int i = 0; i < kPageCount; ++i) {
        auto* made = new PageTab(pageTitle(static_cast<PageId>(i)), i + 1);
        pageRow->addWidget(made);
        tabs_ << made;
        connect(made, &QAbstractButton::clicked, this, [this, i] { Q_EMIT pageChosen(i); });
    }
    auto* right = new QWidget;
    auto* rightRow = new QHBoxLayout(right);
    rightRow->setContentsMargins(0, 0, 0, 0);
    rightRow->setSpacing(8);
    rightRow->addStretch(1);
    project_ = new ElidedLabel;
    project_->setObjectName("projectName");
    project_->setFont(theme::font(theme::FontUse::title));
    project_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    saved_ = label({}, theme::FontUse::body, theme::kHint);
    saved_->setObjectName("savedState");
    serviceIcon_ = new QLabel;
    service_ = label({}, theme::FontUse::body, theme::kSecond);
    service_->setObjectName("serviceState");
    rightRow->addWidget(project_);
    rightRow->addWidget(saved_);
    rightRow->addSpacing(12);
    rightRow->addWidget(serviceIcon_);
    rightRow->addWidget(service_);
    row->addWidget(left, 1);
    row->addWidget(pages_);
    row->addWidget(right, 1);
}

void TopBar::setCurrentPage(int page) {
    if (page >= 0 && page < tabs_.size()) {
        tabs_[page]->setChecked(true);
    }
}

void TopBar::setPagesVisible(bool on) {
    pages_->setVisible(on);
}

void TopBar::setProject(const QString& name, const QString& state) {
    project_->setFullText(name);
    saved_->setText(state);
}

void TopBar::setService(const QString& iconName, const QString& text, const QString& toolTip) {
    serviceIcon_->setPixmap(
        iconPixmap(iconName, 14, theme::stateColor(iconName), devicePixelRatioF()));
    service_->setText(text);
    service_->setToolTip(toolTip);
    serviceIcon_->setToolTip(toolTip);
}

}  // namespace understudy::ui
