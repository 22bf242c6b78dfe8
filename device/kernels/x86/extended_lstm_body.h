// STAPES_LSTM, built from lstm_steps_body.h. Included once for each level.
#pragma once
#include <cstring>
#include <type_traits>

#include "device/kernels/reference/extended_lstm.h"
#include "device/kernels/x86/lstm_steps_body.h"

namespace stapes::x86::STAPES_LEVEL {

// reference::multiply() with a multiplier for each row, or one for all.
struct RowScales {
  reference::RowMultipliers rows;

  STAPES_INLINE Vector operator()(Vector sums, int32_t first, int32_t count) const {
    if (rows.step == 0) return multiply(sums, lane_multiplier(rows.values[0]));
    Vector value;
    Vector shift;
    load_multipliers(rows.values + first, count, &value, &shift);
    const Vector left = maximum(shift, zero());
    const Vector right = maximum(subtract(zero(), shift), zero());
    const Vector x = doubling_high_product(shift_left_each(sums, left), value, odd_lanes(value));
    // As rounding_shift(), which a shift by 0 leaves out.
    const Vector y =
        shift_right_each(add(x, sign(x)), maximum(subtract(right, broadcast(1)), zero()));
    const Vector rounded = shift_right(add(y, broadcast(1)), 1);
    return select_greater(right, zero(), rounded, x);
  }
};

// The recurrent weights of an int16 hidden state: pairs of units in the words of a lane.
class WideHiddenProducts {
 public:
  using Hidden = int16_t;

  STAPES_TARGET void prepare(const int8_t* const (&weights)[kGates], int32_t units, int32_t) {
    units_ = units;
    const int32_t pairs = (units + 1) / 2;
    std::memset(packed_, 0,
                sizeof(int16_t) * static_cast<size_t>((units + kLanes - 1) / kLanes) *
                    static_cast<size_t>(pairs * kGates * 2 * kLanes));
    for (int32_t unit = 0; unit < units; ++unit) {
      for (int32_t gate = 0; gate < kGates; ++gate) {
        const int8_t* row = weights[gate] + unit * units;
        int16_t* lane =
            packed_ + ((unit / kLanes) * pairs * kGates + gate) * 2 * kLanes + 2 * (unit % kLanes);
        for (int32_t k = 0; k < units; ++k) {
          lane[(k / 2) * kGates * 2 * kLanes + k % 2] = row[k];
        }
      }
    }
  }
  STAPES_INLINE void begin_step(const int16_t* hidden) {
    std::memcpy(operands_, hidden, static_cast<size_t>(units_) * sizeof(int16_t));
    operands_[units_] = 0;
  }
  STAPES_INLINE void sum(int32_t v, Vector (&sums)[kGates]) const {
    const int32_t pairs = (units_ + 1) / 2;
    STAPES_UNROLL
    for (int32_t gate = 0; gate < kGates; ++gate) sums[gate] = zero();
    const int16_t* packed = packed_ + v * pairs * kGates * 2 * kLanes;
    for (int32_t pair = 0; pair < pairs; ++pair) {
      int32_t both;
      std::memcpy(&both, operands_ + 2 * pair, sizeof(both));
      const Vector operand = broadcast(both);
      STAPES_UNROLL
      for (int32_t gate = 0; gate < kGates; ++gate) {
        sums[gate] = add_products_of_words(sums[gate], operand, load(packed + gate * 2 * kLanes));
      }
      packed += kGates * 2 * kLanes;
    }
  }

 private:
  int32_t units_;
  // [unit vector][pair][gate][lane][2]
  alignas(64) int16_t packed_[kMostUnits * kMostUnits * kGates];
  alignas(64) int16_t operands_[kMostUnits + 2];
};

template <typename Products>
class ExtendedLstm {
 public:
  using Hidden = typename Products::Hidden;

