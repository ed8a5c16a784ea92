// faceset.pak files.
#include "media/base/check.h"
#include "media/exchange/dfl_faceset.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/media/exchange/made_pickles.h"

using namespace understudy;
using namespace understudy::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string file = tests::inputText(data, size);
    const auto index = readDflPackIndex(file, "fuzz");
    if (!index.ok()) {
        US_CHECK(index.error().code == ErrorCode::corruptData && !index.error().remedy.empty());
        return 0;
    }
    for (const PackedPicture& picture : *index) {
        US_CHECK(picture.begin <= size && picture.bytes <= size - picture.begin);
        static_cast<void>(readDflFace({file.data() + picture.begin, picture.bytes}, "fuzz").ok());
    }
    ++tests::acceptedInputs;
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    const auto landmarks = madeLandmarks(128);
    const std::string jpeg =
        withData(emptyJpeg(128, 128), dflData(landmarks, &landmarks, "00001.png"));
    return {dflPack({{"00001_0.jpg", jpeg}, {"00002_0.jpg", jpeg}}), dflPack({}),
            dflPack({{"a.jpg", emptyJpeg(9, 9)}})};
}
