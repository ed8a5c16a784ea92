// Pictures of every format that is read; the first byte chooses the format.
#include <array>

#include "media/base/check.h"
#include "media/source/image_file.h"
#include "tests/fuzz/file_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static constexpr std::array<const char*, 5> kNames = {"a.exr", "a.dpx", "a.png", "a.tif",
                                                          "a.jpg"};
    if (size == 0) {
        return 0;
    }
    const auto path = understudy::tests::fileOf(data + 1, size - 1, kNames[data[0] % 5]);
    const auto picture = understudy::media::readImage(path);
    US_CHECK(picture.ok() ? !picture->empty() : !picture.error().remedy.empty());
    return 0;
}
