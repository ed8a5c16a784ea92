// Landmark models in dlib's format. What is accepted places points, whatever they are.
#include "media/face/shape_trees.h"
#include "tests/fuzz/file_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/media/face/tiny_model.h"

using namespace understudy;
using namespace understudy::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto trees = ShapeTrees::read(tests::fileOf(data, size, "model.dat"));
    if (!trees.ok()) {
        return 0;
    }
    ++tests::acceptedInputs;
    Image gray(32, 24, 1, SampleType::u8);
    for (size_t i = 0; i < gray.size(); ++i) {
        gray.row<uint8_t>(0)[i] = static_cast<uint8_t>(37 * i);
    }
    const FaceBox boxes[] = {{4, 3, 28, 21, 0}, {-40, -40, 90, 80, 0}, {5, 5, 6, 6, 0}};
    trees->place(gray, boxes);
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    return {TinyModel().bytes(), TinyModel(kLandmarkCount, 1).bytes()};
}
