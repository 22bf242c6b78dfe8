#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/lstm.h"

#include "device/kernels/arm_dsp/columns.h"
#include "device/kernels/arm_dsp/convolve_block.h"
#include "device/kernels/arm_dsp/dot_product.h"
#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/reference/lookup_functions.h"

// The input's products of several time steps are made at once, as a convolution whose pixels are
// the steps. What remains for each step is four rows of recurrent weights at a time against the
// hidden state, which is widened once. Where the steps do not fit the stack they are done one by
// one; where a gate's requantization is not fast, in the reference's way.
namespace stapes::arm_dsp {
namespace {

using reference::clamp_int16;
using reference::LstmGate;
using reference::LstmParameters;
using reference::multiply;

constexpr int32_t kMemory = 768;      // words: columns, and the gates' sums of some steps
constexpr int32_t kUnitsAtOnce = 32;  // whose constants are ready at once
constexpr int32_t kGates = 4;
enum Gate { kInput, kForget, kCell, kOutput };

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

// multiply() for a multiplier that may also be 1 or more, clamped to int16_t. Where there is no
// shift to the right, nothing is rounded a second time.
struct ToInt16 {
  int32_t multiplier;
  int32_t left_shift;
  int32_t sign_mask;
  int32_t rounding;
  int32_t shift;

  explicit ToInt16(reference::Multiplier m)
      : multiplier(m.value),
        left_shift(m.shift > 0 ? m.shift : 0),
        sign_mask(m.shift < 0 ? -1 : 0),
        rounding(m.shift < 0 ? 1 << (-m.shift - 1) : 0),
        shift(m.shift < 0 ? -m.shift : 0) {}

  // No sum is larger than `limit`, which is below 2^30.
  static bool is_possible(int32_t bias, reference::Multiplier m, int32_t limit) {
    if (m.shift < 0) return allows_fast_requantization(bias, m, limit);
    if (m.shift > 22) return false;
    const int32_t bias_limit = (kAccumulatorLimit >> m.shift) - 1 - limit;
    return bias >= -bias_limit && bias <= bias_limit;
  }

