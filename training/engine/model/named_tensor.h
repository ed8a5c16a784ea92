// A tensor with the name it has in files: that of the module tree
// ("encoder.body.down1.conv.weight").
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

namespace understudy::training {

struct NamedTensor {
    std::string name;
    torch::Tensor tensor;
};

using NamedTensors = std::vector<NamedTensor>;

}  // namespace understudy::training
