// Triangles for everything that is rendered beside the head's own grid, and how grids become
// triangles.
#pragma once

#include <cstdint>
#include <vector>

#include "media/synthetic/vec.h"

namespace understudy::media {

struct Mesh {
    std::vector<Vec3> points;         // centimetres
    std::vector<Vec3> canonical;      // for colour; same size
    std::vector<float> openness;      // part of the sky that is seen, 0 to 1; same size
    std::vector<uint32_t> triangles;  // three indices each, counter-clockwise from outside
};

// Two triangles for each cell of a grid of rows x columns whose first point is `first`. They face
// out where columns run counter-clockwise seen from above and rows run up, in where `flip`.
void addGridTriangles(std::vector<uint32_t>& triangles, uint32_t first, int rows, int columns,
                      bool flip = false);

// Unit length, by the areas of the triangles around each point.
std::vector<Vec3> normalsOf(const std::vector<Vec3>& points,
                            const std::vector<uint32_t>& triangles);

}  // namespace understudy::media
