#include "device/graph/operators/checks.h"

#include <cmath>
#include <limits>

namespace stapes {

Status expect_operands(const PrepareContext& context, int32_t minimum, int32_t maximum,
                       int32_t outputs) {
  if (context.inputs() < minimum || context.inputs() > maximum) {
    return context.failure("the operator has a wrong number of inputs");
  }
  if (context.outputs() != outputs) {
    return context.failure("the operator has a wrong number of outputs");
  }
  for (int32_t i = 0; i < minimum; ++i) {
    if (!context.input(i).present()) return context.failure("the operator lacks an input");
  }
  return Status::success();
}

Status expect_type(const PrepareContext& context, const TensorView& tensor, TensorType type) {
  if (tensor.type == type) return Status::success();
  return context.failure("a tensor has a type that the operator doesn't take", tensor);
}

Status expect_rank(const PrepareContext& context, const TensorView& tensor, int32_t rank) {
  if (tensor.shape.rank == rank) return Status::success();
  return context.failure("a tensor has a wrong number of dimensions", tensor);
}

Status expect_shape(const PrepareContext& context, const TensorView& tensor, const Shape& shape) {
  if (tensor.shape == shape) return Status::success();
  return context.failure("a tensor's shape doesn't follow from the operator's other tensors",
                         tensor);
}

Status expect_constant(const PrepareContext& context, const TensorView& tensor) {
  if (tensor.is_constant) return Status::success();
  return context.failure("a tensor must be constant", tensor);
}

Status expect_scale(const PrepareContext& context, const TensorView& tensor) {
  if (tensor.scales() == 1) return Status::success();
  return context.failure("a tensor must be quantized with one scale", tensor);
}

Status expect_integers(const PrepareContext& context, const TensorView& tensor, TensorType type) {
  STAPES_RETURN_IF_ERROR(expect_type(context, tensor, type));
  STAPES_RETURN_IF_ERROR(expect_scale(context, tensor));
  if (type == TensorType::kInt8 || tensor.is_symmetric) return Status::success();
  return context.failure("an int16 tensor has a zero point that isn't 0", tensor);
}

Status expect_same_numbers(const PrepareContext& context, const TensorView& first,
                           const TensorView& second) {
  STAPES_RETURN_IF_ERROR(expect_type(context, second, first.type));
  if (first.scale != second.scale || first.zero_point != second.zero_point) {
    return context.failure("the operator moves values but changes their scale or zero point",
                           second);
  }
  return Status::success();
}

Status read_integers(const PrepareContext& context, const TensorView& tensor, IntegerList* list) {
  STAPES_RETURN_IF_ERROR(expect_constant(context, tensor));
  const int32_t count = tensor.shape.elements();
  if (count > kMaximumRank * 2) {
    return context.failure("a list of axes or sizes is too long", tensor);
  }
  list->count = count;
  for (int32_t i = 0; i < count; ++i) {
    int64_t value = 0;
    if (tensor.type == TensorType::kInt32) {
      value = tensor.constant<int32_t>()[i];
    } else if (tensor.type == TensorType::kInt64) {
      value = tensor.constant<int64_t>()[i];
    } else {
      return context.failure("a list of axes or sizes isn't int32 or int64", tensor);
    }
    if (value < INT32_MIN || value > INT32_MAX) {
      return context.failure("a number in a list of axes or sizes is too large", tensor);
    }
    list->values[i] = static_cast<int32_t>(value);
  }
  return Status::success();
}

namespace {

// real -> stored, as a float that is far from any overflow.
float stored(const TensorView& tensor, float real) {
  return static_cast<float>(tensor.zero_point) + std::round(real / tensor.scale);
}

int32_t clamp_to(float value, int32_t minimum, int32_t maximum) {
  if (!(value > static_cast<float>(minimum))) return minimum;
  if (value >= static_cast<float>(maximum)) return maximum;
  return static_cast<int32_t>(value);
}

}  // namespace

Status activation_range(const PrepareContext& context, Activation activation,
                        const TensorView& output, int32_t* minimum, int32_t* maximum) {
  STAPES_RETURN_IF_ERROR(expect_scale(context, output));
  if (output.type == TensorType::kInt8) {
    *minimum = INT8_MIN;
    *maximum = INT8_MAX;
  } else if (output.type == TensorType::kInt16) {
    *minimum = INT16_MIN;
    *maximum = INT16_MAX;
  } else {
    return context.failure("an output must be int8 or int16", output);
  }
  float low = 0.0F;
  float high = 0.0F;
  if (activation == Activation::kNone) return Status::success();
  STAPES_RETURN_IF_ERROR(activation_range(context, activation, &low, &high));
  const int32_t stored_minimum = *minimum;
  const int32_t stored_maximum = *maximum;
  *minimum = clamp_to(stored(output, low), stored_minimum, stored_maximum);
  if (activation != Activation::kRelu) {
    *maximum = clamp_to(stored(output, high), stored_minimum, stored_maximum);
  }
  return Status::success();
}

Status activation_range(const PrepareContext& context, Activation activation, float* minimum,
                        float* maximum) {
  *minimum = std::numeric_limits<float>::lowest();
  *maximum = std::numeric_limits<float>::max();
  switch (activation) {
    case Activation::kNone:
      return Status::success();
    case Activation::kRelu:
      *minimum = 0.0F;
      return Status::success();
    case Activation::kReluN1To1:
      *minimum = -1.0F;
      *maximum = 1.0F;
      return Status::success();
    case Activation::kRelu6:
      *minimum = 0.0F;
      *maximum = 6.0F;
      return Status::success();
    default:
      return context.failure("the operator has a fused activation that isn't supported");
  }
}

}  // namespace stapes
