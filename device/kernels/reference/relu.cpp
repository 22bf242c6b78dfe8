#include "device/kernels/reference/relu.h"

namespace stapes::reference {

namespace {

template <typename T>
void clamped(const ReluParameters& parameters, const T* input, T* output) {
  for (int32_t i = 0; i < parameters.elements; ++i) {
    const int32_t value =
        wrapping_add(multiply(input[i] + parameters.input_offset, parameters.multiplier),
                     parameters.output_offset);
    output[i] = static_cast<T>(clamp(value, parameters.minimum, parameters.maximum));
  }
}

}  // namespace

void relu(const ReluParameters& parameters, const int8_t* input, int8_t* output) {
  clamped(parameters, input, output);
}

void relu(const ReluParameters& parameters, const int16_t* input, int16_t* output) {
  clamped(parameters, input, output);
}

}  // namespace stapes::reference
