#include "media/synthetic/mesh.h"

#include <array>

namespace understudy::media {

void addGridTriangles(std::vector<uint32_t>& triangles, uint32_t first, int rows, int columns,
                      bool flip) {
    for (int r = 0; r + 1 < rows; ++r) {
        for (int c = 0; c + 1 < columns; ++c) {
            const auto a = first + static_cast<uint32_t>(r * columns + c);
            const uint32_t b = a + 1;
            const uint32_t d = a + static_cast<uint32_t>(columns);
            const uint32_t e = d + 1;
            const std::array<uint32_t, 6> two = {a, b, e, a, e, d};
            for (int i = 0; i < 6; ++i) {
                triangles.push_back(two[static_cast<size_t>(flip ? 5 - i : i)]);
            }
        }
    }
}

std::vector<Vec3> normalsOf(const std::vector<Vec3>& points,
                            const std::vector<uint32_t>& triangles) {
    std::vector<Vec3> normals(points.size());
    for (size_t t = 0; t < triangles.size(); t += 3) {
        const Vec3 a = points[triangles[t]];
        const Vec3 n = cross(points[triangles[t + 1]] - a, points[triangles[t + 2]] - a);
        for (size_t i = 0; i < 3; ++i) {
            normals[triangles[t + i]] += n;
        }
    }
    for (Vec3& n : normals) {
        n = normalized(n);
    }
    return normals;
}

}  // namespace understudy::media
