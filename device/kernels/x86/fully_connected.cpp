#include "device/kernels/x86/fully_connected.h"

#include "device/kernels/x86/avx2/fully_connected.h"
#include "device/kernels/x86/avx512/fully_connected.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void fully_connected(const reference::FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output) {
  at_level(avx512::fully_connected, avx2::fully_connected, reference::fully_connected)(
      parameters, input, weights, bias, output);
}

}  // namespace stapes::x86
