#pragma once
#include <cstdint>

namespace stapes::float32 {

// Both work on `rows` rows of `depth` values that lie one behind the other; output may be input.

// e^(beta x) / sum of the row's, computed from the differences to the row's largest value.
void softmax(const float* input, int32_t rows, int32_t depth, float beta, float* output);

// x / max(sqrt(sum of the row's squares), 1e-6)
void l2_normalization(const float* input, int32_t rows, int32_t depth, float* output);

}  // namespace stapes::float32
