#include "device/kernels/reference/layer_norm_lstm.h"

#include <cstring>

#include "device/kernels/reference/dot_product.h"
#include "device/kernels/reference/fixed_point_functions_16.h"

namespace stapes::reference {
namespace {

enum Gate { kInput, kForget, kCell, kOutput };

void gate_sums(const LstmParameters& parameters, const LstmGate& gate, const int8_t* input,
               const int8_t* hidden, int16_t* sums) {
  const LstmShape& shape = parameters.shape;
  for (int32_t unit = 0; unit < shape.units; ++unit) {
    const int32_t from_input = dot_product(input, parameters.input_offset,
                                           gate.input_weights + unit * shape.inputs, shape.inputs);
    const int32_t from_hidden = dot_product(
        hidden, parameters.hidden_offset, gate.recurrent_weights + unit * shape.units, shape.units);
    sums[unit] = clamp_int16(wrapping_add(clamp_int16(multiply(from_input, gate.input_multiplier)),
                                          multiply(from_hidden, gate.recurrent_multiplier)));
  }
}

// Mean and sums in Q10, so that the normalized values have enough digits.
void normalize(const LstmNormalization& normalization, int32_t units, int16_t* values) {
  constexpr int32_t kOne = 1 << 10;
  constexpr int32_t kOneSquared = 1 << 20;
  int64_t sum = 0;
  int64_t squares = 0;
  for (int32_t unit = 0; unit < units; ++unit) {
    sum += values[unit];
    squares += int32_t{values[unit]} * values[unit];
  }
  const auto mean = static_cast<int32_t>(sum * kOne / units);
  const int64_t exact = squares * (kOneSquared / units) - int64_t{mean} * mean;
  auto variance = static_cast<int32_t>(exact / kOneSquared);
  if (variance < 1) variance = normalization.least_variance;
  const Multiplier inverse_deviation = inverse_square_root(variance);
  for (int32_t unit = 0; unit < units; ++unit) {
    const int32_t centered = kOne * values[unit] - mean;
    // In 32 bits the product overflows where rounding has made the variance too small.
    const int64_t normalized = multiply(centered, inverse_deviation);
    const int64_t sum_in_q10 =
        normalized * normalization.coefficients[unit] + normalization.bias[unit];
    const auto rounded =
        static_cast<int32_t>((sum_in_q10 > 0 ? sum_in_q10 + 512 : sum_in_q10 - 512) / kOne);
    values[unit] = clamp_int16(multiply(rounded, normalization.multiplier));
  }
}

// a * b / 2^shift, rounded once. The result fits into 16 bits.
int32_t scaled_product(int16_t a, int16_t b, int32_t shift) {
  return rounding_divide_by_power_of_two(int32_t{a} * b, shift);
}

}  // namespace

void layer_norm_lstm_step(const LstmParameters& parameters, const LstmNormalization* normalizations,
                          int16_t* sums, int8_t* hidden, int16_t* cell) {
  const int32_t units = parameters.shape.units;
  for (int32_t gate = 0; gate < 4; ++gate) {
    normalize(normalizations[gate], units, sums + gate * units);
  }
  const int32_t cell_integer_bits = 15 + parameters.cell_scale_power;
  for (int32_t unit = 0; unit < units; ++unit) {
    const int16_t input_gate = logistic_of_q3_12(sums[kInput * units + unit]);
    const int16_t forget_gate = logistic_of_q3_12(sums[kForget * units + unit]);
    const int16_t candidate = tanh_of_16_bits(sums[kCell * units + unit], 3);
    const int16_t output_gate = logistic_of_q3_12(sums[kOutput * units + unit]);
    const int32_t kept = scaled_product(forget_gate, cell[unit], 15);
    const int32_t added = scaled_product(input_gate, candidate, 30 + parameters.cell_scale_power);
    int32_t state = clamp_int16(kept + added);
    if (parameters.cell_clip > 0) {
      state = clamp(state, -parameters.cell_clip, parameters.cell_clip);
    }
    cell[unit] = static_cast<int16_t>(state);
    const int16_t squashed = tanh_of_16_bits(cell[unit], cell_integer_bits);
    hidden[unit] = clamp_int8(wrapping_add(
        multiply(squashed * output_gate, parameters.hidden_multiplier), parameters.output_offset));
  }
}

void layer_norm_lstm(const LstmParameters& parameters, const LstmGate (&gates)[4],
                     const LstmNormalization* normalizations, const int8_t* input, int8_t* hidden,
                     int16_t* cell, int8_t* output, int16_t* scratch) {
  const LstmShape& shape = parameters.shape;
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    for (int32_t t = 0; t < shape.steps; ++t) {
      const int32_t row = shape.time_major ? t * shape.batches + batch : batch * shape.steps + t;
      for (int32_t gate = 0; gate < 4; ++gate) {
        gate_sums(parameters, gates[gate], input + row * shape.inputs, hidden,
                  scratch + gate * shape.units);
      }
      layer_norm_lstm_step(parameters, normalizations, scratch, hidden, cell);
      std::memcpy(output + row * shape.units, hidden, static_cast<size_t>(shape.units));
    }
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::reference
