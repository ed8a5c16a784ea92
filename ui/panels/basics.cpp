// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/basics.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyleOptionButton>

#include "ui/panels/icons.h"

namespace understudy::ui {

void setColor(QWidget* widget, const QColor& text) {
    QPalette palette = widget->palette();
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Disabled, QPalette::WindowText, theme::kDisabled);
    widget->setPalette(palette);
}

QLabel* label(const QString& text, theme::FontUse use, const QColor& color) {
    auto* made = new QLabel(text);
    made->setFont(theme::font(use));
    setColor(made, color);
    return made;
}

QString tipWithKey(const QString& text, const QString& key) {
    return key.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, key);
}

QString withKey(const QString& text, const QAction* action) {
    return action == nullptr || action->shortcut().isEmpty()
               ? text
               : text + QLatin1Char('\t') + action->shortcut().toString(QKeySequence::NativeText);
}

QToolButton* iconButton(const QString& iconName, const QString& toolTip,
                        const QString& objectName) {
    auto* button = new QToolButton;
    button->setObjectName(objectName);
    button->setIcon(icon(iconName));
    button->setIconSize({16, 16});
    button->setAutoRaise(true);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setFixedSize(24, 24);
    return button;
}

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text) {
    if (text != full_) {
        full_ = text;
        setToolTip(text);
        setAccessibleName(text);
        updateGeometry();
        update();
    }
}

QSize ElidedLabel::minimumSizeHint() const {
    return {24, fontMetrics().height()};
}

QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(full_) + 2, fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(
        palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, QPalette::WindowText));
    painter.drawText(rect(), static_cast<int>(alignment()) | Qt::TextSingleLine,
                     fontMetrics().elidedText(full_, Qt::ElideMiddle, width()));
}

PrimaryButton::PrimaryButton(QWidget* parent) : QPushButton(parent) {
    setObjectName("primaryButton");
    setMinimumHeight(28);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    QFont bold = theme::font(theme::FontUse::body);
    bold.setWeight(QFont::DemiBold);
    setFont(bold);
}

void PrimaryButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor fill = isEnabled() ? theme::kAccent : theme::kButton;
    if (isEnabled() && isDown()) {
        fill = fill.darker(120);
    } else if (isEnabled() && underMouse()) {
        fill = fill.lighter(108);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect(), theme::kRadius, theme::kRadius);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme::kGap, 1));
        painter.drawRect(QRectF(rect()).adjusted(2.5, 2.5, -2.5, -2.5));
    }
    painter.setFont(font());
    painter.setPen(isEnabled() ? theme::kGap : theme::kDisabled);
    painter.drawText(rect(), Qt::AlignCenter,
                     fontMetrics().elidedText(text(), Qt::ElideRight, width() - 16));
}

Panel::Panel(const QString& title, QWidget* parent) : QFrame(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget;
    bar->setFixedHeight(theme::kHeaderHeight);
    bar->setAutoFillBackground(true);
    QPalette palette = bar->palette();
    palette.setColor(QPalette::Window, theme::kBar);
    bar->setPalette(palette);
    header_ = new QHBoxLayout(bar);
    header_->setContentsMargins(theme::kPadding, 0, 4, 0);
    header_->setSpacing(4);
    title_ = label(title, theme::FontUse::title);
    header_->addWidget(title_);
    header_->addStretch(1);
    column->addWidget(bar);
    auto* content = new QWidget;
    body_ = new QVBoxLayout(content);
    body_->setContentsMargins(theme::kPadding, theme::kPadding, theme::kPadding, theme::kPadding);
    body_->setSpacing(theme::kPadding);
    column->addWidget(content, 1);
}

