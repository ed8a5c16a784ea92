// What the NVIDIA driver says of itself, asked without CUDA's other libraries, which take seconds
// to load: whether a GPU can be used, and if not, what is to be done about it.
#pragma once

#include "media/base/result.h"

namespace understudy::training {

struct CudaDriver {
    bool present = false;
    int startCode = 0;  // of cuInit: 0 when the driver works
    int devices = 0;
    int version = 0;  // of CUDA that it supports, 13010 for 13.1; 0 when it does not say
};

// Of this machine, asked once.
const CudaDriver& cudaDriver();

// Whether it can run programs made for CUDA `major`, which any driver of that major version or a
// later one can (0: not known, not compared). Errors: deviceUnavailable where there is no GPU to
// use, environment where the driver must be mended or renewed.
Status checkDriver(const CudaDriver& driver, int major);

}  // namespace understudy::training
