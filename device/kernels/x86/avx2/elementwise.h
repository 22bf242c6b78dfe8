#pragma once
#include "device/kernels/reference/elementwise.h"

namespace stapes::x86::avx2 {

void add(const reference::ElementwiseParameters& parameters, const int8_t* first,
         const int8_t* second, int8_t* output);
void subtract(const reference::ElementwiseParameters& parameters, const int8_t* first,
              const int8_t* second, int8_t* output);
void squared_difference(const reference::ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output);
void multiply_elements(const reference::ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output);

}  // namespace stapes::x86::avx2
