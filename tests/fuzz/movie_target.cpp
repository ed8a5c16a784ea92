// Movies in any container: opened, read forwards and from the end.
#include "media/base/check.h"
#include "media/source/frame_source.h"
#include "tests/fuzz/file_input.h"

using namespace understudy::media;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr int kFrames = 8;
    const auto path = understudy::tests::fileOf(data, size, "movie");
    auto source = openSource(path.string());
    if (!source.ok()) {
        US_CHECK(!source.error().remedy.empty());
        return 0;
    }
    const SourceInfo info = (*source)->info();
    US_CHECK(info.frames >= 1 && info.last >= info.first);
    FrameNumber before = info.first - 1;
    for (int i = 0; i < kFrames; ++i) {
        auto frame = (*source)->next();
        if (!frame.ok() || !frame->has_value()) {
            break;
        }
        US_CHECK((*frame)->number > before && (*frame)->number <= info.last);
        before = (*frame)->number;
    }
    for (FrameNumber n = info.last; n >= info.first && n > info.last - 3; --n) {
        const auto frame = (*source)->read(n);
        US_CHECK(!frame.ok() || frame->number == n);
    }
    return 0;
}
