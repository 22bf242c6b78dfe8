#include "device/kernels/float32/activation.h"

#include "device/kernels/float32/block.h"

namespace stapes::float32 {

void logistic(const float* input, int32_t count, float* output) {
  for (int32_t i = 0; i < count; ++i) output[i] = logistic(input[i]);
}

void tanh(const float* input, int32_t count, float* output) {
  for (int32_t i = 0; i < count; ++i) output[i] = std::tanh(input[i]);
}

void rsqrt(const float* input, int32_t count, float* output) {
  for (int32_t i = 0; i < count; ++i) output[i] = 1.0F / std::sqrt(input[i]);
}

void clamp(const float* input, int32_t count, float minimum, float maximum, float* output) {
  for (int32_t i = 0; i < count; ++i) output[i] = clamp(input[i], minimum, maximum);
}

}  // namespace stapes::float32
