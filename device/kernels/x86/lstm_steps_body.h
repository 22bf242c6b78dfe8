// What the LSTMs of this folder share: units in the lanes; the input's share of the gates is a
// matrix product over several steps; the hidden state's share is summed step by step, with all four
// gates of a vector of units together, which then stay in registers. Included once for each level,
// as products_body.h.
#pragma once
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

constexpr bool is_small_enough(const LstmShape& shape) {
  return shape.units <= kMostUnits && shape.inputs <= kMostInputs;
}

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

// A gate's scale for all of its rows: of `count` sums, those of the rows from `first` on.
struct OneScale {
  LaneMultiplier multiplier;
  STAPES_INLINE Vector operator()(Vector sums, int32_t, int32_t) const {
    return multiply(sums, multiplier);
  }
};

// What turns sigmoids and hyperbolic tangents into the cell.
struct CellMultipliers {
  LaneMultiplier forget;
  LaneMultiplier cell;
};
STAPES_TARGET inline CellMultipliers make_cell_multipliers(
    const reference::LstmParameters& parameters) {
  return {lane_multiplier({1 << 30, -14}), lane_multiplier(parameters.cell_multiplier)};
}

// reference::update_cell() of `count` units whose gates' sums are in the lanes.
STAPES_INLINE Vector update_cells(const reference::LstmParameters& parameters,
                                  const CellMultipliers& multipliers, const Vector (&sums)[kGates],
                                  int16_t* cell, int32_t count) {
  const Vector input_gate = sigmoid(sums[0]);
  const Vector forget_gate = sigmoid(sums[1]);
  const Vector candidate = hyperbolic_tangent(sums[2], -12);
  const Vector output_gate = sigmoid(sums[3]);
  const Vector kept =
      clamp_words(multiply(multiply_low(forget_gate, load_words(cell, count)), multipliers.forget));
  const Vector added = clamp_words(multiply(multiply_low(input_gate, candidate), multipliers.cell));
  Vector state = clamp_words(add(kept, added));
  if (parameters.cell_clip > 0) {
    state =
        minimum(maximum(state, broadcast(-parameters.cell_clip)), broadcast(parameters.cell_clip));
  }
  store_words(cell, state, count);
  return multiply_low(hyperbolic_tangent(state, parameters.cell_scale_power), output_gate);
}

// The recurrent weights of an int8 hidden state, ready for all steps.
class HiddenProducts {
 public:
  using Hidden = int8_t;

  // weights: of each gate
  STAPES_TARGET void prepare(const int8_t* const (&weights)[kGates], int32_t units,
                             int32_t offset) {
    units_ = units;
    offset_ = offset;
    const Vector factor = broadcast(weight_sum_factor(offset));
    for (int32_t v = 0; v * kLanes < units; ++v) {
      for (int32_t gate = 0; gate < kGates; ++gate) {
        int32_t* start = start_[v][gate];
        pack_vector(weights[gate] + v * kLanes * units, units, units, units - v * kLanes,
                    packed_ + (v * groups_of(units) * kGates + gate) * kVectorWeights,
                    kGates * kVectorWeights, start);
        store(start, multiply_low(load(start), factor));
      }
    }
  }
  STAPES_INLINE void begin_step(const int8_t* hidden) {
    make_operands(hidden, units_, offset_, operands_);
  }
  // Of vector v of the units.
  STAPES_INLINE void sum(int32_t v, Vector (&sums)[kGates]) const {
    const int32_t groups = groups_of(units_);
    STAPES_UNROLL
    for (int32_t gate = 0; gate < kGates; ++gate) sums[gate] = load(start_[v][gate]);
    const Weight* packed = packed_ + v * groups_of(units_) * kGates * kVectorWeights;
    for (int32_t group = 0; group < groups; ++group) {
      const Vector operand = broadcast_group(operands_ + group * kGroup);
      STAPES_UNROLL
      for (int32_t gate = 0; gate < kGates; ++gate) {
        sums[gate] = accumulate(sums[gate], operand, load_packed(packed + gate * kVectorWeights));
      }
      packed += kGates * kVectorWeights;
    }
  }

 private:
  int32_t units_;
  int32_t offset_;
  // [unit vector][group][gate], groups_of(units_) groups
  alignas(64) Weight packed_[kMostUnits * kMostUnits * kGates];
  alignas(64) int32_t start_[kMostUnitVectors][kGates][kLanes];
  alignas(64) Operand operands_[kMostUnits + kGroup];
};

// shares[step][gate][unit]: what `steps` rows of operands give to the gates, clamped, Q3.12.
// `own_bias` may be null.
template <typename Scale>
STAPES_TARGET void share_inputs(const LstmShape& shape, const int8_t* input_weights,
                                const int32_t* own_bias, const Scale& scale, int32_t input_offset,
                                const Operand* operands, int32_t steps, int16_t* shares) {
  alignas(64) Weight packed[kMostChannels * (kMostInputs + kGroup)];
  alignas(64) int32_t bias[kMostChannels];
  alignas(64) int32_t sums[kMostSteps * kMostChannels];
  const int32_t factor = weight_sum_factor(input_offset);
  for (int32_t first = 0; first < shape.units; first += kMostChannels) {
    const int32_t left = shape.units - first;
    const int32_t channels = left < kMostChannels ? left : kMostChannels;
    const int32_t vectors = (channels + kLanes - 1) / kLanes;
    pack_channels(input_weights + first * shape.inputs, shape.inputs, shape.inputs, channels,
                  vectors, packed, bias);
    for (int32_t c = 0; c < vectors * kLanes; ++c) {
      const bool has_bias = own_bias != nullptr && c < channels;
      const uint32_t own = has_bias ? static_cast<uint32_t>(own_bias[first + c]) : 0;
      bias[c] = static_cast<int32_t>(own + static_cast<uint32_t>(bias[c]) *
                                               static_cast<uint32_t>(factor));
    }
    sum_all_rows(vectors, operands, shape.inputs, steps, packed, shape.inputs, bias, sums);
    for (int32_t step = 0; step < steps; ++step) {
      for (int32_t v = 0; v < vectors; ++v) {
        const Vector sum = load(sums + (step * vectors + v) * kLanes);
        const int32_t count = channels - v * kLanes < kLanes ? channels - v * kLanes : kLanes;
        store_words(shares + step * kGates * shape.units + first + v * kLanes,
                    scale(sum, first + v * kLanes, count), count);
      }
    }
  }
}

// All steps of all sequences. `kind` has
//   share(operands, steps, shares)    the input's share of `steps` rows of operands
//   step(shares, output)              one step; `shares`: [gate][unit]
//   next_sequence()
template <typename Kind>
STAPES_TARGET void run_lstm(const LstmShape& shape, int32_t input_offset, const int8_t* input,
                            int8_t* output, Kind& kind) {
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
        make_operands(input + row_of(step) * shape.inputs, shape.inputs, input_offset,
                      operands + step * shape.inputs);
      }
      kind.share(operands, steps, shares);
      for (int32_t step = 0; step < steps; ++step) {
        kind.step(shares + step * kGates * shape.units, output + row_of(step) * shape.units);
      }
    }
    kind.next_sequence();
  }
}

}  // namespace stapes::x86::STAPES_LEVEL
