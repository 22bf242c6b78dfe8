#include "device/kernels/reference/lstm.h"

#include <cstring>

#include "device/kernels/reference/dot_product.h"
#include "device/kernels/reference/lookup_functions.h"

namespace stapes::reference {
namespace {

enum Gate { kInput, kForget, kCell, kOutput };

// The gate's sums, before its activation, in Q3.12.
void gate_sums(const LstmParameters& parameters, const LstmGate& gate, const int8_t* input,
               const int8_t* hidden, int16_t* sums) {
  const LstmShape& shape = parameters.shape;
  for (int32_t unit = 0; unit < shape.units; ++unit) {
    const int32_t from_input =
        wrapping_add(dot_product(input, parameters.input_offset,
                                 gate.input_weights + unit * shape.inputs, shape.inputs),
                     gate.bias[unit]);
    const int32_t from_hidden = dot_product(
        hidden, parameters.hidden_offset, gate.recurrent_weights + unit * shape.units, shape.units);
    sums[unit] = clamp_int16(clamp_int16(multiply(from_input, gate.input_multiplier)) +
                             clamp_int16(multiply(from_hidden, gate.recurrent_multiplier)));
  }
}

void step(LstmGateSums* gate_sums_of_step, const LstmParameters& parameters,
          const LstmGate (&gates)[4], const int8_t* input, int8_t* hidden, int16_t* cell,
          int16_t* scratch) {
  const int32_t units = parameters.shape.units;
  for (int32_t gate = 0; gate < 4; ++gate) {
    gate_sums_of_step(parameters, gates[gate], input, hidden, scratch + gate * units);
  }
  constexpr Multiplier kForgetMultiplier = {1 << 30, -14};  // 2^-15, rounded twice like the others
  for (int32_t unit = 0; unit < units; ++unit) {
    const int16_t input_gate = sigmoid_of_q3(scratch[kInput * units + unit]);
    const int16_t forget_gate = sigmoid_of_q3(scratch[kForget * units + unit]);
    const int16_t candidate = tanh_of_scaled(scratch[kCell * units + unit], -12);
    const int16_t output_gate = sigmoid_of_q3(scratch[kOutput * units + unit]);
    const int32_t kept = clamp_int16(multiply(forget_gate * cell[unit], kForgetMultiplier));
    const int32_t added = clamp_int16(multiply(input_gate * candidate, parameters.cell_multiplier));
    int32_t state = clamp_int16(kept + added);
    if (parameters.cell_clip > 0) {
      state = clamp(state, -parameters.cell_clip, parameters.cell_clip);
    }
    cell[unit] = static_cast<int16_t>(state);
    const int16_t squashed = tanh_of_scaled(cell[unit], parameters.cell_scale_power);
    hidden[unit] = clamp_int8(wrapping_add(
        multiply(squashed * output_gate, parameters.hidden_multiplier), parameters.output_offset));
  }
}

}  // namespace

void lstm(const LstmParameters& parameters, const LstmGate (&gates)[4], const int8_t* input,
          int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  lstm_with(gate_sums, parameters, gates, input, hidden, cell, output, scratch);
}

void lstm_with(LstmGateSums* gate_sums_of_step, const LstmParameters& parameters,
               const LstmGate (&gates)[4], const int8_t* input, int8_t* hidden, int16_t* cell,
               int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    for (int32_t t = 0; t < shape.steps; ++t) {
      const int32_t row = shape.time_major ? t * shape.batches + batch : batch * shape.steps + t;
      step(gate_sums_of_step, parameters, gates, input + row * shape.inputs, hidden, cell, scratch);
      std::memcpy(output + row * shape.units, hidden, static_cast<size_t>(shape.units));
    }
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::reference
