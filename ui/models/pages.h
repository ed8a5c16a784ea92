// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the window in the order of the work, by the name that is kept and the one that is
// shown.
#pragma once

#include <QString>

namespace understudy::ui {

enum class PageId { ingest, faces, train, review, deliver };
constexpr int kPageCount = 5;

QString pageKey(PageId page);    // "ingest": in settings, object names and key tables
QString pageTitle(PageId page);  // "Ingest"

}  // namespace understudy::ui
