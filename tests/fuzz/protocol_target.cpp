// Lines that a service, a job or a client may be sent.
#include "media/base/check.h"
#include "tests/fuzz/fuzz_target.h"
#include "training/protocol/codec.h"
#include "training/protocol/line_buffer.h"

using namespace understudy;
using namespace understudy::training;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    LineBuffer lines(1u << 16);
    const std::string text = tests::inputText(data, size) + "\n";
    lines.append(std::string_view(text).substr(0, text.size() / 2));
    lines.append(std::string_view(text).substr(text.size() / 2));
    while (const auto line = lines.next()) {
        const auto message = decode(*line);
        if (message.ok()) {
            US_CHECK(decode(encode(*message)).ok());
            ++tests::acceptedInputs;
        } else {
            US_CHECK(!message.error().message.empty());
        }
        static_cast<void>(jobInfoFromJson(*line).ok());
    }
    return 0;
}

namespace {

template <class... Types>
std::vector<std::string> oneOfEach(std::type_identity<std::variant<Types...>>) {
    return {encode(Message(Types()))...};
}

}  // namespace

std::vector<std::string> tests::fuzzSeeds() {
    auto seeds = oneOfEach(std::type_identity<Message>());
    seeds.push_back(seeds.front() + "\n" + seeds.back());
    seeds.push_back(jobInfoToJson(JobInfo()));
    return seeds;
}
