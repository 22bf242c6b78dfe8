#if defined(__ARM_FEATURE_DSP)
#include "device/kernels/arm_dsp/lstm_steps.h"

#include "device/kernels/arm_dsp/convolve_block.h"

namespace stapes::arm_dsp {
namespace {

constexpr int32_t kUnitsAtOnce = 32;  // whose constants are ready at once
constexpr int32_t kStepsAtOnce = 7;

// The input's part of a gate's sums for kStepsAtOnce steps, clamped to int16_t.
void input_sums(const GateProduct& product, int32_t units, const int32_t* columns, int16_t* sums) {
  const int32_t group = 2 * kStepsAtOnce;
  const int32_t size = product.size;
  const int32_t rest = size & 3;
  ChannelConstants constants[kUnitsAtOnce];
  ConvolutionBlock block;
  block.columns = columns;
  block.columns_end = columns + (size + 3) / 4 * group;
  block.fives = block.columns_end - size / 20 * 5 * group;
  block.rest = rest;
  block.output_step = units * kLstmGates * static_cast<int32_t>(sizeof(int16_t));
  for (int32_t first = 0; first < units;) {
    // Units whose sums are shifted alike.
    const ToInt16 leading(product.multipliers.of_row(first));
    ToInt16 to_int16 = leading;
    int32_t count = 0;
    for (; count < kUnitsAtOnce && first + count < units; ++count) {
      const int32_t unit = first + count;
      if (product.multipliers.step != 0) {
        to_int16 = ToInt16(product.multipliers.of_row(unit));
        if (to_int16.left_shift != leading.left_shift || to_int16.sign_mask != leading.sign_mask) {
          break;
        }
      }
      const int32_t tail =
          rest == 0 ? 0 : load_part(product.weights + unit * size + size - rest, rest);
      constants[count] = {to_int16.multiplier, to_int16.rounding, to_int16.shift,
                          2 * product.bias_of(unit), tail};
    }
    block.left_shift = leading.left_shift;
    block.sign_mask = leading.sign_mask;
    block.channel = constants;
    block.channels_end = constants + count;
    block.weights = product.weights + first * size;
    block.output = sums + first;
    convolve_seven_pixels_to_int16(&block);
    first += count;
  }
}

// The same for one step.
void input_sums_of_one(const GateProduct& product, int32_t units, const int32_t* column,
                       int16_t* sums) {
  for_each_row(column, product.weights, units, product.size, [&](int32_t unit, int32_t sum) {
    const ToInt16 to_int16(product.multipliers.of_row(unit));
    sums[unit] = static_cast<int16_t>(to_int16(sum + 2 * product.bias_of(unit)));
  });
}

}  // namespace

bool is_fast(const GateProduct& product, int32_t units, int32_t largest) {
  if (product.size > ((1 << 30) - 1) / (largest * 128)) return false;
  const int32_t limit = product.size * largest * 128;
  const bool all_alike = product.multipliers.step == 0 && product.bias == nullptr;
  for (int32_t unit = 0; unit < (all_alike ? 1 : units); ++unit) {
    if (!ToInt16::is_possible(product.bias_of(unit), product.multipliers.of_row(unit), limit)) {
      return false;
    }
  }
  return true;
}

bool LstmWorkspace::fits(const LstmShape& shape) {
  return words_of_column(shape.units) <= kMemory / 2 &&
         words_of_column(shape.inputs) <= kMemory / 2;
}

// Several steps at once where the memory holds them, beside the hidden state's column, or else one.
LstmWorkspace::LstmWorkspace(const LstmShape& shape) : shape_(shape) {
  const int32_t step = words_of_column(shape.inputs) + shape.units * kLstmGates / 2;
  const int32_t memory = kMemory - words_of_column(shape.units);
  at_once_ = shape.steps >= kStepsAtOnce && kStepsAtOnce * step <= memory ? kStepsAtOnce : 1;
}

void LstmWorkspace::multiply_input(const GateProduct (&products)[kLstmGates], int32_t offset,
                                   const int8_t* input, int32_t row_step, int32_t t,
                                   int16_t* scratch) {
  const int32_t inputs = shape_.inputs;
  int32_t* const columns = memory_ + words_of_column(shape_.units);
  first_ = shape_.steps - t < at_once_ ? shape_.steps - at_once_ : t;
  sums_ = at_once_ == 1 ? scratch
                        : reinterpret_cast<int16_t*>(columns + at_once_ * words_of_column(inputs));
  for (int32_t i = 0; i < at_once_; ++i) {
    ColumnWriter writer = {columns + i, at_once_, both_lanes(offset)};
    writer.values(input + (first_ + i) * row_step * inputs, inputs);
  }
  for (int32_t g = 0; g < kLstmGates; ++g) {
    int16_t* sums = sums_ + g * shape_.units;
    if (at_once_ == 1) {
      input_sums_of_one(products[g], shape_.units, columns, sums);
    } else {
      input_sums(products[g], shape_.units, columns, sums);
    }
  }
}

}  // namespace stapes::arm_dsp
#endif
