#include "device/kernels/reference/quantize.h"

#include <cmath>
#include <limits>

namespace stapes::reference {
namespace {

template <typename Output>
void quantize_to(const float* input, int32_t elements, float scale, int32_t zero_point,
                 Output* output) {
  constexpr auto kMinimum = int32_t{std::numeric_limits<Output>::min()};
  constexpr int32_t kMaximum = std::numeric_limits<Output>::max();
  constexpr float kFar = 1 << 20;  // beyond every type's range, and safe to convert and add
  for (int32_t i = 0; i < elements; ++i) {
    const float scaled = std::round(input[i] / scale);
    int32_t value = 0;
    if (scaled >= kFar) {
      value = static_cast<int32_t>(kFar);
    } else if (scaled <= -kFar) {
      value = -static_cast<int32_t>(kFar);
    } else if (scaled == scaled) {
      value = static_cast<int32_t>(scaled);
    }
    output[i] = static_cast<Output>(clamp(value + zero_point, kMinimum, kMaximum));
  }
}

template <typename Input>
void dequantize_from(const Input* input, int32_t elements, float scale, int32_t zero_point,
                     float* output) {
  // The product of doubles, rounded to float, of the law; the difference has at most 17 bits, so
  // that it is exact as a float and the product of floats is rounded once as well.
  for (int32_t i = 0; i < elements; ++i) {
    output[i] = scale * static_cast<float>(input[i] - zero_point);
  }
}

template <typename Input, typename Output>
void requantize_between(const RequantizeParameters& parameters, const Input* input,
                        Output* output) {
  for (int32_t i = 0; i < parameters.elements; ++i) {
    const int32_t value =
        wrapping_add(multiply(input[i] + parameters.input_offset, parameters.multiplier),
                     parameters.output_offset);
    output[i] = static_cast<Output>(
        clamp(value, std::numeric_limits<Output>::min(), std::numeric_limits<Output>::max()));
  }
}

}  // namespace

void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output) {
  quantize_to(input, elements, scale, zero_point, output);
}
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int16_t* output) {
  quantize_to(input, elements, scale, zero_point, output);
}

void dequantize(const int8_t* input, int32_t elements, float scale, int32_t zero_point,
                float* output) {
  dequantize_from(input, elements, scale, zero_point, output);
}
void dequantize(const int16_t* input, int32_t elements, float scale, int32_t zero_point,
                float* output) {
  dequantize_from(input, elements, scale, zero_point, output);
}

void requantize(const RequantizeParameters& parameters, const int8_t* input, int8_t* output) {
  requantize_between(parameters, input, output);
}
void requantize(const RequantizeParameters& parameters, const int8_t* input, int16_t* output) {
  requantize_between(parameters, input, output);
}
void requantize(const RequantizeParameters& parameters, const int16_t* input, int8_t* output) {
  requantize_between(parameters, input, output);
}
void requantize(const RequantizeParameters& parameters, const int16_t* input, int16_t* output) {
  requantize_between(parameters, input, output);
}

}  // namespace stapes::reference
