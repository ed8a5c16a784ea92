// A fuzz target is a file with LLVMFuzzerTestOneInput and seeds made by code. Any libFuzzer can run
// it; mutate.cpp does where there is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace understudy::tests {

// Whole inputs to begin from. Weak: a target without any begins from nothing.
std::vector<std::string> fuzzSeeds() __attribute__((weak));

// Counted up by a target for every input that its reader took: mutations that are all refused at
// the door would test nothing.
inline uint64_t acceptedInputs = 0;

inline std::string inputText(const uint8_t* data, size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace understudy::tests
