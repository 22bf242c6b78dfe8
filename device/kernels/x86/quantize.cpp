#include "device/kernels/x86/quantize.h"

#include "device/kernels/x86/avx2/quantize.h"
#include "device/kernels/x86/avx512/quantize.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output) {
  at_level<void(const float*, int32_t, float, int32_t, int8_t*)>(
      avx512::quantize, avx2::quantize, reference::quantize)(input, elements, scale, zero_point,
                                                             output);
}

void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int8_t* output) {
  at_level<void(const reference::RequantizeParameters&, const int8_t*, int8_t*)>(
      avx512::requantize, avx2::requantize, reference::requantize)(parameters, input, output);
}

}  // namespace stapes::x86
