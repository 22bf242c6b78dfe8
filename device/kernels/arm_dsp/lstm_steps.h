#pragma once
#include "device/kernels/arm_dsp/columns.h"
#include "device/kernels/arm_dsp/requantization.h"
#include "device/kernels/reference/lookup_functions.h"
#include "device/kernels/reference/lstm.h"

// What the LSTMs of this folder share. The input's products of several time steps are made at once,
// as a convolution whose pixels are the steps. What remains for each step is four rows of recurrent
// weights at a time against the hidden state, which is widened once.
namespace stapes::arm_dsp {

constexpr int32_t kLstmGates = 4;

// The products of one operand, input or hidden state, with a gate's weights.
struct GateProduct {
  const int8_t* weights;  // [units, size]
  const int32_t* bias;    // null: none
  reference::RowMultipliers multipliers;
  int32_t size;

  int32_t bias_of(int32_t unit) const { return bias == nullptr ? 0 : bias[unit]; }
};

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
  int32_t unclamped(int32_t doubled_sum) const {
    const int32_t x = multiply_high_rounded(doubled_sum * (1 << left_shift), multiplier);
    return (x + ((x >> 31) & sign_mask) + rounding) >> shift;
  }
  int32_t operator()(int32_t doubled_sum) const { return __ssat(unclamped(doubled_sum), 16); }
};

// Whether ToInt16 gives reference::multiply() for all rows of the product with operands of which
// none is larger than `largest`.
bool is_fast(const GateProduct& product, int32_t units, int32_t largest);

constexpr int32_t words_of_column(int32_t elements) { return (elements + 3) / 4 * 2; }

// Calls use(row, sum): the doubled products of every row of weights with a column. Inline, so that
// what `use` needs stays in registers.
template <typename Use>
__attribute__((always_inline)) inline void for_each_row(const int32_t* column,
                                                        const int8_t* weights, int32_t rows,
                                                        int32_t size, const Use& use) {
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

// What the cell's multiplications need, made once for all units.
class CellUpdate {
 public:
  // REQUIRES: allows(parameters.cell_multiplier)
  explicit CellUpdate(const reference::LstmParameters& parameters)
      : units_(parameters.shape.units),
        cell_scale_power_(parameters.cell_scale_power),
        to_cell_(fast_requantization(0, parameters.cell_multiplier, 0)),
        clip_(parameters.cell_clip > 0 ? parameters.cell_clip : INT16_MAX + 1) {}

  // For products of two int16_t of which one is not INT16_MIN, which are below 2^30. A zero point
  // is added after the shift, so that the shift may be larger than elsewhere.
  static bool allows(reference::Multiplier m) { return m.shift <= -1 && m.shift >= -30; }

  // reference::update_cell(), doubled.
  int32_t operator()(const int16_t* sums, int16_t* cell) const {
    enum Gate { kInput, kForget, kCell, kOutput };
    const int32_t input_gate = squash_.sigmoid(sums[kInput * units_]);
    const int32_t forget_gate = squash_.sigmoid(sums[kForget * units_]);
    const int32_t candidate = squash_.tanh(sums[kCell * units_] * 3);
    const int32_t output_gate = squash_.sigmoid(sums[kOutput * units_]);
    // multiply(product, 2^-15), which rounds twice.
    const int32_t once = (forget_gate * *cell + 1) >> 1;
    const int32_t kept = __ssat((once + (once >> 31) + (1 << 13)) >> 14, 16);
    const int32_t added = __ssat(requantize(2 * (input_gate * candidate), to_cell_), 16);
    const int32_t state = reference::clamp(__ssat(kept + added, 16), -clip_, clip_);
    *cell = static_cast<int16_t>(state);
    const int32_t tanh_shift = 12 + cell_scale_power_;
    const int32_t squashed =
        tanh_shift >= 0 ? squash_.tanh(state * (3 << tanh_shift))
                        : reference::tanh_of_scaled(static_cast<int16_t>(state), cell_scale_power_);
    return 2 * (squashed * output_gate);
  }

 private:
  int32_t units_;
  int32_t cell_scale_power_;
  Requantization to_cell_;
  int32_t clip_;
  Squash squash_;
};

// Where the sums of some time steps are made, on the stack.
class LstmWorkspace {
 public:
  // Whether rows of input and hidden state are short enough.
  static bool fits(const LstmShape& shape);
  explicit LstmWorkspace(const LstmShape& shape);

  // The input's products of the next steps, from step t on, clamped to int16_t. Fewer steps at the
  // end are as many, of which the first have been done. The products are in the gates' order.
  void multiply_input(const GateProduct (&products)[kLstmGates], int32_t offset,
                      const int8_t* input, int32_t row_step, int32_t t, int16_t* scratch);
  int32_t end() const { return first_ + at_once_; }  // of the steps that have been multiplied
  int16_t* sums(int32_t t) const { return sums_ + (t - first_) * kLstmGates * shape_.units; }
  int32_t* hidden_column() { return memory_; }

 private:
  static constexpr int32_t kMemory = 768;  // words: columns, and the gates' sums of some steps

  LstmShape shape_;
  int32_t at_once_;
  int32_t first_ = 0;
  int16_t* sums_ = nullptr;
  alignas(8) int32_t memory_[kMemory];
};

// The hidden state's products, added to the sums of one step, all clamped. The column holds the
// state doubled (kDoubling 0) or as it is (1).
template <int32_t kDoubling>
void add_hidden_sums(const GateProduct& product, int32_t units, const int32_t* column,
                     int16_t* sums) {
  const reference::RowMultipliers multipliers = product.multipliers;
  const auto add = [sums](int32_t unit, int32_t value) {
    sums[unit] = static_cast<int16_t>(__ssat(sums[unit] + value, 16));
  };
  const ToInt16 first(multipliers.of_row(0));
  if (multipliers.step != 0) {
    for_each_row(column, product.weights, units, units, [&](int32_t unit, int32_t sum) {
      add(unit, ToInt16(multipliers.of_row(unit))(sum * (1 << kDoubling)));
    });
  } else if (first.is_simple()) {
    for_each_row(column, product.weights, units, units, [&](int32_t unit, int32_t sum) {
      add(unit, first.simply(sum * (1 << kDoubling)));
    });
  } else {
    for_each_row(column, product.weights, units, units,
                 [&](int32_t unit, int32_t sum) { add(unit, first(sum * (1 << kDoubling))); });
  }
}

// Calls step(t, hidden_column, sums) for every step of a sequence, with the input's part of the
// gates' sums, [gate][unit], which it may change.
template <typename Step>
void for_each_step(const LstmShape& shape, const GateProduct (&input_products)[kLstmGates],
                   int32_t input_offset, const int8_t* input, int32_t row_step, int16_t* scratch,
                   const Step& step) {
  LstmWorkspace workspace(shape);
  for (int32_t t = 0; t < shape.steps;) {
    workspace.multiply_input(input_products, input_offset, input, row_step, t, scratch);
    for (; t < workspace.end(); ++t) step(t, workspace.hidden_column(), workspace.sums(t));
  }
}

}  // namespace stapes::arm_dsp
