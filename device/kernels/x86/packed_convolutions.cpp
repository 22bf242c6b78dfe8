#include "device/kernels/x86/packed_convolutions.h"

#include "device/kernels/x86/avx2/conv_2d.h"
#include "device/kernels/x86/avx2/depthwise_conv_2d.h"
#include "device/kernels/x86/avx512/conv_2d.h"
#include "device/kernels/x86/avx512/depthwise_conv_2d.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {
namespace {

// Without vector instructions nothing is packed.
size_t no_bytes(const reference::Conv2DParameters&) { return 0; }
void pack_nothing(const reference::Conv2DParameters&, const int8_t*, const int32_t*, void*) {}
void convolve_nothing(const reference::Conv2DParameters&, const int8_t*, const void*, int8_t*) {}

}  // namespace

size_t packed_bytes_of_conv_2d(const reference::Conv2DParameters& parameters) {
  return at_level(avx512::packed_bytes_of_conv_2d, avx2::packed_bytes_of_conv_2d,
                  no_bytes)(parameters);
}

size_t packed_bytes_of_depthwise_conv_2d(const reference::Conv2DParameters& parameters) {
  return at_level(avx512::packed_bytes_of_depthwise_conv_2d,
                  avx2::packed_bytes_of_depthwise_conv_2d, no_bytes)(parameters);
}

void pack_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                  const int32_t* bias, void* packed) {
  at_level(avx512::pack_conv_2d, avx2::pack_conv_2d, pack_nothing)(parameters, filter, bias,
                                                                   packed);
}

void pack_depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* filter,
                            const int32_t* bias, void* packed) {
  at_level(avx512::pack_depthwise_conv_2d, avx2::pack_depthwise_conv_2d, pack_nothing)(
      parameters, filter, bias, packed);
}

void packed_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                    const void* packed, int8_t* output) {
  at_level(avx512::packed_conv_2d, avx2::packed_conv_2d, convolve_nothing)(parameters, input,
                                                                           packed, output);
}

void packed_depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                              const void* packed, int8_t* output) {
  at_level(avx512::packed_depthwise_conv_2d, avx2::packed_depthwise_conv_2d, convolve_nothing)(
      parameters, input, packed, output);
}

}  // namespace stapes::x86
