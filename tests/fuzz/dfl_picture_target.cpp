// JPEG files with the data of DeepFaceLab in them.
#include "media/base/check.h"
#include "media/exchange/dfl_face.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/media/exchange/made_pickles.h"

using namespace understudy;
using namespace understudy::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto face = readDflFace(tests::inputText(data, size), "fuzz");
    if (!face.ok()) {
        US_CHECK(face.error().code == ErrorCode::corruptData && !face.error().remedy.empty());
        return 0;
    }
    US_CHECK(face->width > 0 && face->height > 0 && !face->faceType.empty());
    for (const Point point : face->inPicture) {
        US_CHECK(std::isfinite(point.x) && std::isfinite(point.y));
    }
    ++tests::acceptedInputs;
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    const auto inPicture = madeLandmarks(256);
    const auto inFrame = madeLandmarks(600, 40);
    const std::string jpeg = emptyJpeg(256, 256);
    const std::string data = dflData(inPicture, &inFrame, "00017.png");
    return {withData(jpeg, data), withData(withData(jpeg, data), "\x80\x04N."),
            withData(jpeg, dflData(inPicture, nullptr, "", "head_no_align"))};
}
