#include "device/kernels/x86/pool_2d.h"

#include "device/kernels/x86/avx2/pool_2d.h"
#include "device/kernels/x86/avx512/pool_2d.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void average_pool_2d(const reference::Pool2DParameters& parameters, const int8_t* input,
                     int8_t* output) {
  using Kernel = void(const reference::Pool2DParameters&, const int8_t*, int8_t*);
  Kernel* const plain = reference::average_pool_2d;
  at_level(avx512::average_pool_2d, avx2::average_pool_2d, plain)(parameters, input, output);
}

}  // namespace stapes::x86
