#pragma once
#include "device/graph/operator_kernel.h"

// What many operators ask of their operands, each check once. All messages are constant strings.
namespace stapes {

// The operator has between `minimum` and `maximum` inputs, of which the first `minimum` are
// present, and `outputs` present outputs.
Status expect_operands(const PrepareContext& context, int32_t minimum, int32_t maximum,
                       int32_t outputs = 1);
Status expect_type(const PrepareContext& context, const TensorView& tensor, TensorType type);
Status expect_rank(const PrepareContext& context, const TensorView& tensor, int32_t rank);
Status expect_shape(const PrepareContext& context, const TensorView& tensor, const Shape& shape);
Status expect_constant(const PrepareContext& context, const TensorView& tensor);
// Quantized with one scale.
Status expect_scale(const PrepareContext& context, const TensorView& tensor);
// Quantized with one scale, as int8, or as int16 with zero point 0.
Status expect_integers(const PrepareContext& context, const TensorView& tensor, TensorType type);
// Same type, and the same scale and zero point where they are quantized.
Status expect_same_numbers(const PrepareContext& context, const TensorView& first,
                           const TensorView& second);

// A constant int32 or int64 tensor of at most kMaximumAxes elements (axes, permutations, sizes).
struct IntegerList {
  int32_t count = 0;
  int32_t values[kMaximumRank * 2] = {};
};
Status read_integers(const PrepareContext& context, const TensorView& tensor, IntegerList* list);

// Range of the stored output that a fused activation leaves; float32: of the value itself.
// kTanh and kSignBit can't be fused and fail.
Status activation_range(const PrepareContext& context, Activation activation,
                        const TensorView& output, int32_t* minimum, int32_t* maximum);
Status activation_range(const PrepareContext& context, Activation activation, float* minimum,
                        float* maximum);

}  // namespace stapes
