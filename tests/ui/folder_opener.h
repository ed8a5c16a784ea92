// SPDX-License-Identifier: GPL-3.0-or-later
// What would open in the desktop's file manager while it lives.
#pragma once

#include <QDesktopServices>
#include <QObject>
#include <QStringList>
#include <QUrl>

namespace understudy::tests {

class FolderOpener : public QObject {
    Q_OBJECT
  public:
    FolderOpener() { QDesktopServices::setUrlHandler("file", this, "open"); }
    ~FolderOpener() override { QDesktopServices::unsetUrlHandler("file"); }
    QStringList opened;
  public Q_SLOTS:
    void open(const QUrl& url) { opened << url.toLocalFile(); }
};

}  // namespace understudy::tests
