#if defined(__ARM_FEATURE_MVE)
#include "device/frontend/arm_mve/loops.h"

#include <arm_mve.h>

#include "device/frontend/window.h"

namespace stapes::arm_mve {
namespace {

constexpr int32_t kLanes = 8;

// The products' bits from kWindowBits on, 16 of them.
int16x8_t windowed(int16x8_t samples, int16x8_t coefficients) {
  const int16x8_t even =
      vshrnbq_n_s32(vdupq_n_s16(0), vmullbq_int_s16(samples, coefficients), kWindowBits);
  return vshrntq_n_s32(even, vmulltq_int_s16(samples, coefficients), kWindowBits);
}

}  // namespace

// -32768, whose absolute value 16 bits cannot hold, stays negative and so does not count, as in the
// plain loop.
int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output) {
  int16x8_t greatest = vdupq_n_s16(0);
  for (; count >= kLanes; count -= kLanes) {
    const int16x8_t values = windowed(vldrhq_s16(samples), vldrhq_s16(coefficients));
    greatest = vmaxq_s16(greatest, vabsq_s16(values));
    vstrhq_s16(output, values);
    samples += kLanes;
    coefficients += kLanes;
    output += kLanes;
  }
  if (count > 0) {
    const mve_pred16_t inside = vctp16q(static_cast<uint32_t>(count));
    const int16x8_t values =
        windowed(vldrhq_z_s16(samples, inside), vldrhq_z_s16(coefficients, inside));
    greatest = vmaxq_s16(greatest, vabsq_s16(values));
    vstrhq_p_s16(output, values, inside);
  }
  return vmaxvq_s16(0, greatest);
}

void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies) {
  constexpr int32_t kBins = kLanes / 2;
  const auto energy = [](int16x8_t x) {
    return vaddq_s32(vmullbq_int_s16(x, x), vmulltq_int_s16(x, x));
  };
  const int16_t* bin = spectrum + 2 * first_bin;
  int32_t left = end_bin - first_bin;
  for (; left >= kBins; left -= kBins) {
    vstrwq_s32(energies, energy(vldrhq_s16(bin)));
    bin += kLanes;
    energies += kBins;
  }
  if (left > 0) {
    const mve_pred16_t inside = vctp32q(static_cast<uint32_t>(left));
    vstrwq_p_s32(energies, energy(vldrhq_z_s16(bin, inside)), inside);
  }
}

}  // namespace stapes::arm_mve
#endif
