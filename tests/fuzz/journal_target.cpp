// The journal of found faces. Checksums of records are made right where the first byte is odd.
#include <algorithm>
#include <span>

#include "media/base/check.h"
#include "media/base/file.h"
#include "media/base/sha256.h"
#include "media/extract/found_journal.h"
#include "tests/fuzz/file_input.h"
#include "tests/fuzz/fuzz_target.h"

using namespace understudy;
using namespace understudy::media;

namespace {

const std::string kKey(64, 'a');

// Where the records begin: behind the mark and the key.
size_t recordsAt(const std::string& journal) {
    const size_t key = journal.find(kKey);
    return key == std::string::npos ? journal.size() : key + kKey.size();
}

void seal(std::string& journal) {
    constexpr size_t kSum = 16;
    size_t at = recordsAt(journal);
    while (at + 4 + kSum < journal.size()) {
        uint32_t length = 0;
        std::copy_n(journal.data() + at, 4, reinterpret_cast<char*>(&length));
        const size_t content = at + 4 + kSum;
        if (length > journal.size() - content) {
            return;
        }
        const auto payload = std::as_bytes(std::span(journal).subspan(content, length));
        journal.replace(at + 4, kSum, sha256Of(payload).substr(0, kSum));
        at = content + length;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    std::string bytes = tests::inputText(data + 1, size - 1);
    if (data[0] % 2 == 1) {
        seal(bytes);
    }
    const auto path =
        tests::fileOf(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), "a.found");
    const auto journal = FoundJournal::open(path, kKey);
    US_CHECK(journal.ok());
    tests::acceptedInputs += !journal->batches().empty() || !journal->gaps().empty();
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    const TempFolder folder;
    {
        auto journal = FoundJournal::open(folder / "a.found", kKey);
        US_CHECK(journal.ok());
        FaceFound face;
        face.hasMotion = true;
        const std::vector<FrameFaces> frames = {{1, {face, FaceFound()}}, {2, {}}};
        US_CHECK(journal->addBatch(0, frames).ok() && journal->addGap(2, frames).ok());
    }
    const std::string whole = *readFile(folder / "a.found");
    return {std::string(1, '\0') + whole, "\1" + whole};
}
