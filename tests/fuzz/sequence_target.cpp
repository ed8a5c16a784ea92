// Names of sequences and frame lists, as a user or a project file may give them.
#include <cstddef>
#include <cstdint>
#include <string>

#include "media/base/check.h"
#include "media/source/found_sequence.h"
#include "tests/fuzz/fuzz_target.h"

using namespace understudy;
using namespace understudy::media;

namespace {

// What a pattern makes of a number it finds again, whatever else is in the name.
void checkPattern(const SequencePattern& pattern) {
    for (const FrameNumber number : {FrameNumber{0}, FrameNumber{7}, FrameNumber{123456}}) {
        const std::string name = pattern.file(number).filename().string();
        US_CHECK(pattern.numberIn(name) == number);
    }
}

void checkList(const FrameList& list) {
    const auto again = FrameList::parse(list.text());
    US_CHECK(again.ok() && *again == list);
    for (const FrameRange& range : list.ranges()) {
        US_CHECK(list.contains(range.first) && range.first <= range.last && range.step >= 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto list = FrameList::parse(text); list.ok()) {
        US_CHECK(FrameList::looksLike(text));
        checkList(*list);
        ++tests::acceptedInputs;
    }
    const auto fault = faultInFrames(text);
    US_CHECK(!fault.has_value() || !fault->remedy.empty());
    const auto parsed = parseSequencePattern(text);
    if (parsed.has_value()) {
        checkPattern(parsed->pattern);
        ++tests::acceptedInputs;
        if (parsed->frames.has_value()) {
            checkList(*parsed->frames);
            // The name that a clip is kept under means the same frames of the same files.
            const FoundSequence found{parsed->pattern, {1}, parsed->frames, {}};
            const auto again = parseSequencePattern(found.text());
            US_CHECK(again.has_value() && again->frames == parsed->frames);
            // A # before the number's place joins it; findSequence() refuses those.
            US_CHECK(parsed->pattern.prefix.ends_with('#') || again->pattern == parsed->pattern);
        }
    }
    return 0;
}
