#pragma once
#include "device/kernels/reference/elementwise.h"

namespace stapes::arm_mve {

// The functions of the same name in reference/, for cores with Helium, byte for byte.
void add(const reference::ElementwiseParameters& parameters, const int8_t* first,
         const int8_t* second, int8_t* output);
void subtract(const reference::ElementwiseParameters& parameters, const int8_t* first,
              const int8_t* second, int8_t* output);
void squared_difference(const reference::ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output);
void multiply_elements(const reference::ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output);

}  // namespace stapes::arm_mve