MessageBar::MessageBar(QWidget* parent) : QFrame(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 4, 4);
    row->setSpacing(theme::kPadding);
    icon_ = new QLabel;
    text_ = label({});
    text_->setObjectName("messageText");
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    action_ = new QPushButton;
    action_->setObjectName("messageAction");
    close_ = iconButton("close", tr("Close"), "messageClose");
    row->addWidget(icon_, 0, Qt::AlignVCenter);
    row->addWidget(text_, 1);
    row->addWidget(action_);
    row->addWidget(close_);
    connect(action_, &QPushButton::clicked, this, [this] {
        if (const auto remedy = remedy_) {
            dismiss();
            remedy();
        } else {
            Q_EMIT actionPressed();
        }
    });
    connect(close_, &QToolButton::clicked, this, &MessageBar::dismiss);
    setVisible(false);
}

void MessageBar::show(Kind kind, const QString& text, const QString& action,
                      std::function<void()> remedy) {
    kind_ = kind;
    remedy_ = std::move(remedy);
    const QString name = kind == Kind::error     ? QStringLiteral("error")
                         : kind == Kind::warning ? QStringLiteral("warning")
                                                 : QStringLiteral("ok");
    icon_->setPixmap(iconPixmap(name, 16, theme::stateColor(name), devicePixelRatioF()));
    text_->setText(text);
    action_->setText(action);
    action_->setVisible(!action.isEmpty());
    setVisible(true);
    update();
}

void MessageBar::dismiss() {
    setVisible(false);
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::kButton);
    painter.fillRect(QRect(0, 0, 3, height()), kind_ == Kind::error     ? theme::kError
                                               : kind_ == Kind::warning ? theme::kWarning
                                                                        : theme::kSecond);
}

EmptyState::EmptyState(const QString& iconName, const QString& title, const QString& sentence,
                       QWidget* parent)
    : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(0);
    column->addStretch(4);
    auto* picture = new QLabel;
    picture->setPixmap(iconPixmap(iconName, 40, theme::kEdge, devicePixelRatioF()));
    column->addWidget(picture, 0, Qt::AlignHCenter);
    column->addSpacing(16);
    title_ = label(title, theme::FontUse::emptyTitle);
    title_->setAlignment(Qt::AlignCenter);
    title_->setWordWrap(true);
    column->addWidget(title_);
    column->addSpacing(8);
    sentence_ = label(sentence, theme::FontUse::body, theme::kSecond);
    sentence_->setAlignment(Qt::AlignCenter);
    sentence_->setWordWrap(true);
    column->addWidget(sentence_);
    column->addSpacing(16);
    buttons_ = new QHBoxLayout;
    buttons_->setSpacing(8);
    buttons_->addStretch(1);
    buttons_->addStretch(1);
    column->addLayout(buttons_);
    column->addStretch(5);
}

QPushButton* EmptyState::addButton(const QString& text, const QString& objectName) {
    auto* button = new QPushButton(text);
    button->setObjectName(objectName);
    button->setMinimumWidth(112);
    buttons_->insertWidget(buttons_->count() - 1, button);
    return button;
}

void EmptyState::setTexts(const QString& title, const QString& sentence) {
    title_->setText(title);
    sentence_->setText(sentence);
}

FoldSection::FoldSection(const QString& title, QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    button_ = new QToolButton;
    button_->setText(title);
    button_->setCheckable(true);
    button_->setAutoRaise(true);
    button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button_->setIconSize({12, 12});
    button_->setIcon(icon("expand"));
    button_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    column->addWidget(button_);
    content_ = new QWidget;
    body_ = new QVBoxLayout(content_);
    body_->setContentsMargins(0, 4, 0, 0);
    body_->setSpacing(4);
    content_->setVisible(false);
    column->addWidget(content_);
    connect(button_, &QToolButton::toggled, this, [this](bool open) {
        button_->setIcon(icon(open ? "collapse" : "expand"));
        content_->setVisible(open);
    });
}

void FoldSection::setOpen(bool open) {
    button_->setChecked(open);
}

QFrame* separator(Qt::Orientation orientation) {
    auto* line = new QFrame;
    line->setAutoFillBackground(true);
    QPalette palette = line->palette();
    palette.setColor(QPalette::Window, theme::kSeparator);
    line->setPalette(palette);
    orientation == Qt::Horizontal ? line->setFixedHeight(1) : line->setFixedWidth(1);
    return line;
}

}  // namespace understudy::ui