  // Below 1, as most multipliers are.
  bool is_simple() const { return sign_mask != 0; }
  int32_t simply(int32_t doubled_sum) const {
    const int32_t x = multiply_high_rounded(doubled_sum, multiplier);
    return __ssat((x + (x >> 31) + rounding) >> shift, 16);
  }
  int32_t operator()(int32_t doubled_sum) const {
    const int32_t x = multiply_high_rounded(doubled_sum * (1 << left_shift), multiplier);
    return __ssat((x + ((x >> 31) & sign_mask) + rounding) >> shift, 16);
  }
};

bool all_are_fast(const LstmParameters& parameters, const LstmGate (&gates)[kGates]) {
  const LstmShape& shape = parameters.shape;
  constexpr int32_t kLargestSize = 1 << 15;  // whose sum of products is below 2^30
  if (shape.inputs >= kLargestSize || shape.units >= kLargestSize) return false;
  for (const LstmGate& gate : gates) {
    for (int32_t unit = 0; unit < shape.units; ++unit) {
      if (!ToInt16::is_possible(gate.bias[unit], gate.input_multiplier, shape.inputs * 255 * 128)) {
        return false;
      }
    }
    if (!ToInt16::is_possible(0, gate.recurrent_multiplier, shape.units * 255 * 128)) return false;
  }
  // Products of two int16_t of which one is not INT16_MIN are below 2^30. The zero point is added
  // after the shift, so this may be larger than elsewhere.
  const auto is_fast = [](reference::Multiplier m) { return m.shift <= -1 && m.shift >= -30; };
  return is_fast(parameters.cell_multiplier) && is_fast(parameters.hidden_multiplier);
}

int32_t words_of_column(int32_t elements) { return (elements + 3) / 4 * 2; }

constexpr int32_t kStepsAtOnce = 7;

// As many where the memory holds them, beside the hidden state's column, or else one.
int32_t steps_at_once(const LstmShape& shape) {
  const int32_t step = words_of_column(shape.inputs) + shape.units * kGates / 2;
  const int32_t memory = kMemory - words_of_column(shape.units);
  return shape.steps >= kStepsAtOnce && kStepsAtOnce * step <= memory ? kStepsAtOnce : 1;
}

// The input's part of a gate's sums for several steps, clamped to int16_t.
void input_sums(const LstmParameters& parameters, const LstmGate& gate, const int32_t* columns,
                int16_t* sums) {
  const LstmShape& shape = parameters.shape;
  const int32_t group = 2 * kStepsAtOnce;
  const int32_t size = shape.inputs;
  const int32_t rest = size & 3;
  const ToInt16 to_int16(gate.input_multiplier);
  ChannelConstants constants[kUnitsAtOnce];
  ConvolutionBlock block;
  block.columns = columns;
  block.columns_end = columns + (size + 3) / 4 * group;
  block.fives = block.columns_end - size / 20 * 5 * group;
  block.rest = rest;
  block.output_step = shape.units * kGates * static_cast<int32_t>(sizeof(int16_t));
  block.left_shift = to_int16.left_shift;
  block.sign_mask = to_int16.sign_mask;
  for (int32_t first = 0; first < shape.units; first += kUnitsAtOnce) {
    const int32_t left = shape.units - first;
    const int32_t count = left < kUnitsAtOnce ? left : kUnitsAtOnce;
    for (int32_t i = 0; i < count; ++i) {
      const int32_t unit = first + i;
      const int32_t tail =
          rest == 0 ? 0 : load_part(gate.input_weights + unit * size + size - rest, rest);
      constants[i] = {to_int16.multiplier, to_int16.rounding, to_int16.shift, 2 * gate.bias[unit],
                      tail};
    }
    block.channel = constants;
    block.channels_end = constants + count;
    block.weights = gate.input_weights + first * size;
    block.output = sums + first;
    convolve_seven_pixels_to_int16(&block);
  }
}

// Calls use(row, sum): the doubled products of every row of weights with a column.
template <typename Use>
void for_each_row(const int32_t* column, const int8_t* weights, int32_t rows, int32_t size,
                  const Use& use) {
  if (rows < 4) {
    for (int32_t row = 0; row < rows; ++row) {
      use(row, multiply_column(column, weights + row * size, size, 0));
    }
    return;
  }
  int32_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    int32_t sums[4] = {};
    multiply_column_by_four(column, weights + row * size, size, sums);
    use(row, sums[0]);
    use(row + 1, sums[1]);
    use(row + 2, sums[2]);
    use(row + 3, sums[3]);
  }
  for (; row < rows; ++row) use(row, multiply_column(column, weights + row * size, size, 0));
}

// The input's part for one step.
void input_sums_of_one(const LstmParameters& parameters, const LstmGate& gate,
                       const int32_t* column, int16_t* sums) {
  const ToInt16 to_int16(gate.input_multiplier);
  for_each_row(column, gate.input_weights, parameters.shape.units, parameters.shape.inputs,
               [&](int32_t unit, int32_t sum) {
                 sums[unit] = static_cast<int16_t>(to_int16(sum + 2 * gate.bias[unit]));
               });
}

void add_hidden_sums(const LstmParameters& parameters, const LstmGate& gate, const int32_t* column,
                     int16_t* sums) {
  const ToInt16 to_int16(gate.recurrent_multiplier);
  const int32_t units = parameters.shape.units;
  if (to_int16.is_simple()) {
    for_each_row(column, gate.recurrent_weights, units, units, [&](int32_t unit, int32_t sum) {
      sums[unit] = static_cast<int16_t>(__ssat(sums[unit] + to_int16.simply(sum), 16));
    });
    return;
  }
  for_each_row(column, gate.recurrent_weights, units, units, [&](int32_t unit, int32_t sum) {
    sums[unit] = static_cast<int16_t>(__ssat(sums[unit] + to_int16(sum), 16));
  });
}

// reference::sigmoid_of_q3() and tanh_of_scaled(), without a call for each number.
struct Squash {
  const uint16_t* table = reference::sigmoid_table();

