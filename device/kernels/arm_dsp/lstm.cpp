#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/lstm.h"

#include "device/kernels/arm_dsp/dot_product.h"

namespace stapes::arm_dsp {
namespace {

using reference::clamp_int16;
using reference::multiply;

void gate_sums(const reference::LstmParameters& parameters, const reference::LstmGate& gate,
               const int8_t* input, const int8_t* hidden, int16_t* sums) {
  const LstmShape& shape = parameters.shape;
  for_each_dot_product(input, parameters.input_offset, gate.input_weights, shape.units,
                       shape.inputs, [&](int32_t unit, int32_t sum) {
                         sums[unit] = clamp_int16(multiply(
                             reference::wrapping_add(sum, gate.bias[unit]), gate.input_multiplier));
                       });
  for_each_dot_product(hidden, parameters.hidden_offset, gate.recurrent_weights, shape.units,
                       shape.units, [&](int32_t unit, int32_t sum) {
                         sums[unit] = clamp_int16(
                             sums[unit] + clamp_int16(multiply(sum, gate.recurrent_multiplier)));
                       });
}

}  // namespace

void lstm(const reference::LstmParameters& parameters, const reference::LstmGate (&gates)[4],
          const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  reference::lstm_with(gate_sums, parameters, gates, input, hidden, cell, output, scratch);
}

}  // namespace stapes::arm_dsp
#endif
