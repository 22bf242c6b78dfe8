#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/lstm.h"

#include <cstring>

#include "device/kernels/arm_dsp/lstm.h"
#include "device/kernels/arm_mve/dot_product.h"
#include "device/kernels/arm_mve/lookup_functions.h"
#include "device/kernels/arm_mve/requantization.h"

// Units by four: of a gate, their dot products; of the cell, everything else.
namespace stapes::arm_mve {
namespace {

constexpr int32_t kLanes = 4;
constexpr int32_t kUnitCapacity = 120;
constexpr int32_t kGates = 4;
enum Gate { kInput, kForget, kCell, kOutput };

// What the sums of a unit's gate start from.
struct InitialSums {
  int32_t input[kGates * kUnitCapacity];
  int32_t recurrent[kGates * kUnitCapacity];
};

void find_initial_sums(const reference::LstmParameters& parameters,
                       const reference::LstmGate (&gates)[kGates], InitialSums* initial) {
  const LstmShape& shape = parameters.shape;
  for (int32_t g = 0; g < kGates; ++g) {
    initial_sums(gates[g].input_weights, shape.units, shape.inputs, parameters.input_offset,
                 gates[g].bias, initial->input + g * shape.units);
    initial_sums(gates[g].recurrent_weights, shape.units, shape.units, parameters.hidden_offset,
                 nullptr, initial->recurrent + g * shape.units);
  }
}

// The gate's sums, before its activation, in Q3.12.
void gate_sums(const LstmShape& shape, const reference::LstmGate& gate, const int32_t* input_sums,
               const int32_t* recurrent_sums, const int8_t* input, const int8_t* hidden,
               int16_t* sums) {
  const AnyMultiplier of_input(gate.input_multiplier);
  const AnyMultiplier of_hidden(gate.recurrent_multiplier);
  for (int32_t unit = 0; unit < shape.units; unit += kLanes) {
    // The last four may have been computed in part.
    if (unit > shape.units - kLanes) unit = shape.units - kLanes;
    const int32x4_t from_input = of_input(four_dot_products(
        input_sums + unit, input, gate.input_weights + unit * shape.inputs, shape.inputs));
    const int32x4_t from_hidden = of_hidden(four_dot_products(
        recurrent_sums + unit, hidden, gate.recurrent_weights + unit * shape.units, shape.units));
    // Both saturated to int16_t, in the lower halves of the lanes, and so is their sum.
    const int16x8_t nothing = vdupq_n_s16(0);
    const int16x8_t sum =
        vqaddq_s16(vqmovnbq_s32(nothing, from_input), vqmovnbq_s32(nothing, from_hidden));
    vstrhq_s32(sums + unit, vreinterpretq_s32_s16(sum));
  }
}

// Saturated to int16_t.
int32x4_t saturate(int32x4_t values) { return vmovlbq_s16(vqmovnbq_s32(vdupq_n_s16(0), values)); }

// Cell and hidden state from the gates' sums.
void update_state(const reference::LstmParameters& parameters, const int16_t* sums, int8_t* hidden,
                  int16_t* cell) {
  constexpr reference::Multiplier kForgetMultiplier = {1 << 30, -14};  // 2^-15
  const int32_t units = parameters.shape.units;
  const AnyMultiplier cell_multiplier(parameters.cell_multiplier);
  const AnyMultiplier hidden_multiplier(parameters.hidden_multiplier);
  const int32_t clip = parameters.cell_clip;
  const int32x4_t maximum = vdupq_n_s32(clip > 0 ? clip : INT16_MAX);
  const int32x4_t minimum = vdupq_n_s32(clip > 0 ? -clip : INT16_MIN);
  for (int32_t unit = 0; unit < units; unit += kLanes) {
    const mve_pred16_t inside = vctp32q(static_cast<uint32_t>(units - unit));
    const auto sum = [&](int32_t gate) { return vldrhq_z_s32(sums + gate * units + unit, inside); };
    const int32x4_t input_gate = sigmoid_of_q3(sum(kInput));
    const int32x4_t forget_gate = sigmoid_of_q3(sum(kForget));
    const int32x4_t candidate = tanh_of_scaled(sum(kCell), -12);
    const int32x4_t output_gate = sigmoid_of_q3(sum(kOutput));
    const int32x4_t before = vldrhq_z_s32(cell + unit, inside);
    const int32x4_t kept =
        saturate(multiply_fast(vmulq_s32(forget_gate, before), kForgetMultiplier));
    const int32x4_t added = saturate(cell_multiplier(vmulq_s32(input_gate, candidate)));
    const int32x4_t state =
        vminq_s32(vmaxq_s32(saturate(vaddq_s32(kept, added)), minimum), maximum);
    vstrhq_p_s32(cell + unit, state, inside);
    const int32x4_t squashed = tanh_of_scaled(state, parameters.cell_scale_power);
    const int32x4_t shown =
        vaddq_n_s32(hidden_multiplier(vmulq_s32(squashed, output_gate)), parameters.output_offset);
    const int32x4_t clamped =
        vminq_s32(vmaxq_s32(shown, vdupq_n_s32(INT8_MIN)), vdupq_n_s32(INT8_MAX));
    vstrbq_p_s32(hidden + unit, clamped, inside);
  }
}

bool are_possible(const reference::LstmParameters& parameters,
                  const reference::LstmGate (&gates)[kGates]) {
  if (parameters.shape.units < kLanes || parameters.shape.units > kUnitCapacity) return false;
  for (const reference::LstmGate& gate : gates) {
    if (!is_possible(gate.input_multiplier) || !is_possible(gate.recurrent_multiplier))
      return false;
  }
  return is_possible(parameters.cell_multiplier) && is_possible(parameters.hidden_multiplier);
}

}  // namespace

void lstm(const reference::LstmParameters& parameters, const reference::LstmGate (&gates)[kGates],
          const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  if (!are_possible(parameters, gates)) {
    arm_dsp::lstm(parameters, gates, input, hidden, cell, output, scratch);
    return;
  }
  const LstmShape& shape = parameters.shape;
  InitialSums initial;
  find_initial_sums(parameters, gates, &initial);
  for (int32_t batch = 0; batch < shape.batches; ++batch) {
    for (int32_t t = 0; t < shape.steps; ++t) {
      const int32_t row = shape.time_major ? t * shape.batches + batch : batch * shape.steps + t;
      for (int32_t g = 0; g < kGates; ++g) {
        gate_sums(shape, gates[g], initial.input + g * shape.units,
                  initial.recurrent + g * shape.units, input + row * shape.inputs, hidden,
                  scratch + g * shape.units);
      }
      update_state(parameters, scratch, hidden, cell);
      std::memcpy(output + row * shape.units, hidden, static_cast<size_t>(shape.units));
    }
    hidden += shape.units;
    cell += shape.units;
  }
}

}  // namespace stapes::arm_mve
#endif
