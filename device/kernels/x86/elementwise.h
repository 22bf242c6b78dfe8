#pragma once
#include "device/kernels/reference/elementwise.h"

namespace stapes::x86 {

// The functions of reference/elementwise.h, byte for byte, with the vector instructions of the
// processor that the program runs on (level.h).
void add(const reference::ElementwiseParameters& parameters, const int8_t* first,
         const int8_t* second, int8_t* output);
void subtract(const reference::ElementwiseParameters& parameters, const int8_t* first,
              const int8_t* second, int8_t* output);
void squared_difference(const reference::ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output);
void multiply_elements(const reference::ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output);

}  // namespace stapes::x86
