// What a base of another resolution still has for a network: nearly all of a network is
// convolutions, which do not know how many pixels there are. The dense layers of an inter and the
// codes of identities do: each of their numbers belongs to a place of a square grid. They are
// resampled as the pictures that they are, so that a network sees and draws the same face with more
// or fewer pixels.
#pragma once

#include <torch/types.h>

#include <optional>
#include <string>

namespace understudy::training {

struct ModelSpec;

// `from` as the tensor called `name` of a network of `spec`, of shape `sizes`; nothing where it is
// none of those layers, or differs in more than its grid. fp32, contiguous.
std::optional<torch::Tensor> resizedForGrid(const std::string& name, const torch::Tensor& from,
                                            torch::IntArrayRef sizes, const ModelSpec& spec);

}  // namespace understudy::training
