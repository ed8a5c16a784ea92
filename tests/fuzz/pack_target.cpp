// Face packs. The input is the length of the index in four bytes, the index, the pixels; checksums
// are made right where the first byte of the index says so by being odd, so that values themselves
// reach the reader.
#include <cstring>
#include <fstream>

#include "media/base/check.h"
#include "media/base/file.h"
#include "media/faceset/crc32c.h"
#include "media/faceset/pack.h"
#include "tests/fuzz/file_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/media/faceset/pack_samples.h"

using namespace understudy;
using namespace understudy::media;

namespace {

void seal(std::string& bytes, size_t start, size_t length) {
    if (bytes.size() >= start + length) {
        const uint32_t crc = crc32c(std::as_bytes(std::span(bytes).subspan(start, length - 4)));
        std::memcpy(bytes.data() + start + length - 4, &crc, 4);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 5) {
        return 0;
    }
    const bool sealed = data[0] % 2 == 1;
    uint32_t indexBytes = 0;
    std::memcpy(&indexBytes, data + 1, sizeof indexBytes);
    const std::string rest = tests::inputText(data + 5, size - 5);
    std::string index = rest.substr(0, indexBytes);
    std::string pixels = rest.substr(index.size());
    if (sealed) {
        seal(index, 0, 256);
        for (size_t at = 256; at + 1192 <= index.size(); at += 1192) {
            seal(index, at, 1192);
        }
        seal(pixels, 0, 64);
    }
    const auto bytes = [](const std::string& text) {
        return reinterpret_cast<const uint8_t*>(text.data());
    };
    const auto path = tests::fileOf(bytes(index), index.size(), "a.idx");
    tests::fileOf(bytes(pixels), pixels.size(), "a.pix");
    const auto reader = PackReader::open(path);
    if (!reader.ok()) {
        US_CHECK(!reader.error().remedy.empty());
        return 0;
    }
    for (size_t i = 0; i < reader->size(); ++i) {
        US_CHECK(std::isfinite(reader->record(i).landmarks[0].x));
        unsigned sum = reader->mask(i).back();
        sum += static_cast<unsigned>(reader->pixels(i).back());
        US_CHECK(sum < 512 && reader->storedHash(i).size() == 64);
        static_cast<void>(reader->verify(i).ok());
    }
    ++tests::acceptedInputs;
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    std::vector<std::string> seeds;
    for (const PackSample sample : {PackSample::u8, PackSample::f16}) {
        const TempFolder folder;
        US_CHECK(appendSamples(folder / "a.idx", sampleHeader(sample), 0, 3).ok());
        const std::string index = *readFile(folder / "a.idx");
        const uint32_t length = static_cast<uint32_t>(index.size());
        for (const char sealed : {'\0', '\1'}) {
            std::string seed(1, sealed);
            seed.append(reinterpret_cast<const char*>(&length), sizeof length);
            seeds.push_back(seed + index + *readFile(folder / "a.pix"));
        }
    }
    return seeds;
}
