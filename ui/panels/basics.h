// SPDX-License-Identifier: GPL-3.0-or-later
// The small parts every page is made of: labels in the theme's fonts, the primary button, a title
// line, a message with its remedy, an empty place with its next step, a folded section.
#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <functional>

#include "ui/panels/theme.h"

class QAction;

namespace understudy::ui {

QLabel* label(const QString& text, theme::FontUse use = theme::FontUse::body,
              const QColor& color = theme::kText);
// A flat square button with an icon; the key stands in the tool tip.
QToolButton* iconButton(const QString& iconName, const QString& toolTip, const QString& objectName);
void setColor(QWidget* widget, const QColor& text);

// "Save (Ctrl+S)".
QString tipWithKey(const QString& text, const QString& key);

// A menu's entry with the key that the action has now: "Keep\tP".
QString withKey(const QString& text, const QAction* action);

// Elides in the middle and shows the whole text as a tool tip; never widens its panel.
class ElidedLabel : public QLabel {
  public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    void setFullText(const QString& text);
    const QString& fullText() const { return full_; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString full_;
};

// The one button of a page that is in the accent: what to do next.
class PrimaryButton : public QPushButton {
  public:
    explicit PrimaryButton(QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;
};

// A panel: a title line of 28 px and what is below it.
class Panel : public QFrame {
    Q_OBJECT
  public:
    explicit Panel(const QString& title, QWidget* parent = nullptr);
    QVBoxLayout* body() const { return body_; }
    QHBoxLayout* header() const { return header_; }  // widgets go after the title
    void setTitle(const QString& title) { title_->setText(title); }

  private:
    QLabel* title_;
    QHBoxLayout* header_;
    QVBoxLayout* body_;
};

// What happened, to what, what to do; with at most one button that does it, and one that closes.
class MessageBar : public QFrame {
    Q_OBJECT
  public:
    enum class Kind { error, warning, note };
    explicit MessageBar(QWidget* parent = nullptr);
    // Pressing the button is told by actionPressed(), or, with a `remedy`, closes and runs that.
    void show(Kind kind, const QString& text, const QString& action = {},
              std::function<void()> remedy = {});
    void dismiss();
    QString text() const { return text_->text(); }

  Q_SIGNALS:
    void actionPressed();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QLabel* icon_;
    QLabel* text_;
    QPushButton* action_;
    QToolButton* close_;
    std::function<void()> remedy_;
    Kind kind_ = Kind::note;
};

// An empty place: one sentence and the next step as a button, centred.
class EmptyState : public QWidget {
    Q_OBJECT
  public:
    EmptyState(const QString& iconName, const QString& title, const QString& sentence,
               QWidget* parent = nullptr);
    QPushButton* addButton(const QString& text, const QString& objectName);
    void setTexts(const QString& title, const QString& sentence);

  private:
    QLabel* title_;
    QLabel* sentence_;
    QHBoxLayout* buttons_;
};

// A section that folds: "> Advanced".
class FoldSection : public QWidget {
    Q_OBJECT
  public:
    explicit FoldSection(const QString& title, QWidget* parent = nullptr);
    QVBoxLayout* body() const { return body_; }
    void setOpen(bool open);
    bool isOpen() const { return button_->isChecked(); }

  private:
    QToolButton* button_;
    QWidget* content_;
    QVBoxLayout* body_;
};

// A 1 px line.
QFrame* separator(Qt::Orientation orientation);

}  // namespace understudy::ui
