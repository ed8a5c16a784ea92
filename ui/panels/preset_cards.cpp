// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/preset_cards.h"

#include <QPainter>
#include <QVBoxLayout>

#include "ui/models/described.h"
#include "ui/models/formatting.h"
#include "ui/panels/theme.h"

namespace understudy::ui {

class PresetCard : public QAbstractButton {
  public:
    explicit PresetCard(const training::PresetInfo& info) : info_(info) {
        setObjectName("preset." + ui::text(info.name));
        setText(said(info.title));
        setCheckable(true);
        setAutoExclusive(true);
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
        QSizePolicy policy(QSizePolicy::Expanding,
                           QSizePolicy::Minimum);  // its words may need more
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }

    QString name() const { return ui::text(info_.name); }
    QSize sizeHint() const override { return {200, heightForWidth(200)}; }
    QSize minimumSizeHint() const override { return {120, heightForWidth(width())}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int wide) const override {
        const QFontMetrics metrics(theme::font(theme::FontUse::caption));
        const int lines = metrics
                              .boundingRect(QRect(0, 0, std::max(80, wide - 40), 1000),
                                            Qt::TextWordWrap, said(info_.help))
                              .height();
        return 8 + 18 + lines + 8;
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(isChecked() ? QPen(Qt::white, 1) : QPen(Qt::NoPen));
        painter.setBrush(isChecked()                   ? theme::kSelected
                         : underMouse() && isEnabled() ? theme::kHover
                                                       : theme::kButton);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme::kRadius,
                                theme::kRadius);
        const QPointF dot(16, 17);
        painter.setPen(QPen(isEnabled() ? theme::kSecond : theme::kDisabled, 1.25));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(dot, 5, 5);
        if (isChecked()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(isEnabled() ? Qt::white : theme::kHint);
            painter.drawEllipse(dot, 2.75, 2.75);
        }
        painter.setFont(theme::font(theme::FontUse::title));
        painter.setPen(isEnabled() ? theme::kText : theme::kHint);
        painter.drawText(QRect(30, 8, width() - 40, 18), Qt::AlignLeft | Qt::AlignVCenter,
                         said(info_.title));
        painter.setFont(theme::font(theme::FontUse::caption));
        painter.setPen(isEnabled() ? theme::kSecond : theme::kDisabled);
        painter.drawText(QRect(30, 26, width() - 40, height() - 30), Qt::TextWordWrap,
                         said(info_.help));
        if (hasFocus()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme::kAccent, 2));
            painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme::kRadius,
                                    theme::kRadius);
        }
    }

  private:
    training::PresetInfo info_;
};

PresetCards::PresetCards(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column_ = column;
}

void PresetCards::setPresets(const std::vector<training::PresetInfo>& presets) {
    for (const auto& preset : presets) {
        auto* card = new PresetCard(preset);
        column_->addWidget(card);
        cards_.push_back(card);
        connect(card, &QAbstractButton::clicked, this,
                [this, card] { Q_EMIT chosenChanged(card->name()); });
    }
}

QString PresetCards::title(const QString& name) const {
    for (const PresetCard* card : cards_) {
        if (card->name() == name) {
            return card->text();
        }
    }
    return name;
}

void PresetCards::mark(const QString& name) {
    for (PresetCard* card : cards_) {
        if (card->name() == name) {
            card->setChecked(true);
        }
    }
}

}  // namespace understudy::ui
