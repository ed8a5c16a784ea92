// The head of a rendered performer: one grid for everybody, so that a vertex is the same place of
// every face. Its place on the mean head is its canonical coordinate; relief, colour, masks and
// landmarks are functions of that. Centimetres, origin between the eyes, x to the picture's right,
// y up, z towards the camera.
#pragma once

#include <vector>

#include "media/synthetic/identity.h"
#include "media/synthetic/vec.h"

namespace understudy::media {

// What a face does. 0 is at rest, 1 the most that is usual; gaze in radians.
struct Expression {
    float blink = 0;
    float squint = 0;
    float jawOpen = 0;
    float smile = 0;  // down to -0.5: mouth corners lowered
    float pucker = 0;
    float browRaise = 0;
    float browFrown = 0;
    float gazeX = 0;  // to the picture's right
    float gazeY = 0;  // up
};

struct HeadGrid {
    static constexpr int kColumns = 241;  // the last one closes the seam at the back
    static constexpr int kRows = 251;     // below the chin to the crown
    static constexpr int kVertices = kColumns * kRows;
    static constexpr int index(int row, int column) { return row * kColumns + column; }
};

// The mean head's vertices: canonical coordinates by vertex.
const std::vector<Vec3>& canonicalHead();

// The eye's opening in canonical coordinates around its centre: 0 at the corners' line. `dx` from
// -kEyeHalfWidth to kEyeHalfWidth, towards the temple positive.
constexpr float kEyeX = 3.05f;
constexpr float kEyeHalfWidth = 1.33f;
constexpr float kEyeballRadius = 1.75f;
constexpr float kMouthY = -7.4f;
constexpr float kMouthHalfWidth = 2.35f;
// Half-height of the band of canonical coordinates that opens.
float mouthBand(const Expression& expression);
float upperLid(float dx, const Identity& identity, const Expression& expression);
float lowerLid(float dx, const Identity& identity, const Expression& expression);

// Where a swap shows the source: 1 within the face, 0 on hair, ears and neck.
float swapWeight(Vec3 canonical);

// 0 on skin to 1 in the hair.
float hairCover(Vec3 canonical, const Identity& identity);

class HeadShape {
  public:
    explicit HeadShape(const Identity& identity);
    // The source's face on the destination's head: what a perfect swap shows.
    HeadShape(const HeadShape& destination, const HeadShape& source);

    // Vertices in this expression, before the head is turned.
    std::vector<Vec3> posed(const Expression& expression) const;
    // How much of the sky a vertex sees at rest, 0 to 1.
    const std::vector<float>& openness() const { return openness_; }
    // hairCover of the vertices.
    const std::vector<float>& hair() const { return hair_; }
    Vec3 eyeCentre(int side) const { return eyes_[side]; }  // 0: picture's left

    // A point that follows the jaw, as teeth and tongue do.
    static Vec3 onJaw(Vec3 point, const Expression& expression, float weight = 1);

  private:
    std::vector<Vec3> rest_;
    std::vector<float> openness_;
    std::vector<float> hair_;
    Vec3 eyes_[2];
};

}  // namespace understudy::media