  STAPES_TARGET ExtendedLstm(const reference::ExtendedLstmParameters& parameters,
                             const reference::ExtendedLstmGate (&gates)[kGates], Hidden* hidden,
                             int16_t* cell)
      : parameters_(parameters), gates_(gates), hidden_(hidden), cell_(cell) {
    products_.prepare({gates[0].recurrent_weights, gates[1].recurrent_weights,
                       gates[2].recurrent_weights, gates[3].recurrent_weights},
                      parameters.lstm.shape.units, parameters.lstm.hidden_offset);
    cell_multipliers_ = make_cell_multipliers(parameters.lstm);
    hidden_multiplier_ = lane_multiplier(parameters.lstm.hidden_multiplier);
    output_multiplier_ = lane_multiplier(parameters.output_multiplier);
  }

  STAPES_TARGET void share(const Operand* operands, int32_t steps, int16_t* shares) const {
    const LstmShape& shape = parameters_.lstm.shape;
    for (int32_t g = 0; g < kGates; ++g) {
      share_inputs(shape, gates_[g].input_weights, gates_[g].bias,
                   RowScales{gates_[g].input_multipliers}, parameters_.lstm.input_offset, operands,
                   steps, shares + g * shape.units);
    }
  }

  STAPES_TARGET void step(const int16_t* shares, int8_t* output) {
    const reference::LstmParameters& lstm = parameters_.lstm;
    const int32_t units = lstm.shape.units;
    products_.begin_step(hidden_);
    for (int32_t v = 0; v * kLanes < units; ++v) {
      const int32_t first = v * kLanes;
      const int32_t count = units - first < kLanes ? units - first : kLanes;
      Vector sums[kGates];
      products_.sum(v, sums);
      for (int32_t gate = 0; gate < kGates; ++gate) {
        const RowScales scale = {gates_[gate].recurrent_multipliers};
        const Vector from_hidden = clamp_words(scale(sums[gate], first, count));
        sums[gate] =
            clamp_words(add(load_words(shares + gate * units + first, count), from_hidden));
      }
      const Vector product = update_cells(lstm, cell_multipliers_, sums, cell_ + first, count);
      const Vector state =
          add(multiply(product, hidden_multiplier_), broadcast(lstm.output_offset));
      if constexpr (std::is_same_v<Hidden, int8_t>) {
        store_bytes(hidden_ + first, state, count, INT8_MIN, INT8_MAX);
      } else {
        store_words(hidden_ + first, state, count);
      }
      store_bytes(output + first,
                  add(multiply(product, output_multiplier_), broadcast(parameters_.output_offset)),
                  count, INT8_MIN, INT8_MAX);
    }
  }

  void next_sequence() {
    hidden_ += parameters_.lstm.shape.units;
    cell_ += parameters_.lstm.shape.units;
  }

 private:
  const reference::ExtendedLstmParameters& parameters_;
  const reference::ExtendedLstmGate (&gates_)[kGates];
  Hidden* hidden_;
  int16_t* cell_;
  Products products_;
  CellMultipliers cell_multipliers_;
  LaneMultiplier hidden_multiplier_;
  LaneMultiplier output_multiplier_;
};

template <typename Products>
STAPES_TARGET void run_extended(const reference::ExtendedLstmParameters& parameters,
                                const reference::ExtendedLstmGate (&gates)[kGates],
                                const int8_t* input, typename Products::Hidden* hidden,
                                int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.lstm.shape;
  if (!is_small_enough(shape)) {
    reference::extended_lstm(parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  ExtendedLstm<Products> kind(parameters, gates, hidden, cell);
  run_lstm(shape, parameters.lstm.input_offset, input, output, kind);
}

STAPES_TARGET void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                                 const reference::ExtendedLstmGate (&gates)[kGates],
                                 const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output,
                                 int16_t* scratch) {
  run_extended<HiddenProducts>(parameters, gates, input, hidden, cell, output, scratch);
}

STAPES_TARGET void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                                 const reference::ExtendedLstmGate (&gates)[kGates],
                                 const int8_t* input, int16_t* hidden, int16_t* cell,
                                 int8_t* output, int16_t* scratch) {
  run_extended<WideHiddenProducts>(parameters, gates, input, hidden, cell, output, scratch);
}

}  // namespace stapes::x86::STAPES_LEVEL
