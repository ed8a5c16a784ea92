// What one training step sees: as many faces of each side, already augmented and on the device.
#pragma once

#include <torch/types.h>

#include <cstddef>

namespace understudy::training {

struct SideBatch {
    torch::Tensor warped;     // [B,3,R,R] input of the network, 0 to 1
    torch::Tensor target;     // [B,3,R,R] what it should give back, 0 to 1
    torch::Tensor mask;       // [B,1,R,R] coverage of the face, 0 to 1
    torch::Tensor eyesMouth;  // [B,1,R,R] 0 to 1, or undefined: then the term is left out
};

struct PairBatch {
    SideBatch source;
    SideBatch destination;
    size_t sourceIdentity = 0, destinationIdentity = 1;  // of the run, whose faces these are
};

}  // namespace understudy::training
