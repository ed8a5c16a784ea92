// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/devices.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <thread>

namespace understudy::ui {
namespace {

struct DeviceText {
    Q_DECLARE_TR_FUNCTIONS(DeviceText)
};

}  // namespace

std::vector<Device> findDevices() {
    std::vector<Device> devices;
    const QDir folder(QStringLiteral("/proc/driver/nvidia/gpus"));
    // Bus order, which is also the order in which the devices are numbered by default.
    for (const QString& bus : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        QFile file(folder.filePath(bus + QStringLiteral("/information")));
        QString name = QStringLiteral("GPU");
        if (file.open(QIODevice::ReadOnly)) {
            const QString all = QString::fromUtf8(file.readAll());
            for (const QString& line : all.split('\n')) {
                if (line.startsWith(QStringLiteral("Model:"))) {
                    name = line.mid(6).trimmed();
                }
            }
        }
        devices.push_back({QStringLiteral("cuda:%1").arg(devices.size()), name});
    }
    const unsigned cores = std::thread::hardware_concurrency();
    devices.push_back({QStringLiteral("cpu"), cores == 1
                                                  ? DeviceText::tr("CPU, 1 core")
                                                  : DeviceText::tr("CPU, %1 cores").arg(cores)});
    return devices;
}

}  // namespace understudy::ui
