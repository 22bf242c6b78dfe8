#pragma once
#include <cstddef>

#include "device/kernels/reference/conv_2d.h"

// CONV_2D and DEPTHWISE_CONV_2D in two parts: a filter, its bias and what follows the accumulation
// are brought once into the order in which the vector instructions read them, and convolutions
// work from that. The same bytes as conv_2d.h and depthwise_conv_2d.h, which do it on each call:
// that costs about as much as some ten places, and small models have layers of fewer.
//
//   const size_t bytes = packed_bytes_of_conv_2d(parameters);
//   if (bytes > 0) pack_conv_2d(parameters, filter, bias, memory);         // once
//   if (bytes > 0) packed_conv_2d(parameters, input, memory, output);     // often
namespace stapes::x86 {

// What has to be reserved, anywhere; 0 where there is no packed form: for shapes that are left to
// the reference, and on a processor without vector instructions (level.h).
size_t packed_bytes_of_conv_2d(const reference::Conv2DParameters& parameters);
size_t packed_bytes_of_depthwise_conv_2d(const reference::Conv2DParameters& parameters);

// REQUIRES: packed_bytes_of_...() > 0. `bias` may be null. The multipliers must outlive `packed`.
void pack_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                  const int32_t* bias, void* packed);
void pack_depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                            const int32_t* bias, void* packed);

// `packed`: what pack_...() left there for the same parameters, not moved since.
void packed_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                    const void* packed, int8_t* output);
void packed_depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                              const void* packed, int8_t* output);

}  // namespace stapes::x86
