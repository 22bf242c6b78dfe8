#pragma once
#include <cstddef>

#include "device/kernels/reference/conv_2d.h"

namespace stapes::x86::avx512 {

// Takes about 110 kB of stack. Filters of more than 4,000 weights per output channel are left to
// the reference.
void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output);

// See ../packed_convolutions.h.
size_t packed_bytes_of_conv_2d(const reference::Conv2DParameters& parameters);
void pack_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                  const int32_t* bias, void* packed);
void packed_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                    const void* packed, int8_t* output);

}  // namespace stapes::x86::avx512
