#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/layer_norm_lstm.h"

#include "device/kernels/arm_dsp/lstm_steps.h"

// The gates' sums as in lstm.cpp; what follows them is the reference's.
namespace stapes::arm_dsp {
namespace {

using reference::LstmGate;
using reference::LstmNormalization;
using reference::LstmParameters;

// Unlike the plain LSTM's, the hidden state's part is not clamped alone.
void add_unclamped_hidden_sums(const GateProduct& product, int32_t units, const int32_t* column,
                               int16_t* sums) {
  const ToInt16 to_int16(product.multipliers.of_row(0));
  for_each_row(column, product.weights, units, units, [&](int32_t unit, int32_t sum) {
    sums[unit] = static_cast<int16_t>(
        __ssat(reference::wrapping_add(sums[unit], to_int16.unclamped(sum)), 16));
  });
}

// All steps of one sequence.
void run_sequence(const LstmParameters& parameters, const GateProduct (&from_input)[kLstmGates],
                  const GateProduct (&from_hidden)[kLstmGates],
                  const LstmNormalization* normalizations, const int8_t* input, int32_t row_step,
                  int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  const int32_t units = parameters.shape.units;
  for_each_step(parameters.shape, from_input, parameters.input_offset, input, row_step, scratch,
                [&](int32_t t, int32_t* column, int16_t* sums) {
                  ColumnWriter writer = {column, 1, both_lanes(parameters.hidden_offset)};
                  writer.values(hidden, units);
                  for (int32_t g = 0; g < kLstmGates; ++g) {
                    add_unclamped_hidden_sums(from_hidden[g], units, column, sums + g * units);
                  }
                  reference::layer_norm_lstm_step(parameters, normalizations, sums, hidden, cell);
                  std::memcpy(output + t * row_step * units, hidden, static_cast<size_t>(units));
                });
}

}  // namespace

void layer_norm_lstm(const LstmParameters& parameters, const LstmGate (&gates)[4],
                     const LstmNormalization* normalizations, const int8_t* input, int8_t* hidden,
                     int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  GateProduct from_input[kLstmGates];
  GateProduct from_hidden[kLstmGates];
  bool all_are_fast = LstmWorkspace::fits(shape);
  for (int32_t g = 0; g < kLstmGates; ++g) {
    const LstmGate& gate = gates[g];
    from_input[g] = {gate.input_weights, nullptr, {&gate.input_multiplier, 0}, shape.inputs};
    from_hidden[g] = {
        gate.recurrent_weights, nullptr, {&gate.recurrent_multiplier, 0}, shape.units};
    all_are_fast = all_are_fast && is_fast(from_input[g], shape.units, 255) &&
                   is_fast(from_hidden[g], shape.units, 255);
  }
  if (!all_are_fast) {
    reference::layer_norm_lstm(parameters, gates, normalizations, input, hidden, cell, output,
                               scratch);
    return;
  }
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    const int32_t first_row = shape.time_major ? batch : batch * shape.steps;
    run_sequence(parameters, from_input, from_hidden, normalizations,
                 input + first_row * shape.inputs, shape.time_major ? shape.batches : 1, hidden,
                 cell, output + first_row * shape.units, scratch);
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::arm_dsp
#endif
