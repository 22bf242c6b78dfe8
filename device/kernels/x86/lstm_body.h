// LSTM: units in the lanes. The input's share of the gates is a matrix product over several steps;
// the hidden state's share is summed step by step, with all four gates of a vector of units
// together, which then stay in registers. Included once for each level, as products_body.h.
#pragma once
#include <cstring>

#include "device/kernels/reference/lookup_functions.h"
#include "device/kernels/reference/lstm.h"
#include "device/kernels/x86/products_body.h"
#include "device/kernels/x86/requantize_body.h"

namespace stapes::x86::STAPES_LEVEL {

constexpr int32_t kMostUnits = 128;
constexpr int32_t kMostInputs = 1024;
constexpr int32_t kMostSteps = 16;  // whose input is multiplied at once
constexpr int32_t kInputCapacity = 8 * 1024;
constexpr int32_t kGates = 4;
constexpr int32_t kMostUnitVectors = kMostUnits / kLanes;

STAPES_INLINE Vector clamp_words(Vector a) {
  return minimum(maximum(a, broadcast(INT16_MIN)), broadcast(INT16_MAX));
}

// The table's curve at magnitude / (24 * 2^fraction_bits), `far` behind its end; see
// reference/lookup_functions.cpp.
STAPES_INLINE Vector sigmoid_curve(Vector magnitude, int32_t fraction_bits, int32_t far) {
  const Vector index = shift_right_logical(magnitude, fraction_bits);
  const Vector last = broadcast(reference::kSigmoidEntries - 2);
  const Vector pair = gather_pairs(reference::sigmoid_table(), minimum(index, last));
  const Vector low = bitwise_and(pair, broadcast(0xFFFF));
  const Vector high = shift_right_logical(pair, 16);
  const Vector fraction = bitwise_and(magnitude, broadcast((1 << fraction_bits) - 1));
  const Vector inside =
      add(shift_left(low, fraction_bits), multiply_low(fraction, subtract(high, low)));
  return select_greater(index, last, broadcast(far), inside);
}

// reference::sigmoid_of_q3()
STAPES_INLINE Vector sigmoid(Vector x) {
  const Vector v = multiply_low(x, broadcast(3));
  const Vector curve = sigmoid_curve(magnitude(v), 9, 0x7FFF << 10);
  const Vector positive = add(curve, broadcast(1 << 9));
  const Vector negative = subtract(broadcast((1 << 25) + (1 << 9) - 1), curve);
  return shift_right(select_greater(zero(), v, negative, positive), 10);
}

// reference::tanh_of_scaled()
STAPES_INLINE Vector hyperbolic_tangent(Vector x, int32_t scale_power) {
  const int32_t shift = 12 + scale_power;
  Vector v = multiply_low(x, broadcast(3));
  v = shift >= 0 ? shift_left(v, shift) : shift_right(add(v, broadcast(1 << (-shift - 1))), -shift);
  const Vector curve = sigmoid_curve(magnitude(v), 8, 0xFFFF << 8);
  const Vector positive = add(curve, broadcast((1 << 7) - (1 << 23)));
  const Vector negative = subtract(broadcast((1 << 23) + (1 << 7) - 1), curve);
  return shift_right(select_greater(zero(), v, negative, positive), 8);
}

// What stays the same from step to step.
struct LstmWeights {
  // recurrent[unit vector][group][gate], packed_groups_of(units) groups
  alignas(64) Weight recurrent[kMostUnits * kMostUnits * kGates];
  alignas(64) int32_t recurrent_start[kMostUnitVectors][kGates][kLanes];
  LaneMultiplier recurrent_multiplier[kGates];
  LaneMultiplier forget_multiplier;
  LaneMultiplier cell_multiplier;
  LaneMultiplier hidden_multiplier;
};

STAPES_TARGET inline void prepare_weights(const reference::LstmParameters& parameters,
                                          const reference::LstmGate (&gates)[kGates],
                                          LstmWeights* weights) {
  const int32_t units = parameters.shape.units;
  const Vector factor = broadcast(weight_sum_factor(parameters.hidden_offset));
  for (int32_t v = 0; v * kLanes < units; ++v) {
    for (int32_t gate = 0; gate < kGates; ++gate) {
      int32_t* start = weights->recurrent_start[v][gate];
      pack_vector(
          gates[gate].recurrent_weights + v * kLanes * units, units, units, units - v * kLanes,
          weights->recurrent + (v * packed_groups_of(units) * kGates + gate) * kVectorWeights,
          kGates * kVectorWeights, start);
      store(start, multiply_low(load(start), factor));
    }
  }
  for (int32_t gate = 0; gate < kGates; ++gate) {
    weights->recurrent_multiplier[gate] = lane_multiplier(gates[gate].recurrent_multiplier);
  }
  weights->forget_multiplier = lane_multiplier({1 << 30, -14});
  weights->cell_multiplier = lane_multiplier(parameters.cell_multiplier);
  weights->hidden_multiplier = lane_multiplier(parameters.hidden_multiplier);
}

// shares[step][gate][unit]: what `steps` rows of operands give to the gates, clamped, Q3.12.
STAPES_TARGET inline void share_inputs(const LstmShape& shape, const reference::LstmGate& gate,
                                       int32_t input_offset, const Operand* operands, int32_t steps,
                                       int16_t* shares) {
  alignas(64) Weight packed[kMostChannels * (kMostInputs + kGroup)];
  alignas(64) int32_t bias[kMostChannels];
  alignas(64) int32_t sums[kMostSteps * kMostChannels];
  const LaneMultiplier multiplier = lane_multiplier(gate.input_multiplier);
  const int32_t factor = weight_sum_factor(input_offset);
  for (int32_t first = 0; first < shape.units; first += kMostChannels) {
    const int32_t left = shape.units - first;
    const int32_t channels = left < kMostChannels ? left : kMostChannels;
    const int32_t vectors = (channels + kLanes - 1) / kLanes;
    pack_channels(gate.input_weights + first * shape.inputs, shape.inputs, shape.inputs, channels,
                  vectors, packed, bias);
    for (int32_t c = 0; c < vectors * kLanes; ++c) {
      const uint32_t own = c < channels ? static_cast<uint32_t>(gate.bias[first + c]) : 0;
      bias[c] = static_cast<int32_t>(own + static_cast<uint32_t>(bias[c]) *
                                               static_cast<uint32_t>(factor));
    }
    sum_all_rows(vectors, operands, shape.inputs, steps, packed, shape.inputs, bias, sums);
    for (int32_t step = 0; step < steps; ++step) {
      for (int32_t v = 0; v < vectors; ++v) {
        const Vector sum = load(sums + (step * vectors + v) * kLanes);
        const int32_t count = channels - v * kLanes < kLanes ? channels - v * kLanes : kLanes;
        store_words(shares + step * kGates * shape.units + first + v * kLanes,
                    multiply(sum, multiplier), count);
      }
    }
  }
}

// One step. `shares`: [gate][unit] of this step.
STAPES_TARGET inline void lstm_step(const reference::LstmParameters& parameters,
                                    const LstmWeights& weights, const int16_t* shares,
                                    int8_t* hidden, int16_t* cell) {
  const int32_t units = parameters.shape.units;
  const int32_t groups = groups_of(units);
  alignas(64) Operand operands[kMostUnits + kGroup];
  make_operands(hidden, units, parameters.hidden_offset, operands);
  for (int32_t v = 0; v * kLanes < units; ++v) {
    const int32_t first = v * kLanes;
    const int32_t count = units - first < kLanes ? units - first : kLanes;
    Vector sums[kGates];
    STAPES_UNROLL
    for (int32_t gate = 0; gate < kGates; ++gate) {
      sums[gate] = load(weights.recurrent_start[v][gate]);
    }
    const Weight* packed =
        weights.recurrent + v * packed_groups_of(units) * kGates * kVectorWeights;
    for (int32_t group = 0; group < groups; ++group) {
      const Vector operand = broadcast_group(operands + group * kGroup);
      STAPES_UNROLL
      for (int32_t gate = 0; gate < kGates; ++gate) {
        sums[gate] = accumulate(sums[gate], operand, load(packed + gate * kVectorWeights));
      }
      packed += kGates * kVectorWeights;
    }
    STAPES_UNROLL
    for (int32_t gate = 0; gate < kGates; ++gate) {
      const Vector from_hidden =
          clamp_words(multiply(sums[gate], weights.recurrent_multiplier[gate]));
      sums[gate] = clamp_words(add(load_words(shares + gate * units + first, count), from_hidden));
    }
    const Vector input_gate = sigmoid(sums[0]);
    const Vector forget_gate = sigmoid(sums[1]);
    const Vector candidate = hyperbolic_tangent(sums[2], -12);
    const Vector output_gate = sigmoid(sums[3]);
    const Vector kept = clamp_words(multiply(
        multiply_low(forget_gate, load_words(cell + first, count)), weights.forget_multiplier));
    const Vector added =
        clamp_words(multiply(multiply_low(input_gate, candidate), weights.cell_multiplier));
    Vector state = clamp_words(add(kept, added));
    if (parameters.cell_clip > 0) {
      state = minimum(maximum(state, broadcast(-parameters.cell_clip)),
                      broadcast(parameters.cell_clip));
    }
    store_words(cell + first, state, count);
    const Vector squashed = hyperbolic_tangent(state, parameters.cell_scale_power);
    const Vector value =
        add(multiply(multiply_low(squashed, output_gate), weights.hidden_multiplier),
            broadcast(parameters.output_offset));
    store_bytes(hidden + first, value, count, INT8_MIN, INT8_MAX);
  }
}

STAPES_TARGET void lstm(const reference::LstmParameters& parameters,
                        const reference::LstmGate (&gates)[kGates], const int8_t* input,
                        int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  if (shape.units > kMostUnits || shape.inputs > kMostInputs) {
    reference::lstm(parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  LstmWeights weights;
  prepare_weights(parameters, gates, &weights);
  alignas(64) Operand operands[kInputCapacity + kGroup];
  alignas(64) int16_t shares[kMostSteps * kGates * kMostUnits];
  const int32_t room = kInputCapacity / shape.inputs;
  const int32_t steps_at_once = room < kMostSteps ? room : kMostSteps;
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    for (int32_t first = 0; first < shape.steps; first += steps_at_once) {
      const int32_t left = shape.steps - first;
      const int32_t steps = left < steps_at_once ? left : steps_at_once;
      const auto row_of = [&](int32_t step) {
        const int32_t t = first + step;
        return shape.time_major ? t * shape.batches + batch : batch * shape.steps + t;
      };
      for (int32_t step = 0; step < steps; ++step) {
        make_operands(input + row_of(step) * shape.inputs, shape.inputs, parameters.input_offset,
                      operands + step * shape.inputs);
      }
      for (int32_t gate = 0; gate < kGates; ++gate) {
        share_inputs(shape, gates[gate], parameters.input_offset, operands, steps,
                     shares + gate * shape.units);
      }
      for (int32_t step = 0; step < steps; ++step) {
        lstm_step(parameters, weights, shares + step * kGates * shape.units, hidden, cell);
        std::memcpy(output + row_of(step) * shape.units, hidden, static_cast<size_t>(shape.units));
      }
    }
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
