#pragma once
#include <cstdint>

namespace stapes::reference {

struct L2NormalizationParameters {
  int32_t rows;
  int32_t depth;
  int32_t input_offset;  // minus the input's zero point
};

// int8 L2_NORMALIZATION: every row divided by its Euclidean norm. The input's scale cancels; the
// output has scale 1/128 and zero point 0. A row of zeros stays one.
void l2_normalization(const L2NormalizationParameters& parameters, const int8_t* input,
                      int8_t* output);

}  // namespace stapes::reference
