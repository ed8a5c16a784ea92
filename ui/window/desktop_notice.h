// SPDX-License-Identifier: GPL-3.0-or-later
// Notices of the desktop (org.freedesktop.Notifications); where it has none, of the tray.
#pragma once

#include <QDBusPendingCallWatcher>
#include <QObject>
#include <QPointer>
#include <QSystemTrayIcon>
#include <memory>

namespace understudy::ui {

class DesktopNotice : public QObject {
    Q_OBJECT
  public:
    // A click on a notice brings `window` to the front.
    void show(QWidget* window, const QString& title, const QString& detail, bool failed);

  private Q_SLOTS:
    void clicked(uint notice, const QString& action);

  private:
    void showInTray(const QString& title, const QString& detail, bool failed);
    void raise();

    QPointer<QWidget> window_;
    uint shown_ = 0;  // of the desktop's notices; 0: none
    bool listening_ = false;
    std::unique_ptr<QSystemTrayIcon> tray_;
};

}  // namespace understudy::ui
