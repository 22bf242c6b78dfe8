#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/lstm.h"

#include "device/kernels/arm_dsp/dot_product.h"
#include "device/kernels/arm_dsp/lstm_steps.h"

// Where the steps do not fit the stack they are done one by one; where a gate's requantization is
// not fast, in the reference's way.
namespace stapes::arm_dsp {
namespace {

using reference::clamp_int16;
using reference::LstmGate;
using reference::LstmParameters;
using reference::multiply;

void gate_sums(const LstmParameters& parameters, const LstmGate& gate, const int8_t* input,
               const int8_t* hidden, int16_t* sums) {
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

// What the loop needs is taken as values, which stores of bytes do not make the compiler load
// again.
void update_state(CellUpdate update, Requantization to_hidden, int32_t offset, const int16_t* sums,
                  int32_t units, int8_t* hidden, int16_t* cell) {
  for (int32_t unit = 0; unit < units; ++unit) {
    const int32_t doubled = update(sums + unit, &cell[unit]);
    hidden[unit] = static_cast<int8_t>(__ssat(requantize(doubled, to_hidden) + offset, 8));
  }
}

// All steps of one sequence.
void run_sequence(const LstmParameters& parameters, const GateProduct (&from_input)[kLstmGates],
                  const GateProduct (&from_hidden)[kLstmGates], const int8_t* input,
                  int32_t row_step, int8_t* hidden, int16_t* cell, int8_t* output,
                  int16_t* scratch) {
  const int32_t units = parameters.shape.units;
  const CellUpdate update(parameters);
  const Requantization to_hidden = fast_requantization(0, parameters.hidden_multiplier, 0);
  for_each_step(parameters.shape, from_input, parameters.input_offset, input, row_step, scratch,
                [&](int32_t t, int32_t* column, int16_t* sums) {
                  ColumnWriter writer = {column, 1, both_lanes(parameters.hidden_offset)};
                  writer.values(hidden, units);
                  for (int32_t g = 0; g < kLstmGates; ++g) {
                    add_hidden_sums<0>(from_hidden[g], units, column, sums + g * units);
                  }
                  update_state(update, to_hidden, parameters.output_offset, sums, units, hidden,
                               cell);
                  std::memcpy(output + t * row_step * units, hidden, static_cast<size_t>(units));
                });
}

}  // namespace

void lstm(const LstmParameters& parameters, const LstmGate (&gates)[4], const int8_t* input,
          int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  GateProduct from_input[kLstmGates];
  GateProduct from_hidden[kLstmGates];
  bool all_are_fast = LstmWorkspace::fits(shape) &&
                      CellUpdate::allows(parameters.cell_multiplier) &&
                      CellUpdate::allows(parameters.hidden_multiplier);
  for (int32_t g = 0; g < kLstmGates; ++g) {
    const LstmGate& gate = gates[g];
    from_input[g] = {gate.input_weights, gate.bias, {&gate.input_multiplier, 0}, shape.inputs};
    from_hidden[g] = {
        gate.recurrent_weights, nullptr, {&gate.recurrent_multiplier, 0}, shape.units};
    all_are_fast = all_are_fast && is_fast(from_input[g], shape.units, 255) &&
                   is_fast(from_hidden[g], shape.units, 255);
  }
  if (!all_are_fast) {
    reference::lstm_with(gate_sums, parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    const int32_t first_row = shape.time_major ? batch : batch * shape.steps;
    run_sequence(parameters, from_input, from_hidden, input + first_row * shape.inputs,
                 shape.time_major ? shape.batches : 1, hidden, cell,
                 output + first_row * shape.units, scratch);
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::arm_dsp
#endif
