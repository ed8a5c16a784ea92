// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/zoom_keys.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace understudy::ui {

void addZoomKeys(const AddKey& add, std::function<void()> hold, std::function<void(int)> zoomTo) {
    add("holdZoom", QCoreApplication::translate("ZoomKeys", "Hold: larger under the pointer"),
        Qt::Key_Z, std::move(hold));
    for (int n = 1; n <= kMostZoom; ++n) {
        add(QStringLiteral("zoom%1").arg(n),
            QCoreApplication::translate("ZoomKeys", "Zoom %1:1").arg(n), {},
            [zoomTo, n] { zoomTo(n); });
    }
}

double closerZoom(double now) {
    return std::max(1.0, std::ceil(1.5 * now - 1e-6));
}

}  // namespace understudy::ui
