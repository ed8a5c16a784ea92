#include "training/engine/checkpoint/safetensors.h"

#include <torch/types.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "media/base/philox.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

namespace {

std::string fileOf(const std::string& header, size_t dataBytes) {
    std::string file;
    for (size_t i = 0; i < 8; ++i) {
        file.push_back(static_cast<char>(uint64_t{header.size()} >> (8 * i) & 0xFF));
    }
    return file + header + std::string(dataBytes, '\1');
}

Result<SafetensorsHeader> parse(const std::string& file) {
    return parseSafetensors(std::as_bytes(std::span(file)), "test");
}

bool refused(const std::string& header, size_t dataBytes) {
    const auto result = parse(fileOf(header, dataBytes));
    return !result.ok() && result.error().code == ErrorCode::corruptData &&
           result.error().where == "test";
}

std::string entry(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

}  // namespace

TEST_CASE("what is laid out is read back bit for bit") {
    const tests::TempFolder folder;
    const NamedTensors tensors = {
        {"b", torch::randn({2, 3})},
        {"a", torch::randn({4}, torch::kDouble)},
        {"c \"quoted\" \xC3\xA9", torch::randn({3, 1}).to(torch::kBFloat16)},
        {"d", torch::randint(0, 255, {5}, torch::kByte)},
        {"scalar", torch::tensor(3.5f)},
        {"empty", torch::empty({0, 4})},
        {"truth", torch::tensor({true, false})},
        {"count", torch::tensor({int64_t{1} << 40})}};
    const auto layout = layOutSafetensors(tensors);
    CHECK(layout.head.size() % 8 == 0);
    CHECK(layout.head[8] == '{');
    {
        std::ofstream file(folder / "x.safetensors", std::ios::binary);
        file << layout.head;
        int64_t width = 8;
        for (const size_t index : layout.order) {
            const auto& tensor = tensors[index].tensor;
            CHECK(tensor.element_size() <= width);
            width = tensor.element_size();
            file.write(static_cast<const char*>(tensor.const_data_ptr()),
                       static_cast<std::streamsize>(tensor.nbytes()));
        }
    }
    const auto read = readSafetensors(folder / "x.safetensors").value();
    REQUIRE(read.size() == tensors.size());
    for (const auto& [name, tensor] : tensors) {
        CAPTURE(name);
        const auto found = std::find_if(read.begin(), read.end(),
                                        [&](const auto& other) { return other.name == name; });
        REQUIRE(found != read.end());
        CHECK(found->tensor.scalar_type() == tensor.scalar_type());
        CHECK(torch::equal(found->tensor, tensor));
    }
}

TEST_CASE("a good header is understood") {
    const auto header =
        parse(fileOf(R"({"__metadata__":{"k":"v"},"y":)" + entry("U8", "[2,2]", "[8,12]") +
                         R"(,"x":)" + entry("F32", "[2]", "[0,8]") + "}   ",
                     12));
    REQUIRE(header.ok());
    CHECK(header->metadata.at("k") == "v");
    REQUIRE(header->entries.size() == 2);
    CHECK(header->entries[0].name == "x");
    CHECK(header->entries[1].shape == std::vector<int64_t>{2, 2});
    CHECK(parse(fileOf("{}", 0)).ok());
}

TEST_CASE("bad headers are refused") {
    const auto one = [](const std::string& text) { return "{\"x\":" + text + "}"; };
    CHECK_FALSE(parse("").ok());
    CHECK_FALSE(parse("1234567").ok());
    CHECK_FALSE(parse(std::string(8, '\xff') + "{}").ok());
    CHECK_FALSE(parse(fileOf("{}", 0).substr(0, 9)).ok());
    CHECK(refused("", 0));
    CHECK(refused(" {}", 0));
    CHECK(refused("[]", 0));
    CHECK(refused("{", 0));
    CHECK(refused("{}", 1));
    CHECK(refused(one("1"), 0));
    CHECK(refused(one(entry("F32", "[2]", "[0,8]")), 7));
    CHECK(refused(one(entry("F32", "[2]", "[0,8]")), 9));
    CHECK(refused(one(entry("F32", "[2]", "[0,4]")), 4));
    CHECK(refused(one(entry("F32", "[2]", "[8,0]")), 8));
    CHECK(refused(one(entry("F32", "[2]", "[4,12]")), 12));
    CHECK(refused(one(entry("F32", "[-2]", "[0,8]")), 8));
    CHECK(refused(one(entry("F32", "[2.0]", "[0,8]")), 8));
    CHECK(refused(one(entry("F32", "2", "[0,8]")), 8));
    CHECK(refused(one(entry("F32", "[2]", "[0,8,8]")), 8));
    CHECK(refused(one(entry("F33", "[2]", "[0,8]")), 8));
    CHECK(refused(one(entry("F32", "[4294967296,4294967296,4294967296]", "[0,0]")), 0));
    CHECK(refused(one(entry("F32", "[18446744073709551615]", "[0,8]")), 8));
    CHECK(refused(one(entry("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]")), 4));
    CHECK(refused(
        R"({"x":)" + entry("F32", "[1]", "[0,4]") + R"(,"x":)" + entry("F32", "[1]", "[4,8]") + "}",
        8));
    CHECK(refused(
        R"({"x":)" + entry("F32", "[2]", "[0,8]") + R"(,"y":)" + entry("F32", "[1]", "[4,8]") + "}",
        8));
    CHECK(refused(R"({"__metadata__":{"k":1}})", 0));
    CHECK(refused(R"({"__metadata__":"k"})", 0));
    CHECK(refused(std::string(100000, '['), 0));
    std::string deep = "{";
    for (int i = 0; i < 50000; ++i) {
        deep += "\"a\":{";
    }
    CHECK(refused(deep, 0));
}

namespace {

// Whatever a damaged file says, the answer is an error or a layout within the file.
void fuzz(uint32_t rounds, uint64_t seed) {
    const std::string good =
        fileOf(R"({"__metadata__":{"k":"v"},"y":)" + entry("U8", "[2,2]", "[8,12]") + R"(,"x":)" +
                   entry("F32", "[2]", "[0,8]") + "}",
               12);
    const std::string tokens = "{}[]\",:0123456789eE+-.FUIB\\u\n ";
    size_t accepted = 0;
    for (uint32_t round = 0; round < rounds; ++round) {
        RandomSequence random({.seed = seed, .step = round});
        std::string file = good;
        for (uint32_t edits = 1 + random.below(4); edits > 0; --edits) {
            const auto at = random.below(static_cast<uint32_t>(file.size()));
            switch (random.below(5)) {
                case 0:
                    file[at] = static_cast<char>(random.next());
                    break;
                case 1:
                    file[at] = tokens[random.below(static_cast<uint32_t>(tokens.size()))];
                    break;
                case 2:
                    file.erase(at, 1 + random.below(8));
                    break;
                case 3:
                    file.insert(at, file.substr(random.below(static_cast<uint32_t>(file.size())),
                                                random.below(16)));
                    break;
                default:
                    file[at] = static_cast<char>(file[at] ^ (1 << random.below(8)));
            }
            if (file.empty()) {
                break;
            }
        }
        const auto header = parse(file);
        if (!header.ok()) {
            REQUIRE(header.error().code == ErrorCode::corruptData);
            continue;
        }
        ++accepted;
        for (const auto& tensor : header->entries) {
            REQUIRE(tensor.begin <= tensor.end);
            REQUIRE(tensor.end <= file.size() - header->dataOffset);
        }
    }
    CHECK(accepted < rounds);
}

}  // namespace

TEST_CASE("damaged headers never harm") {
    fuzz(5000, 1);
}

TEST_CASE("damaged headers never harm, at length", "[soak]") {
    fuzz(300000, 2);
}
