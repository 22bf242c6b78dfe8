#pragma once
#include <cstdint>

// The front end's loops for processors with Helium (Cortex-M55, M85); see kernels.h. The others are
// those for the DSP extension.
namespace stapes::arm_mve {

int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output);
void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies);

}  // namespace stapes::arm_mve
