// The products of a layer-normalized LSTM, built from lstm_steps_body.h; what follows them is the
// reference's. Included once for each level.
#pragma once
#include <cstring>

#include "device/kernels/reference/layer_norm_lstm.h"
#include "device/kernels/x86/lstm_steps_body.h"

namespace stapes::x86::STAPES_LEVEL {

class LayerNormLstm {
 public:
  STAPES_TARGET LayerNormLstm(const reference::LstmParameters& parameters,
                              const reference::LstmGate (&gates)[kGates],
                              const reference::LstmNormalization* normalizations, int8_t* hidden,
                              int16_t* cell)
      : parameters_(parameters),
        gates_(gates),
        normalizations_(normalizations),
        hidden_(hidden),
        cell_(cell) {
    products_.prepare({gates[0].recurrent_weights, gates[1].recurrent_weights,
                       gates[2].recurrent_weights, gates[3].recurrent_weights},
                      parameters.shape.units, parameters.hidden_offset);
    for (int32_t gate = 0; gate < kGates; ++gate) {
      recurrent_multipliers_[gate] = lane_multiplier(gates[gate].recurrent_multiplier);
    }
  }

  STAPES_TARGET void share(const Operand* operands, int32_t steps, int16_t* shares) const {
    for (int32_t g = 0; g < kGates; ++g) {
      share_inputs(parameters_.shape, gates_[g].input_weights, nullptr,
                   OneScale{lane_multiplier(gates_[g].input_multiplier)}, parameters_.input_offset,
                   operands, steps, shares + g * parameters_.shape.units);
    }
  }

  // Unlike the plain LSTM's, the hidden state's part is not clamped alone.
  STAPES_TARGET void step(int16_t* shares, int8_t* output) {
    const int32_t units = parameters_.shape.units;
    products_.begin_step(hidden_);
    for (int32_t v = 0; v * kLanes < units; ++v) {
      const int32_t first = v * kLanes;
      const int32_t count = units - first < kLanes ? units - first : kLanes;
      Vector sums[kGates];
      products_.sum(v, sums);
      STAPES_UNROLL
      for (int32_t gate = 0; gate < kGates; ++gate) {
        int16_t* share = shares + gate * units + first;
        store_words(
            share,
            add(load_words(share, count), multiply(sums[gate], recurrent_multipliers_[gate])),
            count);
      }
    }
    reference::layer_norm_lstm_step(parameters_, normalizations_, shares, hidden_, cell_);
    std::memcpy(output, hidden_, static_cast<size_t>(units));
  }

  void next_sequence() {
    hidden_ += parameters_.shape.units;
    cell_ += parameters_.shape.units;
  }

 private:
  const reference::LstmParameters& parameters_;
  const reference::LstmGate (&gates_)[kGates];
  const reference::LstmNormalization* normalizations_;
  int8_t* hidden_;
  int16_t* cell_;
  HiddenProducts products_;
  LaneMultiplier recurrent_multipliers_[kGates];
};

STAPES_TARGET void layer_norm_lstm(const reference::LstmParameters& parameters,
                                   const reference::LstmGate (&gates)[kGates],
                                   const reference::LstmNormalization* normalizations,
                                   const int8_t* input, int8_t* hidden, int16_t* cell,
                                   int8_t* output, int16_t* scratch) {
  if (!is_small_enough(parameters.shape)) {
    reference::layer_norm_lstm(parameters, gates, normalizations, input, hidden, cell, output,
                               scratch);
    return;
  }
  LayerNormLstm kind(parameters, gates, normalizations, hidden, cell);
  run_lstm(parameters.shape, parameters.input_offset, input, output, kind);
}

}  // namespace stapes::x86::STAPES_LEVEL
