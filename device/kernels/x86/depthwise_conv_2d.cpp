#include "device/kernels/x86/depthwise_conv_2d.h"

#include "device/kernels/x86/avx2/depthwise_conv_2d.h"
#include "device/kernels/x86/avx512/depthwise_conv_2d.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

using Kernel = void(const reference::Conv2DParameters& parameters, const int8_t* input,
                    const int8_t* filter, const int32_t* bias, int8_t* output);

void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output) {
  at_level<Kernel>(avx512::depthwise_conv_2d, avx2::depthwise_conv_2d,
                   reference::depthwise_conv_2d)(parameters, input, filter, bias, output);
}

}  // namespace stapes::x86
