// SPDX-License-Identifier: GPL-3.0-or-later
// How the parts of a page give it their keys: the id stays and is what tables of keys know the
// action by, the title is only shown.
#pragma once

#include <QKeySequence>
#include <QString>
#include <functional>

namespace understudy::ui {

using AddKey = std::function<void(const QString& id, const QString& title, const QKeySequence& key,
                                  std::function<void()> action)>;

}  // namespace understudy::ui
