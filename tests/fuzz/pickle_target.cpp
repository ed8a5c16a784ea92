// Pickles of any kind.
#include "media/base/check.h"
#include "media/exchange/pickle.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/media/exchange/made_pickles.h"

using namespace understudy;
using namespace understudy::media;

namespace {

// Looks at everything, but not for ever: lists may contain themselves.
size_t look(const PickleValue& value, int depth, size_t& left) {
    if (left == 0 || depth > 20) {
        return 0;
    }
    --left;
    size_t sum = value.number().has_value() + value.text().value_or("").size() +
                 value.bytes().value_or("").size() + value.find("landmarks").size();
    if (const PickleArray* array = value.array()) {
        for (uint64_t i = 0; i < array->count() && i < 500; ++i) {
            sum += array->at(i) > 0;
        }
    }
    if (value.kind() == PickleKind::list || value.kind() == PickleKind::tuple) {
        for (size_t i = 0; i < value.size(); ++i) {
            sum += look(value.item(i), depth + 1, left);
        }
    }
    return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string bytes = tests::inputText(data, size);
    const auto pickle = Pickle::read(bytes, "fuzz", {.bytes = 4u << 20, .memory = 64u << 20});
    if (!pickle.ok()) {
        US_CHECK(pickle.error().code == ErrorCode::corruptData && !pickle.error().remedy.empty());
        return 0;
    }
    size_t left = 20000;
    US_CHECK(look(pickle->value(), 0, left) < SIZE_MAX);
    ++tests::acceptedInputs;
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    using namespace pickled;
    const auto landmarks = madeLandmarks(256);
    const std::string buffer = global("numpy.core.numeric", "_frombuffer") + "(" + "\x96" +
                               little(16, 8) + std::string(16, '\x40') + format("f4", ">") +
                               "K\x02K\x02\x86" + text("F") + "tR";
    return {
        dflData(landmarks, &landmarks, "00017.png"),
        whole(list("K\x01M\x02\x03J\xff\xff\xff\xff\x8a\x02\xff\xff" + real(1.5) + "\x88\x89N" +
                   text("a") + "\x8c\x01" + "b" + "C\x01" + "c")),
        whole(buffer, 5),
        whole("]q" + std::string(1, '\0') + "h" + std::string(1, '\0') + "ah" +
              std::string(1, '\0') + "a"),
        whole(global("_codecs", "encode") + text("a\u00e9") + text("latin1") + "\x86R", 2),
        whole("\x95" + little(11, 8) + "}\x94(\x8c\x01" + "k\x94K\x01u"),
        whole(global("numpy.core.multiarray", "scalar") + format("i4") + bytes("abcd") + "\x86R")};
}
