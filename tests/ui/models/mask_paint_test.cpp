// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/mask_paint.h"

#include <QPolygonF>
#include <catch2/catch.hpp>

#include "ui/models/mask_overlay.h"

using namespace understudy;
using media::MaskCorrection;
using ui::MaskPaint;

namespace {

MaskPaint painted(MaskPaint::Brush brush, double radius = 10, double softness = 0) {
    MaskPaint paint;
    paint.open(100, 80, {});
    paint.beginStroke(brush);
    paint.strokeTo({30, 40}, {60, 40}, radius, softness);
    return paint;
}

}  // namespace

TEST_CASE("a stroke adds or takes within its width, and leaves the rest") {
    const MaskPaint added = painted(MaskPaint::Brush::add);
    CHECK(added.level(30, 40) == 255);
    CHECK(added.level(45, 48) == 255);
    CHECK(added.level(45, 52) == MaskCorrection::kLeave);
    CHECK(added.level(10, 40) == MaskCorrection::kLeave);
    const MaskPaint removed = painted(MaskPaint::Brush::remove);
    CHECK(removed.level(45, 40) == 0);
    CHECK(added.correction().box().height <= 23);
    CHECK(MaskPaint().isOpen() == false);
}

TEST_CASE("a soft brush fades evenly, however often one goes over it") {
    MaskPaint paint = painted(MaskPaint::Brush::remove, 20, 1);
    const uint8_t middle = paint.level(45, 50);
    CHECK(middle > 0);
    CHECK(middle < MaskCorrection::kLeave);
    CHECK(paint.level(45, 44) < middle);
    CHECK(paint.level(45, 56) > middle);
    paint.strokeTo({60, 40}, {30, 40}, 20, 1);
    CHECK(paint.level(45, 50) == middle);
    paint.beginStroke(MaskPaint::Brush::remove);  // a second stroke goes on
    paint.strokeTo({30, 40}, {60, 40}, 20, 1);
    CHECK(paint.level(45, 50) < middle);
}

TEST_CASE("restoring takes away what was painted, and nothing painted is no correction") {
    MaskPaint paint = painted(MaskPaint::Brush::add);
    paint.beginStroke(MaskPaint::Brush::restore);
    const QRect changed = paint.strokeTo({30, 40}, {60, 40}, 14, 0);
    CHECK(changed.contains(45, 40));
    CHECK(paint.correction().empty());
}

TEST_CASE("what was painted is opened again, also over a plate of half the size") {
    const MaskCorrection kept = painted(MaskPaint::Brush::remove).correction();
    MaskPaint paint;
    paint.open(100, 80, kept);
    CHECK(paint.correction() == kept);
    paint.open(50, 40, kept);
    CHECK(paint.level(22, 20) == 0);
    CHECK(paint.level(22, 30) == MaskCorrection::kLeave);
}

TEST_CASE("strokes outside of the plate paint nothing") {
    MaskPaint paint;
    paint.open(40, 30, {});
    paint.beginStroke(MaskPaint::Brush::add);
    CHECK(paint.strokeTo({-50, -50}, {-40, -20}, 5, 0.5).isEmpty());
    CHECK(paint.correction().empty());
}

TEST_CASE("the overlay is dark off the face, green where added and red where taken") {
    const MaskPaint paint = painted(MaskPaint::Brush::remove);
    std::vector<uint8_t> mask(100 * 100, 0);
    std::fill(mask.begin() + 2000, mask.end(), uint8_t{255});  // from row 20 on
    ui::MaskLayers layers;
    layers.paint = &paint;
    layers.mask = mask;
    layers.maskSide = 100;
    QImage overlay(100, 80, QImage::Format_ARGB32_Premultiplied);
    overlay.fill(Qt::transparent);
    ui::paintMaskOverlay(overlay, overlay.rect(), layers);
    const auto at = [&overlay](int x, int y) {
        return reinterpret_cast<const QRgb*>(overlay.constScanLine(y))[x];
    };
    CHECK(qAlpha(at(90, 10)) > 100);  // dark, no colour
    CHECK(qRed(at(90, 10)) == 0);
    CHECK(qAlpha(at(90, 60)) == 0);  // face
    CHECK(qRed(at(45, 40)) > 50);    // taken
    CHECK(qGreen(at(45, 40)) == 0);
}

TEST_CASE("a polygon is filled to its rim, which is half covered where it halves a pixel") {
    MaskPaint paint;
    paint.open(100, 80, {});
    paint.beginStroke(MaskPaint::Brush::remove);
    const QPolygonF square({{20, 20}, {40.5, 20}, {40.5, 50}, {20, 50}});
    CHECK(paint.fill(square).contains(QRect(20, 20, 20, 30)));
    CHECK(paint.level(20, 20) == 0);
    CHECK(paint.level(39, 49) == 0);
    CHECK(paint.level(19, 30) == MaskCorrection::kLeave);
    CHECK(paint.level(30, 50) == MaskCorrection::kLeave);
    CHECK(paint.level(40, 30) == Approx(MaskCorrection::kLeave / 2).margin(3));
    // Partly or wholly outside of the plate: what is inside counts.
    paint.beginStroke(MaskPaint::Brush::add);
    paint.fill(QPolygonF({{-30, -30}, {10, -30}, {10, 10}, {-30, 10}}));
    CHECK(paint.level(0, 0) == 255);
    CHECK(paint.level(12, 5) == MaskCorrection::kLeave);
    CHECK(paint.fill(QPolygonF({{200, 200}, {220, 200}, {210, 230}})).isEmpty());
}
