// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/desktop_notice.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingReply>
#include <QWidget>

#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

const QString kService = QStringLiteral("org.freedesktop.Notifications");
const QString kPath = QStringLiteral("/org/freedesktop/Notifications");

}  // namespace

void DesktopNotice::show(QWidget* window, const QString& title, const QString& detail,
                         bool failed) {
    window_ = window;
    QApplication::alert(window);
    // Without an address the library would start a bus of its own, and wait for it.
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") || !bus.isConnected()) {
        showInTray(title, detail, failed);
        return;
    }
    if (!listening_) {
        listening_ = bus.connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this,
                                 SLOT(clicked(uint, QString)));
    }
    QDBusMessage call =
        QDBusMessage::createMethodCall(kService, kPath, kService, QStringLiteral("Notify"));
    const QVariantMap hints = {
        {QStringLiteral("urgency"), QVariant::fromValue<uchar>(failed ? 2 : 1)}};
    // The text may hold markup for some desktops, and names of clips are no markup.
    call << tr("Understudy") << uint{0} << QStringLiteral("understudy") << title
         << detail.toHtmlEscaped() << QStringList{QStringLiteral("default"), tr("Show")} << hints
         << -1;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this,
            [this, answer, title, detail, failed] {
                const QDBusPendingReply<uint> id = *answer;
                if (id.isError()) {
                    showInTray(title, detail, failed);
                } else {
                    shown_ = id.value();
                }
                answer->deleteLater();
            });
}

void DesktopNotice::clicked(uint notice, const QString& /*action*/) {
    if (notice == shown_) {
        raise();
    }
}

void DesktopNotice::raise() {
    if (window_) {
        window_->show();
        window_->raise();
        window_->activateWindow();
    }
}

void DesktopNotice::showInTray(const QString& title, const QString& detail, bool failed) {
    if (!QSystemTrayIcon::isSystemTrayAvailable()) {
        return;
    }
    if (!tray_) {
        tray_ = std::make_unique<QSystemTrayIcon>(icon("film"));
        tray_->setToolTip(tr("Understudy"));
        connect(tray_.get(), &QSystemTrayIcon::messageClicked, this, &DesktopNotice::raise);
    }
    tray_->show();
    tray_->showMessage(title, detail,
                       failed ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information);
}

}  // namespace understudy::ui
