#pragma once
#include <cmath>
#include <cstdint>

namespace stapes::float32 {

// 1 / (1 + e^-x). Beyond the ends the exact value differs from 1 or e^x by less than a float can
// show; where the ends lie is TensorFlow Lite Micro's choice, kept so that the bits are the same.
inline float logistic(float x) {
  constexpr float kOneFrom = 16.619047164916992188F;
  constexpr float kExponentialTo = -9.0F;
  if (x > kOneFrom) return 1.0F;
  if (x < kExponentialTo) return std::exp(x);
  return 1.0F / (1.0F + std::exp(-x));
}

void logistic(const float* input, int32_t count, float* output);
void tanh(const float* input, int32_t count, float* output);
void rsqrt(const float* input, int32_t count, float* output);  // 1 / sqrt(x)
// RELU, RELU6.
void clamp(const float* input, int32_t count, float minimum, float maximum, float* output);

}  // namespace stapes::float32
