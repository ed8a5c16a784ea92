#include "training/engine/model/convolution.h"

#include <torch/autograd.h>
#include <torch/types.h>

namespace understudy::training {

namespace {

// On a CPU the library's convolution rearranges the weights in every call, forward and twice
// backward. Where few output pixels meet many weights, as in the middle of these networks, that
// costs several times the arithmetic. There the convolution is a matrix product instead: a
// channels_last weight is, as it lies in memory, the matrix [O, k*k*I]. The limits were measured
// with bf16 on a CPU with AMX.
constexpr int64_t kFewRows = 512;
constexpr int64_t kFewRowsOfGradient = 1024;
constexpr int64_t kManyWeights = 200'000;
constexpr int64_t kVeryManyWeights = 1'000'000;

struct Shape {
    int64_t batch, inputs, height, width, outputs, kernel, stride, padding, outHeight, outWidth;

    int64_t rows() const { return batch * outHeight * outWidth; }
    int64_t weights() const { return outputs * inputs * kernel * kernel; }
    bool asProduct() const { return rows() <= kFewRows && weights() >= kManyWeights; }
    bool weightGradientAsProduct() const {
        return asProduct() || (rows() <= kFewRowsOfGradient && weights() >= kVeryManyWeights);
    }
};

Shape shapeOf(const torch::Tensor& input, const torch::Tensor& weight, int64_t stride,
              int64_t padding) {
    Shape s{input.size(0),
            input.size(1),
            input.size(2),
            input.size(3),
            weight.size(0),
            weight.size(2),
            stride,
            padding,
            0,
            0};
    s.outHeight = (s.height + 2 * padding - s.kernel) / stride + 1;
    s.outWidth = (s.width + 2 * padding - s.kernel) / stride + 1;
    return s;
}

torch::Tensor weightMatrix(const torch::Tensor& weight) {
    return weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1});
}

torch::Tensor pixelMatrix(const torch::Tensor& image) {
    return image.permute({0, 2, 3, 1}).reshape({-1, image.size(1)});
}

// [rows, k*k*I]: what each output pixel sees.
torch::Tensor neighbourhoods(const torch::Tensor& input, const Shape& s) {
    const auto padded = torch::constant_pad_nd(input.permute({0, 2, 3, 1}),
                                               {0, 0, s.padding, s.padding, s.padding, s.padding})
                            .contiguous();
    const auto strides = padded.strides();
    return padded
        .as_strided(
            {s.batch, s.outHeight, s.outWidth, s.kernel, s.kernel, s.inputs},
            {strides[0], strides[1] * s.stride, strides[2] * s.stride, strides[1], strides[2], 1})
        .reshape({s.rows(), -1});
}

// Adds the neighbourhoods up again, in fp32.
torch::Tensor foldedBack(const torch::Tensor& columns, const Shape& s, torch::ScalarType type) {
    const auto parts =
        columns.view({s.batch, s.outHeight, s.outWidth, s.kernel, s.kernel, s.inputs});
    auto sum = torch::zeros({s.batch, s.height + 2 * s.padding, s.width + 2 * s.padding, s.inputs},
                            torch::kFloat);
    for (int64_t y = 0; y < s.kernel; ++y) {
        for (int64_t x = 0; x < s.kernel; ++x) {
            sum.slice(1, y, y + s.stride * (s.outHeight - 1) + 1, s.stride)
                .slice(2, x, x + s.stride * (s.outWidth - 1) + 1, s.stride)
                .add_(parts.select(3, y).select(3, x));
        }
    }
    return sum.slice(1, s.padding, s.padding + s.height)
        .slice(2, s.padding, s.padding + s.width)
        .to(type)
        .permute({0, 3, 1, 2});
}

class ProductConvolution : public torch::autograd::Function<ProductConvolution> {
  public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context,
                                 const torch::Tensor& input, const torch::Tensor& weight,
                                 const torch::Tensor& bias, int64_t stride, int64_t padding) {
        context->save_for_backward({input, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        const Shape s = shapeOf(input, weight, stride, padding);
        if (!s.asProduct()) {
            return torch::conv2d(input, weight, bias, stride, padding);
        }
        // Written through a view: what a function gives out must not be one to be changed in place.
        const auto output = torch::empty({s.batch, s.outputs, s.outHeight, s.outWidth},
                                         input.options(), torch::MemoryFormat::ChannelsLast);
        auto rows = output.permute({0, 2, 3, 1}).view({s.rows(), s.outputs});
        torch::addmm_out(rows, bias, neighbourhoods(input, s), weightMatrix(weight).t());
        return output;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor &input = saved[0], &weight = saved[1];
        const int64_t stride = context->saved_data["stride"].toInt();
        const int64_t padding = context->saved_data["padding"].toInt();
        const Shape s = shapeOf(input, weight, stride, padding);
        const auto gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
        const auto rows = pixelMatrix(gradient);
        torch::Tensor ofInput, ofWeight;
        if (s.asProduct() && context->needs_input_grad(0)) {
            ofInput = foldedBack(rows.mm(weightMatrix(weight)), s, input.scalar_type());
        }
        if (s.weightGradientAsProduct()) {
            ofWeight = rows.t()
                           .mm(neighbourhoods(input, s))
                           .view({s.outputs, s.kernel, s.kernel, s.inputs})
                           .permute({0, 3, 1, 2});
        }
        const std::array<bool, 3> missing = {context->needs_input_grad(0) && !ofInput.defined(),
                                             !ofWeight.defined(), false};
        if (missing[0] || missing[1]) {
            const auto rest = at::convolution_backward(
                gradient, input, weight, at::OptionalIntArrayRef(), {stride, stride},
                {padding, padding}, {1, 1}, false, {0, 0}, 1, missing);
            ofInput = missing[0] ? std::get<0>(rest) : ofInput;
            ofWeight = missing[1] ? std::get<1>(rest) : ofWeight;
        }
        return {ofInput, ofWeight, rows.sum(0, false, torch::kFloat).to(weight.scalar_type()),
                torch::Tensor(), torch::Tensor()};
    }
};

}  // namespace

torch::Tensor convolution(const torch::Tensor& input, const torch::Tensor& weight,
                          const torch::Tensor& bias, int64_t stride, int64_t padding) {
    const bool suits = input.is_cpu() && input.scalar_type() == torch::kBFloat16 &&
                       weight.scalar_type() == torch::kBFloat16 &&
                       weight.is_contiguous(torch::MemoryFormat::ChannelsLast);
    if (suits && shapeOf(input, weight, stride, padding).weightGradientAsProduct()) {
        return ProductConvolution::apply(input, weight, bias, stride, padding);
    }
    return torch::conv2d(input, weight, bias, stride, padding);
}

}  // namespace understudy::training
