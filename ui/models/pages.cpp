// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/pages.h"

#include <QCoreApplication>
#include <array>

namespace understudy::ui {
namespace {

struct Names {
    const char* key;
    const char* title;
};

constexpr std::array<Names, kPageCount> kNames = {
    {{"ingest", QT_TRANSLATE_NOOP("Pages", "Ingest")},
     {"faces", QT_TRANSLATE_NOOP("Pages", "Faces")},
     {"train", QT_TRANSLATE_NOOP("Pages", "Train")},
     {"review", QT_TRANSLATE_NOOP("Pages", "Review")},
     {"deliver", QT_TRANSLATE_NOOP("Pages", "Deliver")}}};

}  // namespace

QString pageKey(PageId page) {
    return QString::fromLatin1(kNames[static_cast<size_t>(page)].key);
}

QString pageTitle(PageId page) {
    return QCoreApplication::translate("Pages", kNames[static_cast<size_t>(page)].title);
}

}  // namespace understudy::ui
