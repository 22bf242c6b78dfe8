#include "device/kernels/reference/lstm.h"

#include <cstring>

#include "device/kernels/reference/dot_product.h"
#include "device/kernels/reference/lstm_cell.h"

namespace stapes::reference {
namespace {

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
  for (int32_t unit = 0; unit < units; ++unit) {
    hidden[unit] = clamp_int8(update_unit(parameters, scratch + unit, &cell[unit]));
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
