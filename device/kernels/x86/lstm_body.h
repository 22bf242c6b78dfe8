// LSTM, built from lstm_steps_body.h. Included once for each level.
#pragma once
#include <cstring>

#include "device/kernels/x86/lstm_steps_body.h"

namespace stapes::x86::STAPES_LEVEL {

class PlainLstm {
 public:
  STAPES_TARGET PlainLstm(const reference::LstmParameters& parameters,
                          const reference::LstmGate (&gates)[kGates], int8_t* hidden, int16_t* cell)
      : parameters_(parameters), gates_(gates), hidden_(hidden), cell_(cell) {
    products_.prepare({gates_[0].recurrent_weights, gates_[1].recurrent_weights,
                       gates_[2].recurrent_weights, gates_[3].recurrent_weights},
                      parameters_.shape.units, parameters_.hidden_offset);
    cell_multipliers_ = make_cell_multipliers(parameters_);
    for (int32_t gate = 0; gate < kGates; ++gate) {
      recurrent_multipliers_[gate] = lane_multiplier(gates_[gate].recurrent_multiplier);
    }
    hidden_multiplier_ = lane_multiplier(parameters_.hidden_multiplier);
  }

  STAPES_TARGET void share(const Operand* operands, int32_t steps, int16_t* shares) const {
    for (int32_t g = 0; g < kGates; ++g) {
      share_inputs(parameters_.shape, gates_[g].input_weights, gates_[g].bias,
                   OneScale{lane_multiplier(gates_[g].input_multiplier)}, parameters_.input_offset,
                   operands, steps, shares + g * parameters_.shape.units);
    }
  }

  STAPES_TARGET void step(const int16_t* shares, int8_t* output) {
    const int32_t units = parameters_.shape.units;
    products_.begin_step(hidden_);
    for (int32_t v = 0; v * kLanes < units; ++v) {
      const int32_t first = v * kLanes;
      const int32_t count = units - first < kLanes ? units - first : kLanes;
      Vector sums[kGates];
      products_.sum(v, sums);
      STAPES_UNROLL
      for (int32_t gate = 0; gate < kGates; ++gate) {
        const Vector from_hidden = clamp_words(multiply(sums[gate], recurrent_multipliers_[gate]));
        sums[gate] =
            clamp_words(add(load_words(shares + gate * units + first, count), from_hidden));
      }
      const Vector product =
          update_cells(parameters_, cell_multipliers_, sums, cell_ + first, count);
      store_bytes(hidden_ + first,
                  add(multiply(product, hidden_multiplier_), broadcast(parameters_.output_offset)),
                  count, INT8_MIN, INT8_MAX);
    }
    std::memcpy(output, hidden_, static_cast<size_t>(units));
  }

  void next_sequence() {
    hidden_ += parameters_.shape.units;
    cell_ += parameters_.shape.units;
  }

 private:
  const reference::LstmParameters& parameters_;
  const reference::LstmGate (&gates_)[kGates];
  int8_t* hidden_;
  int16_t* cell_;
  HiddenProducts products_;
  CellMultipliers cell_multipliers_;
  LaneMultiplier recurrent_multipliers_[kGates];
  LaneMultiplier hidden_multiplier_;
};

STAPES_TARGET void lstm(const reference::LstmParameters& parameters,
                        const reference::LstmGate (&gates)[kGates], const int8_t* input,
                        int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  if (!is_small_enough(parameters.shape)) {
    reference::lstm(parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  PlainLstm kind(parameters, gates, hidden, cell);
  run_lstm(parameters.shape, parameters.input_offset, input, output, kind);
}

}  // namespace stapes::x86::STAPES_LEVEL
