#include "device/kernels/reference/lstm_int16.h"

#include <cstring>

#include "device/kernels/reference/fully_connected_int16.h"
#include "device/kernels/reference/lstm_cell.h"

namespace stapes::reference {
namespace {

// The gate's sums, before its activation, in Q3.12.
void gate_sums(const LstmShape& shape, const LstmGateInt16& gate, const int16_t* input,
               const int16_t* hidden, int16_t* sums) {
  for (int32_t unit = 0; unit < shape.units; ++unit) {
    const int64_t from_input =
        add_bias(dot_product(input, gate.input_weights + unit * shape.inputs, shape.inputs),
                 gate.bias[unit]);
    const int64_t from_hidden =
        dot_product(hidden, gate.recurrent_weights + unit * shape.units, shape.units);
    sums[unit] = clamp_int16(clamp_int16(multiply_wide(from_input, gate.input_multiplier)) +
                             clamp_int16(multiply_wide(from_hidden, gate.recurrent_multiplier)));
  }
}

}  // namespace

void lstm(const LstmParameters& parameters, const LstmGateInt16 (&gates)[4], const int16_t* input,
          int16_t* hidden, int16_t* cell, int16_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    for (int32_t t = 0; t < shape.steps; ++t) {
      const int32_t row = shape.time_major ? t * shape.batches + batch : batch * shape.steps + t;
      for (int32_t gate = 0; gate < 4; ++gate) {
        gate_sums(shape, gates[gate], input + row * shape.inputs, hidden,
                  scratch + gate * shape.units);
      }
      for (int32_t unit = 0; unit < shape.units; ++unit) {
        hidden[unit] = clamp_int16(update_unit(parameters, scratch + unit, &cell[unit]));
      }
      std::memcpy(output + row * shape.units, hidden,
                  static_cast<size_t>(shape.units) * sizeof(int16_t));
    }
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::reference
