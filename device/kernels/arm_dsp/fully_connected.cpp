#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/fully_connected.h"

#include "device/kernels/arm_dsp/dot_product.h"

namespace stapes::arm_dsp {

void fully_connected(const reference::FullyConnectedParameters& parameters, const int8_t* input,
                     const int8_t* weights, const int32_t* bias, int8_t* output) {
  const MatrixProduct& product = parameters.product;
  for (int32_t batch = 0; batch < product.batches; ++batch) {
    for_each_dot_product(
        input, parameters.input_offset, weights, product.output_depth, product.input_depth,
        [&](int32_t o, int32_t sum) {
          if (bias != nullptr) sum = reference::wrapping_add(sum, bias[o]);
          const reference::Multiplier multiplier =
              parameters.multipliers == nullptr ? parameters.multiplier : parameters.multipliers[o];
          const int32_t value = reference::wrapping_add(reference::multiply(sum, multiplier),
                                                        parameters.output_offset);
          output[o] = static_cast<int8_t>(reference::clamp(value, parameters.activation_minimum,
                                                           parameters.activation_maximum));
        });
    input += product.input_depth;
    output += product.output_depth;
  }
}

}  // namespace stapes::arm_dsp
#endif
