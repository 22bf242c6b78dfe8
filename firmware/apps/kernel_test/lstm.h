#pragma once
#include "firmware/apps/kernel_test/compare.h"

// The LSTMs: output, hidden state and cell of several steps, one behind the other.
namespace stapes::firmware {

class LstmCase {
 public:
  static constexpr int32_t kUnits = 40;

  LstmCase() {
    shape = {random_between(1, 2), random_between(1, 17), random_between(1, chance(4) ? 300 : 60),
             random_between(1, kUnits), chance(2)};
    if (shape.inputs > 60) shape.units = random_between(1, 12);
    hidden_zero_point = random_zero_point();
    parameters.input_offset = -random_zero_point();
    parameters.hidden_offset = -hidden_zero_point;
    parameters.output_offset = hidden_zero_point;
    parameters.cell_scale_power = random_between(-15, -9);
    parameters.cell_clip = chance(3) ? random_between(1, 32767) : 0;
    parameters.cell_multiplier = {1 << 30, -30 - parameters.cell_scale_power + 1};
    parameters.hidden_multiplier = hidden_multiplier(-22);
    fill(input_bytes, kCapacity);
    fill(weight_bytes, kCapacity);
    input = at_first_end(input_bytes + 1, shape.batches * shape.steps * shape.inputs);
    const int32_t gate_weights = shape.units * (shape.inputs + shape.units);
    const int8_t* weights = at_second_end(weight_bytes + random_between(0, 3), 4 * gate_weights);
    for (int32_t g = 0; g < 4; ++g) {
      gates[g].input_weights = weights;
      weights += shape.units * shape.inputs;
      gates[g].recurrent_weights = weights;
      weights += shape.units * shape.units;
      gates[g].bias = bias_words + g * shape.units;
      gates[g].input_multiplier = gate_multiplier();
      gates[g].recurrent_multiplier = gate_multiplier();
    }
    for (int32_t i = 0; i < 4 * shape.units; ++i) bias_words[i] = random_bias();
  }

  static reference::Multiplier hidden_multiplier(int32_t shift) {
    return {static_cast<int32_t>((1U << 30) | (random_word() >> 2)), chance(3) ? shift - 1 : shift};
  }
  static reference::Multiplier gate_multiplier() {
    reference::Multiplier multiplier = random_multiplier(chance(24));
    if (chance(16)) multiplier.shift = random_between(0, 3);
    return multiplier;
  }

  // call(hidden, cell, output, scratch)
  template <typename Hidden, typename Call>
  auto with(const Call& call) const {
    return [this, call](int8_t* out) {
      Hidden hidden[2 * kUnits];
      int16_t cell[2 * kUnits] = {};
      int16_t scratch[reference::kLstmScratch * kUnits];
      for (Hidden& value : hidden) {
        value = static_cast<Hidden>(sizeof(Hidden) == 1 ? hidden_zero_point : 0);
      }
      call(hidden, cell, out, scratch);
      std::memcpy(out + outputs(), hidden, static_cast<size_t>(states()) * sizeof(Hidden));
      std::memcpy(out + outputs() + states() * static_cast<int32_t>(sizeof(Hidden)), cell,
                  static_cast<size_t>(states()) * sizeof(int16_t));
    };
  }
  int32_t outputs() const { return shape.batches * shape.steps * shape.units; }
  int32_t states() const { return shape.batches * shape.units; }

  reference::LstmParameters parameters = {};
  LstmShape& shape = parameters.shape;
  reference::LstmGate gates[4] = {};
  const int8_t* input = nullptr;
  int32_t hidden_zero_point = 0;
};

inline void test_lstm() {
  const LstmCase c;
  const auto with = [&](auto kernel) {
    return c.with<int8_t>([&c, kernel](int8_t* hidden, int16_t* cell, int8_t* out, int16_t* sums) {
      kernel(c.parameters, c.gates, c.input, hidden, cell, out, sums);
    });
  };
  compare("lstm", c.outputs() + 3 * c.states(), with(reference::lstm), with(kernels::lstm));
}

template <typename Hidden>
inline void compare_extended_lstm(const LstmCase& c,
                                  const reference::ExtendedLstmParameters& parameters,
                                  const reference::ExtendedLstmGate (&gates)[4]) {
  compare("extended_lstm",
          c.outputs() + c.states() * static_cast<int32_t>(sizeof(Hidden) + sizeof(int16_t)),
          c.with<Hidden>([&](Hidden* hidden, int16_t* cell, int8_t* out, int16_t* sums) {
            reference::extended_lstm(parameters, gates, c.input, hidden, cell, out, sums);
          }),
          c.with<Hidden>([&](Hidden* hidden, int16_t* cell, int8_t* out, int16_t* sums) {
            kernels::extended_lstm(parameters, gates, c.input, hidden, cell, out, sums);
          }));
}

// Both states; one multiplier for all rows, one for each, alike or not.
inline void test_extended_lstm() {
  static reference::Multiplier rows[8 * LstmCase::kUnits];
  const LstmCase c;
  reference::ExtendedLstmParameters parameters = {c.parameters, LstmCase::hidden_multiplier(-22),
                                                  random_zero_point()};
  const bool is_wide = chance(2);
  if (is_wide) {
    parameters.lstm.hidden_offset = 0;
    parameters.lstm.output_offset = 0;
    parameters.lstm.hidden_multiplier = LstmCase::hidden_multiplier(-14);
  }
  const bool is_mixed = chance(4);
  const auto table = [&](int32_t number, int32_t shift) -> reference::RowMultipliers {
    reference::Multiplier* values = rows + number * LstmCase::kUnits;
    for (int32_t i = 0; i < LstmCase::kUnits; ++i) {
      values[i] = is_mixed ? LstmCase::gate_multiplier() : random_multiplier(false);
      if (!is_mixed) values[i].shift += shift;
    }
    return {values, static_cast<int32_t>(random_word() & 1U)};
  };
  const int32_t input_shift = chance(3) ? 9 : 0;  // some at and above 1
  reference::ExtendedLstmGate gates[4];
  for (int32_t g = 0; g < 4; ++g) {
    const reference::LstmGate& gate = c.gates[g];
    gates[g] = {gate.input_weights, gate.recurrent_weights, gate.bias, table(g, input_shift),
                table(4 + g, is_wide ? -6 : 0)};
  }
  if (is_wide) {
    compare_extended_lstm<int16_t>(c, parameters, gates);
  } else {
    compare_extended_lstm<int8_t>(c, parameters, gates);
  }
}

inline void test_layer_norm_lstm() {
  static int16_t coefficients[4 * LstmCase::kUnits];
  LstmCase c;
  for (int16_t& value : coefficients) value = static_cast<int16_t>(random_word() >> 16);
  reference::LstmNormalization normalizations[4];
  for (int32_t g = 0; g < 4; ++g) {
    normalizations[g] = {
        coefficients + g * c.shape.units,
        c.gates[g].bias,
        {static_cast<int32_t>((1U << 30) | (random_word() >> 2)), random_between(-6, 0)},
        random_between(1, 10)};
  }
  const auto with = [&](auto kernel) {
    return c.with<int8_t>([&, kernel](int8_t* hidden, int16_t* cell, int8_t* out, int16_t* sums) {
      kernel(c.parameters, c.gates, normalizations, c.input, hidden, cell, out, sums);
    });
  };
  compare("layer_norm_lstm", c.outputs() + 3 * c.states(), with(reference::layer_norm_lstm),
          with(kernels::layer_norm_lstm));
}

}  // namespace stapes::firmware
