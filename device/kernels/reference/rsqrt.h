#pragma once
#include "device/kernels/reference/fixed_point.h"

namespace stapes::reference {

struct RsqrtParameters {
  int32_t elements;
  int32_t input_offset;   // minus the input's zero point
  int32_t output_offset;  // the output's zero point
  Multiplier multiplier;  // 1 / (sqrt(input scale) * output scale)
};

// int8 RSQRT: 1 / sqrt(x). Real 0 gives the largest output. False when some input is negative, for
// which there is no result; the output is then incomplete.
bool rsqrt(const RsqrtParameters& parameters, const int8_t* input, int8_t* output);

}  // namespace stapes::reference
