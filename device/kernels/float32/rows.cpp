#include "device/kernels/float32/rows.h"

#include <cmath>

namespace stapes::float32 {

void softmax(const float* input, int32_t rows, int32_t depth, float beta, float* output) {
  for (int32_t row = 0; row < rows; ++row, input += depth, output += depth) {
    float largest = input[0];
    for (int32_t i = 1; i < depth; ++i) {
      if (input[i] > largest) largest = input[i];
    }
    float sum = 0.0F;
    for (int32_t i = 0; i < depth; ++i) {
      output[i] = std::exp((input[i] - largest) * beta);
      sum += output[i];
    }
    for (int32_t i = 0; i < depth; ++i) output[i] /= sum;
  }
}

void l2_normalization(const float* input, int32_t rows, int32_t depth, float* output) {
  constexpr float kSmallestNorm = 1e-6F;
  for (int32_t row = 0; row < rows; ++row, input += depth, output += depth) {
    float squares = 0.0F;
    for (int32_t i = 0; i < depth; ++i) squares += input[i] * input[i];
    const float root = std::sqrt(squares);
    const float norm = root < kSmallestNorm ? kSmallestNorm : root;
    for (int32_t i = 0; i < depth; ++i) output[i] = input[i] / norm;
  }
}

}  // namespace stapes::float32
