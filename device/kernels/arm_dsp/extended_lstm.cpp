#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/extended_lstm.h"

#include "device/kernels/arm_dsp/lstm_steps.h"

// As lstm.cpp, with the rows' multipliers. An int16 hidden state fills its half of a word, so that
// the sums of its products are doubled instead of the state.
namespace stapes::arm_dsp {
namespace {

using reference::ExtendedLstmGate;
using reference::ExtendedLstmParameters;

struct Int8State {
  using Type = int8_t;
  static constexpr int32_t kLargest = 255;
  static constexpr int32_t kDoubling = 0;
  static void write_column(const int8_t* hidden, int32_t units, int32_t offset, int32_t* column) {
    ColumnWriter writer = {column, 1, both_lanes(offset)};
    writer.values(hidden, units);
  }
  static int8_t clamped(int32_t value) { return static_cast<int8_t>(__ssat(value, 8)); }
};

struct Int16State {
  using Type = int16_t;
  static constexpr int32_t kLargest = 1 << 15;
  static constexpr int32_t kDoubling = 1;
  // In the order of ColumnWriter: a rest first, groups as {0, 2}, {1, 3}.
  static void write_column(const int16_t* hidden, int32_t units, int32_t /*offset*/,
                           int32_t* column) {
    const auto group = [&column](int32_t a, int32_t b, int32_t c, int32_t d) {
      *column++ = (a & 0xFFFF) | static_cast<int32_t>(static_cast<uint32_t>(c) << 16);
      *column++ = (b & 0xFFFF) | static_cast<int32_t>(static_cast<uint32_t>(d) << 16);
    };
    const int32_t whole = units & ~3;
    if (whole < units) {
      const auto of = [&](int32_t i) { return i < units ? hidden[i] : 0; };
      group(of(whole), of(whole + 1), of(whole + 2), 0);
    }
    for (int32_t i = 0; i < whole; i += 4) {
      group(hidden[i], hidden[i + 1], hidden[i + 2], hidden[i + 3]);
    }
  }
  static int16_t clamped(int32_t value) { return static_cast<int16_t>(__ssat(value, 16)); }
};

// As in lstm.cpp.
template <typename State>
void update_state(CellUpdate update, Requantization to_hidden, int32_t hidden_offset,
                  Requantization to_output, int32_t output_offset, const int16_t* sums,
                  int32_t units, typename State::Type* hidden, int16_t* cell, int8_t* output) {
  for (int32_t unit = 0; unit < units; ++unit) {
    const int32_t doubled = update(sums + unit, &cell[unit]);
    hidden[unit] = State::clamped(requantize(doubled, to_hidden) + hidden_offset);
    output[unit] = static_cast<int8_t>(__ssat(requantize(doubled, to_output) + output_offset, 8));
  }
}

// All steps of one sequence.
template <typename State>
void run_sequence(const ExtendedLstmParameters& parameters,
                  const GateProduct (&from_input)[kLstmGates],
                  const GateProduct (&from_hidden)[kLstmGates], const int8_t* input,
                  int32_t row_step, typename State::Type* hidden, int16_t* cell, int8_t* output,
                  int16_t* scratch) {
  const reference::LstmParameters& lstm = parameters.lstm;
  const int32_t units = lstm.shape.units;
  const CellUpdate update(lstm);
  const Requantization to_hidden = fast_requantization(0, lstm.hidden_multiplier, 0);
  const Requantization to_output = fast_requantization(0, parameters.output_multiplier, 0);
  for_each_step(lstm.shape, from_input, lstm.input_offset, input, row_step, scratch,
                [&](int32_t t, int32_t* column, int16_t* sums) {
                  State::write_column(hidden, units, lstm.hidden_offset, column);
                  for (int32_t g = 0; g < kLstmGates; ++g) {
                    add_hidden_sums<State::kDoubling>(from_hidden[g], units, column,
                                                      sums + g * units);
                  }
                  update_state<State>(update, to_hidden, lstm.output_offset, to_output,
                                      parameters.output_offset, sums, units, hidden, cell,
                                      output + t * row_step * units);
                });
}

template <typename State>
void run(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
         const int8_t* input, typename State::Type* hidden, int16_t* cell, int8_t* output,
         int16_t* scratch) {
  const reference::LstmParameters& lstm = parameters.lstm;
  const LstmShape& shape = lstm.shape;
  GateProduct from_input[kLstmGates];
  GateProduct from_hidden[kLstmGates];
  bool all_are_fast = LstmWorkspace::fits(shape) && CellUpdate::allows(lstm.cell_multiplier) &&
                      CellUpdate::allows(lstm.hidden_multiplier) &&
                      CellUpdate::allows(parameters.output_multiplier);
  for (int32_t g = 0; g < kLstmGates; ++g) {
    const ExtendedLstmGate& gate = gates[g];
    from_input[g] = {gate.input_weights, gate.bias, gate.input_multipliers, shape.inputs};
    from_hidden[g] = {gate.recurrent_weights, nullptr, gate.recurrent_multipliers, shape.units};
    all_are_fast = all_are_fast && is_fast(from_input[g], shape.units, Int8State::kLargest) &&
                   is_fast(from_hidden[g], shape.units, State::kLargest);
  }
  if (!all_are_fast) {
    reference::extended_lstm(parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    const int32_t first_row = shape.time_major ? batch : batch * shape.steps;
    run_sequence<State>(parameters, from_input, from_hidden, input + first_row * shape.inputs,
                        shape.time_major ? shape.batches : 1, hidden, cell,
                        output + first_row * shape.units, scratch);
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace

void extended_lstm(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
                   const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output,
                   int16_t* scratch) {
  run<Int8State>(parameters, gates, input, hidden, cell, output, scratch);
}

void extended_lstm(const ExtendedLstmParameters& parameters, const ExtendedLstmGate (&gates)[4],
                   const int8_t* input, int16_t* hidden, int16_t* cell, int8_t* output,
                   int16_t* scratch) {
  run<Int16State>(parameters, gates, input, hidden, cell, output, scratch);
}

}  // namespace stapes::arm_dsp
#endif