  // Of a magnitude in steps of the table with so many fraction bits; `beyond` behind the table.
  uint32_t curve(int32_t magnitude, int32_t fraction_bits, uint32_t beyond) const {
    const int32_t index = magnitude >> fraction_bits;
    if (index >= reference::kSigmoidEntries - 1) return beyond;
    const int32_t low = table[index];
    const int32_t slope = table[index + 1] - low;
    const int32_t fraction = magnitude & ((1 << fraction_bits) - 1);
    return static_cast<uint32_t>((low << fraction_bits) + fraction * slope);
  }
  int32_t sigmoid(int32_t x) const {
    const int32_t v = x * 3;
    const auto rising = static_cast<int32_t>(curve(v < 0 ? -v : v, 9, 0x7FFFU << 10));
    return (v >= 0 ? rising + (1 << 9) : (1 << 25) - rising + (1 << 9) - 1) >> 10;
  }
  // v: twice the argument in steps of the table, with eight fraction bits.
  int32_t tanh(int32_t v) const {
    const auto rising = static_cast<int32_t>(curve(v < 0 ? -v : v, 8, 0xFFFFU << 8)) - (1 << 23);
    return (v >= 0 ? rising + (1 << 7) : (1 << 7) - 1 - rising) >> 8;
  }
};

// From the gates' sums of one step to the cell and the hidden state.
void update_state(const LstmParameters& parameters, const int16_t* sums, int8_t* hidden,
                  int16_t* cell) {
  const int32_t units = parameters.shape.units;
  const Requantization to_cell = fast_requantization(0, parameters.cell_multiplier, 0);
  const Requantization to_hidden = fast_requantization(0, parameters.hidden_multiplier, 0);
  const int32_t clip = parameters.cell_clip > 0 ? parameters.cell_clip : INT16_MAX + 1;
  const int32_t tanh_shift = 12 + parameters.cell_scale_power;
  const Squash squash;
  for (int32_t unit = 0; unit < units; ++unit) {
    const int32_t input_gate = squash.sigmoid(sums[kInput * units + unit]);
    const int32_t forget_gate = squash.sigmoid(sums[kForget * units + unit]);
    const int32_t candidate = squash.tanh(sums[kCell * units + unit] * 3);
    const int32_t output_gate = squash.sigmoid(sums[kOutput * units + unit]);
    // multiply(product, 2^-15), which rounds twice.
    const int32_t once = (forget_gate * cell[unit] + 1) >> 1;
    const int32_t kept = __ssat((once + (once >> 31) + (1 << 13)) >> 14, 16);
    const int32_t added = __ssat(requantize(2 * (input_gate * candidate), to_cell), 16);
    const int32_t state = reference::clamp(__ssat(kept + added, 16), -clip, clip);
    cell[unit] = static_cast<int16_t>(state);
    const int32_t squashed =
        tanh_shift >= 0
            ? squash.tanh(state * (3 << tanh_shift))
            : reference::tanh_of_scaled(static_cast<int16_t>(state), parameters.cell_scale_power);
    hidden[unit] = static_cast<int8_t>(
        __ssat(requantize(2 * (squashed * output_gate), to_hidden) + parameters.output_offset, 8));
  }
}

// All steps of one sequence.
void run_sequence(const LstmParameters& parameters, const LstmGate (&gates)[kGates],
                  const int8_t* input, int32_t row_step, int8_t* hidden, int16_t* cell,
                  int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  alignas(8) int32_t memory[kMemory];
  int32_t* const hidden_column = memory;
  int32_t* const columns = memory + words_of_column(shape.units);
  const int32_t at_once = steps_at_once(shape);
  int16_t* const sums =
      at_once == 1 ? scratch
                   : reinterpret_cast<int16_t*>(columns + at_once * words_of_column(shape.inputs));
  for (int32_t t = 0; t < shape.steps;) {
    // Fewer steps at the end are as many, of which the first have been done.
    const int32_t first = shape.steps - t < at_once ? shape.steps - at_once : t;
    for (int32_t i = 0; i < at_once; ++i) {
      ColumnWriter writer = {columns + i, at_once, both_lanes(parameters.input_offset)};
      writer.values(input + (first + i) * row_step * shape.inputs, shape.inputs);
    }
    for (int32_t g = 0; g < kGates; ++g) {
      if (at_once == 1) {
        input_sums_of_one(parameters, gates[g], columns, sums + g * shape.units);
      } else {
        input_sums(parameters, gates[g], columns, sums + g * shape.units);
      }
    }
    for (; t < first + at_once; ++t) {
      int16_t* of_step = sums + (t - first) * kGates * shape.units;
      ColumnWriter writer = {hidden_column, 1, both_lanes(parameters.hidden_offset)};
      writer.values(hidden, shape.units);
      for (int32_t g = 0; g < kGates; ++g) {
        add_hidden_sums(parameters, gates[g], hidden_column, of_step + g * shape.units);
      }
      update_state(parameters, of_step, hidden, cell);
      std::memcpy(output + t * row_step * shape.units, hidden, static_cast<size_t>(shape.units));
    }
  }
}

}  // namespace

void lstm(const LstmParameters& parameters, const LstmGate (&gates)[4], const int8_t* input,
          int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  const bool fits =
      words_of_column(shape.units) <= kMemory / 2 && words_of_column(shape.inputs) <= kMemory / 2;
  if (!fits || !all_are_fast(parameters, gates)) {
    reference::lstm_with(gate_sums, parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    const int32_t first_row = shape.time_major ? batch : batch * shape.steps;
    run_sequence(parameters, gates, input + first_row * shape.inputs,
                 shape.time_major ? shape.batches : 1, hidden, cell,
                 output + first_row * shape.units, scratch);
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::arm_dsp
#endif
