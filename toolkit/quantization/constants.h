#pragma once
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/affine.h"

namespace stapes::quantization {

// The values of a constant float32 tensor. REQUIRES: type FLOAT32
std::vector<float> float_values(const graph::Tensor& tensor);
graph::Tensor float_constant(std::string name, std::vector<int32_t> shape,
                             const std::vector<float>& values);
graph::Tensor int32_constant(std::string name, const std::vector<int32_t>& values);

inline constexpr int32_t kPerTensor = -1;

// Weights as int8, symmetric, one scale for the whole tensor (dimension == kPerTensor) or one for
// each index along `dimension`. `bias` (may be null) has one value per output channel; a scale is
// enlarged where the bias, whose scale is input_scale * weight scale, would not fit int32 with
// room for the sum (2^30).
graph::Tensor quantize_weights(const graph::Tensor& weights, int32_t dimension,
                               const graph::Tensor* bias, float input_scale);

// Bias as int32 with scale input_scale * weight scale, per tensor or per channel as the weights.
graph::Tensor quantize_bias(const graph::Tensor& bias, const graph::Quantization& weights,
                            float input_scale);

// Coefficients of a layer-normalized LSTM as int16, symmetric, one scale.
graph::Tensor quantize_coefficients(const graph::Tensor& coefficients);

// Any other constant operand, int8 with the given parameters.
graph::Tensor quantize_operand(const graph::Tensor& constant, Affine affine);

}  // namespace stapes::quantization
