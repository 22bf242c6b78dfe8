#include "device/kernels/x86/mean.h"

#include "device/kernels/x86/avx2/mean.h"
#include "device/kernels/x86/avx512/mean.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void mean(const reference::MeanParameters& parameters, const int8_t* input, int8_t* output) {
  at_level(avx512::mean, avx2::mean, reference::mean)(parameters, input, output);
}

}  // namespace stapes::x86
