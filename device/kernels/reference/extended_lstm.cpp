#include "device/kernels/reference/extended_lstm.h"

#include "device/kernels/reference/dot_product.h"
#include "device/kernels/reference/lstm_cell.h"

namespace stapes::reference {
namespace {

int32_t hidden_product(const int8_t* hidden, int32_t offset, const int8_t* weights, int32_t count) {
  return dot_product(hidden, offset, weights, count);
}

int32_t hidden_product(const int16_t* hidden, int32_t /*offset*/, const int8_t* weights,
                       int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += hidden[i] * weights[i];
  return sum;
}

template <typename Hidden>
void gate_sums(const LstmParameters& parameters, const ExtendedLstmGate& gate, const int8_t* input,
               const Hidden* hidden, int16_t* sums) {
  const LstmShape& shape = parameters.shape;
  for (int32_t unit = 0; unit < shape.units; ++unit) {
    const int32_t from_input =
        wrapping_add(dot_product(input, parameters.input_offset,
                                 gate.input_weights + unit * shape.inputs, shape.inputs),
                     gate.bias[unit]);
    const int32_t from_hidden = hidden_product(
        hidden, parameters.hidden_offset, gate.recurrent_weights + unit * shape.units, shape.units);
    sums[unit] =
        clamp_int16(clamp_int16(multiply(from_input, gate.input_multipliers.of_row(unit))) +
                    clamp_int16(multiply(from_hidden, gate.recurrent_multipliers.of_row(unit))));
  }
}

int32_t scaled(int32_t product, Multiplier multiplier, int32_t offset) {
  return wrapping_add(multiply(product, multiplier), offset);
}

void store(int32_t value, int8_t* hidden) { *hidden = clamp_int8(value); }
void store(int32_t value, int16_t* hidden) { *hidden = clamp_int16(value); }

template <typename Hidden>
void run(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
         const int8_t* input, Hidden* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmParameters& lstm = parameters.lstm;
  const LstmShape& shape = lstm.shape;
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    for (int32_t t = 0; t < shape.steps; ++t) {
      const int32_t row = shape.time_major ? t * shape.batches + batch : batch * shape.steps + t;
      for (int32_t gate = 0; gate < 4; ++gate) {
        gate_sums(lstm, gates[gate], input + row * shape.inputs, hidden,
                  scratch + gate * shape.units);
      }
      for (int32_t unit = 0; unit < shape.units; ++unit) {
        const int32_t product = update_cell(lstm, scratch + unit, &cell[unit]);
        store(scaled(product, lstm.hidden_multiplier, lstm.output_offset), &hidden[unit]);
        output[row * shape.units + unit] =
            clamp_int8(scaled(product, parameters.output_multiplier, parameters.output_offset));
      }
    }
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace

void extended_lstm(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
                   const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output,
                   int16_t* scratch) {
  run(parameters, gates, input, hidden, cell, output, scratch);
}

void extended_lstm(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
                   const int8_t* input, int16_t* hidden, int16_t* cell, int8_t* output,
                   int16_t* scratch) {
  run(parameters, gates, input, hidden, cell, output, scratch);
}

}  // namespace stapes::reference
