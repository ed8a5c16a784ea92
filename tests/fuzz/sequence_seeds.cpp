// Seeds of sequence_target.cpp.
#include "tests/fuzz/fuzz_target.h"

std::vector<std::string> understudy::tests::fuzzSeeds() {
    return {
        "plates/shot.####.exr",           "shot.%04d.dpx",        "shot.@@@@.exr", "shot.$F4.exr",
        "shot.####.exr 1001-1100x2,1150", "shot.1001-1100x2.exr", "1-3,7,12-20x4", "shot_1001.png"};
}
