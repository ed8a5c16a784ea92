#include "media/extract/kept_parts.h"

#include <array>
#include <catch2/catch.hpp>

#include "tests/media/align/sample_face.h"

using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kSide = 400;

class FakePart final : public FramePart {
  public:
    explicit FakePart(const PixelRect& rect) : rect_(rect) {}
    size_t bytes() const override { return static_cast<size_t>(rect_.width) * rect_.height; }
    PixelRect rect() const override { return rect_; }
    PicturePart colors() const override { return {}; }

  private:
    PixelRect rect_;
};

class FakePlanes final : public FramePlanes {
  public:
    size_t bytes() const override { return size_t{kSide} * kSide; }
    std::shared_ptr<const FramePart> cut(const PixelRect& rect) const override {
        return std::make_shared<FakePart>(rect);
    }
};

Landmarks faceAt(Point centre) {
    Affine place;
    place.xx = place.yy = 0.3;
    place.x0 = centre.x - 0.3 * 320;
    place.y0 = centre.y - 0.3 * 240;
    return transformed(sampleFace(1, 0), place);
}

CropShape shape() {
    CropShape shape;
    shape.size = 64;
    shape.plateWidth = shape.plateHeight = kSide;
    return shape;
}

}  // namespace

TEST_CASE("what is kept of a frame serves crops near the faces that were found") {
    KeptParts kept(shape(), size_t{10} << 20);
    const Landmarks face = faceAt({100, 100});
    const std::array<Landmarks, 1> faces{face};
    kept.keep(7, FakePlanes(), faces);
    const auto part = kept.partFor(7, face);
    REQUIRE(part);
    CHECK(part->rect().contains(shape().rectOf(face)));
    CHECK(kept.partFor(7, faceAt({101, 99.5})));
    CHECK(!kept.partFor(7, faceAt({160, 100})));
    CHECK(!kept.partFor(8, face));

    // Of several faces there is one part around all.
    const std::array<Landmarks, 2> two{face, faceAt({220, 180})};
    kept.keep(8, FakePlanes(), two);
    CHECK(kept.partFor(8, two[0]));
    CHECK(kept.partFor(8, two[1]));

    // Frames without a face leave nothing.
    kept.keep(9, FakePlanes(), {});
    CHECK(!kept.partFor(9, face));
}

TEST_CASE("no more is kept than may be") {
    const Landmarks face = faceAt({100, 100});
    const std::array<Landmarks, 1> faces{face};
    KeptParts one(shape(), size_t{1} << 30);
    one.keep(1, FakePlanes(), faces);
    const size_t bytes = one.partFor(1, face)->bytes();
    KeptParts kept(shape(), 2 * bytes + bytes / 2);
    for (int i = 1; i <= 4; ++i) {
        kept.keep(i, FakePlanes(), faces);
    }
    CHECK(kept.partFor(1, face));
    CHECK(kept.partFor(2, face));
    CHECK(!kept.partFor(3, face));
    CHECK(!kept.partFor(4, face));
}
