// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers for this user on this machine: geometry, page, splitters, recent
// projects. Never anything a project needs.
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace understudy::ui {

class UiSettings {
  public:
    // An INI file; empty: the user's own place.
    explicit UiSettings(const QString& file = {});

    QStringList recentProjects() const;  // newest first, at most 12
    void addRecentProject(const QString& folder);
    void removeRecentProject(const QString& folder);

    QByteArray bytes(const QString& key) const;
    void setBytes(const QString& key, const QByteArray& value);
    int number(const QString& key, int fallback) const;
    void setNumber(const QString& key, int value);
    bool flag(const QString& key) const;
    void setFlag(const QString& key, bool value);
    QString text(const QString& key, const QString& fallback = {}) const;
    void setText(const QString& key, const QString& value);

    // Where was I in this project: keyed by its folder.
    static QString projectKey(const QString& folder, const QString& name);
    void sync() { settings_.sync(); }

  private:
    void put(const QString& key, const QVariant& value);

    QSettings settings_;
};

}  // namespace understudy::ui
