#include "device/kernels/x86/elementwise.h"

#include "device/kernels/x86/avx2/elementwise.h"
#include "device/kernels/x86/avx512/elementwise.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void add(const reference::ElementwiseParameters& parameters, const int8_t* first,
         const int8_t* second, int8_t* output) {
  at_level(avx512::add, avx2::add, reference::add)(parameters, first, second, output);
}

void subtract(const reference::ElementwiseParameters& parameters, const int8_t* first,
              const int8_t* second, int8_t* output) {
  at_level(avx512::subtract, avx2::subtract, reference::subtract)(parameters, first, second,
                                                                  output);
}

void squared_difference(const reference::ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output) {
  at_level(avx512::squared_difference, avx2::squared_difference, reference::squared_difference)(
      parameters, first, second, output);
}

void multiply_elements(const reference::ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output) {
  at_level(avx512::multiply_elements, avx2::multiply_elements, reference::multiply_elements)(
      parameters, first, second, output);
}

}  // namespace stapes::x86
