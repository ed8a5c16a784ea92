#include "training/record/tensor_file.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/training/record/made_checkpoint.h"

using namespace understudy;
using namespace understudy::training;

namespace {

template <class... Numbers>
std::string bytesOf(Numbers... numbers) {
    std::string bytes;
    ((bytes.append(reinterpret_cast<const char*>(&numbers), sizeof numbers)), ...);
    return bytes;
}

// What a file of one tensor of this type reads as.
std::vector<double> readBack(const std::string& type, const std::string& bytes) {
    const tests::TempFolder folder;
    const size_t size = elementBytes(tensorTypeOfName(type).value());
    const std::string shape = "[" + std::to_string(bytes.size() / size) + "]";
    REQUIRE(writeFileAtomic(folder / "x.safetensors", tests::oneTensor(type, shape, bytes)).ok());
    const auto file = TensorFile::open(folder / "x.safetensors");
    REQUIRE(file.ok());
    const TensorEntry& entry = file->header().entries.front();
    CHECK(nameOf(entry.type) == type);
    std::vector<double> values(entry.elements());
    file->read(entry, 0, values);
    return values;
}

using Values = std::vector<double>;

}  // namespace

TEST_CASE("every type of the format is read as numbers") {
    CHECK(readBack("F64", bytesOf(1.5, -2.25)) == Values{1.5, -2.25});
    CHECK(readBack("F32", bytesOf(1.5f, -0.0f)) == Values{1.5, 0});
    // 1, -2, the smallest subnormal, the largest, infinity (IEEE 754 binary16).
    CHECK(readBack("F16", bytesOf(uint16_t{0x3C00}, uint16_t{0xC000}, uint16_t{0x0001},
                                  uint16_t{0x7BFF}, uint16_t{0x7C00})) ==
          Values{1, -2, std::ldexp(1.0, -24), 65504, HUGE_VAL});
    CHECK(std::isnan(readBack("F16", bytesOf(uint16_t{0x7C01}))[0]));
    CHECK(readBack("BF16", bytesOf(uint16_t{0x3F80}, uint16_t{0xC040})) == Values{1, -3});
    CHECK(readBack("I64", bytesOf(int64_t{-7})) == Values{-7});
    CHECK(readBack("I32", bytesOf(int32_t{-7})) == Values{-7});
    CHECK(readBack("I16", bytesOf(int16_t{-7})) == Values{-7});
    CHECK(readBack("I8", bytesOf(int8_t{-7})) == Values{-7});
    CHECK(readBack("U8", bytesOf(uint8_t{200})) == Values{200});
    CHECK(readBack("BOOL", bytesOf(uint8_t{0}, uint8_t{1})) == Values{0, 1});
}

TEST_CASE("a part of a tensor is read where it is asked for") {
    const tests::TempFolder folder;
    REQUIRE(
        writeFileAtomic(folder / "x.safetensors",
                        tests::safetensorsOf({{"a", {0, 1, 2, 3, 4, 5}, {2, 3}}, {"b", {9}, {}}}))
            .ok());
    const auto file = TensorFile::open(folder / "x.safetensors");
    REQUIRE(file.ok());
    std::vector<double> part(3);
    file->read(file->header().entries[0], 2, part);
    CHECK(part == Values{2, 3, 4});
    CHECK(shapeText(file->header().entries[0].shape) == "[2,3]");
    CHECK(shapeText({}) == "[]");
}
