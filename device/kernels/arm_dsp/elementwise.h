#pragma once
#include "device/kernels/reference/elementwise.h"

namespace stapes::arm_dsp {

// reference::add(), subtract(), squared_difference() and multiply_elements() for cores with the DSP
// extension, byte for byte.
void add(const reference::ElementwiseParameters& parameters, const int8_t* first,
         const int8_t* second, int8_t* output);
void subtract(const reference::ElementwiseParameters& parameters, const int8_t* first,
              const int8_t* second, int8_t* output);
void squared_difference(const reference::ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output);
void multiply_elements(const reference::ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output);

}  // namespace stapes::arm_dsp
