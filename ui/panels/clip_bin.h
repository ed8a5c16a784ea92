// SPDX-License-Identifier: GPL-3.0-or-later
// One performer's clips: the mark and name of the role, the list, and a place to drop more.
#pragma once

#include <QLineEdit>
#include <QListView>

#include "ui/models/clip_list_model.h"
#include "ui/models/consent_words.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class ClipBin : public QFrame {
    Q_OBJECT
  public:
    ClipBin(ClipListModel* model, PerformerRole role, QWidget* parent = nullptr);

    ClipListModel* model() const { return model_; }
    QListView* list() const { return list_; }
    PerformerRole role() const { return role_; }
    QStringList selected() const;
    QString wishedName() const;  // typed before the first clip came in
    void setWishedName(const QString& name);
    void editName();
    // The performer has, or has no more, a name of another, or nothing came of a wish for one.
    void showName(bool anew = false);  // anew: also over what was typed
    void setEditable(bool on);
    // What the chip below the name says; no text: there is nobody to ask yet. With several
    // performers it asks whose consent is meant.
    void setConsent(const ConsentWords& words, const QStringList& performers);

  Q_SIGNALS:
    void addRequested();
    void dropped(const QStringList& paths);
    void consentRequested(const QString& performer);
    void clipActivated(const QString& clip);
    void clipsDropped(const QStringList& clips);
    void renameRequested(const QString& performer, const QString& name);
    // Both at a place of the screen.
    void menuRequested(const QStringList& clips, const QPoint& at);
    void performerMenuRequested(const QPoint& at);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void refresh();
    void askRename();
    QWidget* buildConsent();

    ClipListModel* model_;
    PerformerRole role_;
    QLineEdit* name_;
    QLabel* count_;
    QToolButton* more_;
    QListView* list_;
    QLabel* hint_;
    QToolButton* consent_;
    QStringList consentOf_;
    QString shownName_;
    bool named_ = false;  // the performer is there
    bool dropping_ = false;
};

// Local files and folders of a drag; empty if it holds none.
QStringList localPaths(const QMimeData* data);

}  // namespace understudy::ui
