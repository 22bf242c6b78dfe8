#include "device/kernels/x86/conv_2d.h"

#include "device/kernels/x86/avx2/conv_2d.h"
#include "device/kernels/x86/avx512/conv_2d.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output) {
  at_level(avx512::conv_2d, avx2::conv_2d, reference::conv_2d)(parameters, input, filter, bias,
                                                               output);
}

}  // namespace stapes::x86
