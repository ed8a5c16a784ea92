// performer_sheet FILE.png [FIRST_SEED] [COLUMNS] [ROWS]: rendered performers in poses and
// expressions, with their landmarks where LANDMARKS is set in the environment, for people to judge.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "media/source/picture_io.h"
#include "media/synthetic/performer_renderer.h"

using namespace understudy::media;

namespace {

constexpr int kCell = 320;

Moment momentOf(int row) {
    Moment m;
    m.faceHeight = 0.62f;
    m.grainSeed = static_cast<uint32_t>(row);
    Expression& e = m.expression;
    switch (row % 6) {
        case 0:
            break;
        case 1:
            m.pose.yaw = 0.5f;
            e.smile = 0.8f;
            e.squint = 0.5f;
            break;
        case 2:
            m.pose.yaw = -0.55f;
            m.pose.pitch = 0.15f;
            e.jawOpen = 0.7f;
            break;
        case 3:
            m.pose.pitch = -0.25f;
            e.blink = 1;
            break;
        case 4:
            e.jawOpen = 0.4f;
            e.smile = 0.9f;
            e.browRaise = 0.8f;
            m.lighting.toKey = {0.8f, 0.3f, 0.4f};
            break;
        case 5:
            e.pucker = 0.9f;
            e.browFrown = 1;
            e.gazeX = 0.35f;
            m.pose.roll = 0.2f;
            m.occluder.kind = Occluder::Kind::hand;
            m.occluder.place = {-3, -14, 13};
            break;
    }
    return m;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "performer_sheet FILE.png [FIRST_SEED] [COLUMNS] [ROWS]\n");
        return 64;
    }
    const uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    const int columns = argc > 3 ? std::atoi(argv[3]) : 6;
    const int rows = argc > 4 ? std::atoi(argv[4]) : 6;
    Image sheet(columns * kCell, rows * kCell, 3, SampleType::u8);
    for (int c = 0; c < columns; ++c) {
        const Performer performer(identityOf(first + static_cast<uint64_t>(c)));
        for (int r = 0; r < rows; ++r) {
            const RenderedFrame frame = performer.render(momentOf(r), kCell, kCell);
            for (int y = 0; y < kCell; ++y) {
                std::memcpy(sheet.row<uint8_t>(r * kCell + y) + 3 * c * kCell,
                            frame.picture.row<uint8_t>(y), 3 * kCell);
            }
            if (std::getenv("LANDMARKS") != nullptr) {
                for (const Point& p : frame.landmarks) {
                    const int x = c * kCell + static_cast<int>(p.x);
                    const int y = r * kCell + static_cast<int>(p.y);
                    if (x > 0 && y > 0 && x + 1 < sheet.width() && y + 1 < sheet.height()) {
                        uint8_t* pixel = sheet.row<uint8_t>(y) + 3 * x;
                        pixel[0] = 0, pixel[1] = 255, pixel[2] = 0;
                    }
                }
            }
        }
    }
    const auto written = writePicture(argv[1], sheet, {});
    if (!written.ok()) {
        std::fprintf(stderr, "%s\n", written.error().message.c_str());
    }
    return written.ok() ? 0 : 1;
}
