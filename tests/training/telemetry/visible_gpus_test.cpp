#include "training/telemetry/visible_gpus.h"

#include <catch2/catch.hpp>

using namespace understudy::training;

namespace {

std::vector<int> seen(const std::optional<std::string>& visible) {
    std::vector<Nvml::Gpu> gpus(4);
    const char* const uuids[] = {"GPU-aa11", "GPU-ab22", "GPU-cc33", "GPU-dd44"};
    for (int i = 0; i < 4; ++i) {
        gpus[static_cast<size_t>(i)].index = i;
        gpus[static_cast<size_t>(i)].uuid = uuids[i];
    }
    std::vector<int> indices;
    for (const auto& gpu : visibleGpus(gpus, visible)) {
        indices.push_back(gpu.index);
    }
    return indices;
}

using Indices = std::vector<int>;

}  // namespace

TEST_CASE("CUDA_VISIBLE_DEVICES names GPUs by number or UUID, and hides the others") {
    CHECK(seen(std::nullopt) == Indices{0, 1, 2, 3});
    CHECK(seen("").empty());
    CHECK(seen("-1").empty());
    CHECK(seen("2") == Indices{2});
    CHECK(seen("3, 0") == Indices{0, 3});
    CHECK(seen("GPU-cc33,GPU-ab") == Indices{1, 2});
    // As CUDA reads it: nothing counts behind a name that fits none, or several.
    CHECK(seen("1,7,2") == Indices{1});
    CHECK(seen("GPU-a,1").empty());
    CHECK(seen("0,nonsense") == Indices{0});
}
