#pragma once
#include <ATen/ATen.h>

#include "toolkit/network/network.h"

// Those of the network's operators that are more than one call of torch. Tensors come and go in
// torch's order ([n, c, h, w] and [n, c, t]), parameters in the layout of .tflite files.
namespace stapes::training {

// torch wants [n, c, h, w]; with the memory of [n, h, w, c] that is its channels-last format.
at::Tensor channels_first(const at::Tensor& x);
at::Tensor channels_last(const at::Tensor& x);

// kConv2D (kernel [out, h, w, in]) and kDepthwiseConv2D (kernel [1, h, w, c]); `bias` may be
// undefined.
at::Tensor convolution(const network::Node& node, const at::Tensor& input, const at::Tensor& kernel,
                       const at::Tensor& bias);

// kAveragePool2D and kMaxPool2D.
at::Tensor pool(const network::Node& node, const at::Tensor& input);

// [n, i, t] -> [n, units, t]. Gates in the order input, forget, cell, output; one bias; the cell
// clipped as in the .tflite operator, so that the model that is trained is the one that is
// exported. `gamma`: of the gates' layer normalization; undefined if there is none.
at::Tensor lstm(const network::Node& node, const at::Tensor& input, const at::Tensor& kernel,
                const at::Tensor& recurrent_kernel, const at::Tensor& bias,
                const at::Tensor& gamma);

}  // namespace stapes::training
