// faceswap's interchange JSON.
#include <cmath>

#include "media/base/check.h"
#include "media/exchange/interchange.h"
#include "tests/fuzz/fuzz_target.h"

using namespace understudy;
using namespace understudy::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto faces = readInterchange(tests::inputText(data, size), "fuzz");
    if (!faces.ok()) {
        US_CHECK(faces.error().code == ErrorCode::corruptData && !faces.error().remedy.empty());
        return 0;
    }
    US_CHECK(!faces->faces.empty());
    for (const ImportedFace& face : faces->faces) {
        static_cast<void>(frameNumberIn(face.frame));
        US_CHECK(std::isfinite(face.landmarks[67].x));
    }
    ++tests::acceptedInputs;
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    std::string points;
    for (int i = 0; i < 68; ++i) {
        points += (i > 0 ? ",[" : "[") + std::to_string(i) + "," + std::to_string(i) + ".5]";
    }
    const std::string face = "{\"detected\":[1,2,3,4],\"landmarks_2d\":[" + points + "]}";
    return {"{\"a_000001.png\":[" + face + "],\"a_000002.png\":[]}",
            "{\"x\":1,\"0007.png\":[" + face + "," + face + ",{\"landmarks_2d\":[]}]}",
            "{\"a\":" + std::string(3000, '[') + std::string(3000, ']') + "}"};
}
