// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ui_settings.h"

#include <QCryptographicHash>
#include <QStandardPaths>

namespace understudy::ui {
namespace {

constexpr int kMostRecent = 12;

QString fileOrDefault(const QString& file) {
    return file.isEmpty()
               ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
                     QStringLiteral("/understudy/window.ini")
               : file;
}

}  // namespace

UiSettings::UiSettings(const QString& file)
    : settings_(fileOrDefault(file), QSettings::IniFormat) {}

QStringList UiSettings::recentProjects() const {
    return settings_.value("recent").toStringList();
}

void UiSettings::addRecentProject(const QString& folder) {
    QStringList recent = recentProjects();
    recent.removeAll(folder);
    recent.prepend(folder);
    settings_.setValue("recent", recent.mid(0, kMostRecent));
}

void UiSettings::removeRecentProject(const QString& folder) {
    QStringList recent = recentProjects();
    recent.removeAll(folder);
    settings_.setValue("recent", recent);
}

// What is the same already is not written again.
void UiSettings::put(const QString& key, const QVariant& value) {
    if (settings_.value(key) != value) {
        settings_.setValue(key, value);
    }
}

QByteArray UiSettings::bytes(const QString& key) const {
    return settings_.value(key).toByteArray();
}

void UiSettings::setBytes(const QString& key, const QByteArray& value) {
    put(key, value);
}

int UiSettings::number(const QString& key, int fallback) const {
    bool isNumber = false;
    const int value = settings_.value(key).toInt(&isNumber);
    return isNumber ? value : fallback;
}

void UiSettings::setNumber(const QString& key, int value) {
    put(key, value);
}

bool UiSettings::flag(const QString& key) const {
    return settings_.value(key).toBool();
}

void UiSettings::setFlag(const QString& key, bool value) {
    put(key, value);
}

QString UiSettings::text(const QString& key, const QString& fallback) const {
    return settings_.value(key, fallback).toString();
}

void UiSettings::setText(const QString& key, const QString& value) {
    put(key, value);
}

QString UiSettings::projectKey(const QString& folder, const QString& name) {
    const QByteArray hash =
        QCryptographicHash::hash(folder.toUtf8(), QCryptographicHash::Sha1).toHex().left(16);
    return QStringLiteral("project-%1/%2").arg(QString::fromLatin1(hash), name);
}

}  // namespace understudy::ui
