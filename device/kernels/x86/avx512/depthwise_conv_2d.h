#pragma once
#include <cstddef>

#include "device/kernels/reference/depthwise_conv_2d.h"

namespace stapes::x86::avx512 {

// Depth multipliers other than 1 and windows of more than 128 taps are left to the reference.
void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output);

// See ../packed_convolutions.h.
size_t packed_bytes_of_depthwise_conv_2d(const reference::Conv2DParameters& parameters);
void pack_depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                            const int32_t* bias, void* packed);
void packed_depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                              const void* packed, int8_t* output);

}  // namespace stapes::x86::avx512
