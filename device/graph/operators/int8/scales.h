#pragma once
#include "device/graph/operator_kernel.h"
#include "device/kernels/reference/fixed_point.h"

// From the scales of the file to the multipliers of the kernels, in double as TensorFlow Lite Micro
// has it: whether a quotient is formed in float or in double decides its last bits.
namespace stapes {

// Quantizes `real`; fails when it can't be carried out (2^30 or more, or not a number).
Status make_multiplier(const PrepareContext& context, double real,
                       reference::Multiplier* multiplier);

// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED with scales per channel: input * filter / output in
// double. One for each of `channels`, in the arena. The filter's zero points must be 0.
Status channel_multipliers(PrepareContext& context, int32_t channels,
                           const reference::Multiplier** multipliers);

// FULLY_CONNECTED with one scale and the LSTM's gates: input * weight / output in double.
Status product_multiplier(const PrepareContext& context, float input_scale, float weight_scale,
                          double output_scale, reference::Multiplier* multiplier);

// The type of the LSTM's biases that belongs to activations of a type: int32, or int64 for int16.
TensorType bias_type(TensorType activations);

// Input 2 is absent or a bias of that type or, if `narrow` ones are taken, int32.
Status expect_bias_type(const PrepareContext& context, bool narrow);
// A sum of int16 products that is as wide as such a bias.
bool sums_in_32_bits(const PrepareContext& context);

// For sums of int16 activations (reference::multiply_wide): fails where it cannot be carried out.
Status expect_wide(const PrepareContext& context, const reference::Multiplier& multiplier);

// Symmetric int8 weights: every zero point is 0.
Status expect_symmetric(const PrepareContext& context, const TensorView& weights);

}  // namespace stapes
