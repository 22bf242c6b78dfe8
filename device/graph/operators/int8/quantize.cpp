#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/kernels/kernels.h"

// QUANTIZE (from float, or between integer types) and DEQUANTIZE.
namespace stapes {
namespace {

bool is_integer(TensorType type) { return type == TensorType::kInt8 || type == TensorType::kInt16; }

using Affine = PreparedAffine;

Status prepare_affine(PrepareContext& context, const TensorView& stored, const TensorView& real) {
  STAPES_RETURN_IF_ERROR(expect_shape(context, context.output(0), context.input(0).shape));
  STAPES_RETURN_IF_ERROR(expect_type(context, real, TensorType::kFloat32));
  STAPES_RETURN_IF_ERROR(expect_scale(context, stored));
  if (!is_integer(stored.type)) {
    return context.failure("the quantized tensor is neither int8 nor int16", stored);
  }
  auto* affine = context.allocate_prepared<Affine>();
  if (affine == nullptr) return context.out_of_memory();
  *affine = {stored.shape.elements(), stored.scale, stored.zero_point, stored.type};
  return Status::success();
}

Status prepare_quantize(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  return prepare_affine(context, context.output(0), context.input(0));
}

Status evaluate_quantize(const EvaluateContext& context) {
  const auto& affine = context.prepared<Affine>();
  quantize_part(affine, context.input<float>(0), 0, affine.elements, context.output<void>(0));
  return Status::success();
}

Status prepare_dequantize(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  return prepare_affine(context, context.input(0), context.output(0));
}

template <typename Input>
Status evaluate_dequantize(const EvaluateContext& context) {
  const auto& affine = context.prepared<Affine>();
  reference::dequantize(context.input<Input>(0), affine.elements, affine.scale, affine.zero_point,
                        context.output<float>(0));
  return Status::success();
}

using Requantization = PreparedRequantization;

Status prepare_requantize(PrepareContext& context) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 1, 1));
  const TensorView input = context.input(0);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_shape(context, output, input.shape));
  STAPES_RETURN_IF_ERROR(expect_scale(context, input));
  STAPES_RETURN_IF_ERROR(expect_scale(context, output));
  if (!is_integer(output.type)) {
    return context.failure("the quantized tensor is neither int8 nor int16", output);
  }
  auto* prepared = context.allocate_prepared<Requantization>();
  if (prepared == nullptr) return context.out_of_memory();
  prepared->output_type = output.type;
  prepared->parameters.elements = input.shape.elements();
  prepared->parameters.input_offset = -input.zero_point;
  prepared->parameters.output_offset = output.zero_point;
  if (input.type == output.type) context.allow_in_place(0);
  return make_multiplier(context,
                         static_cast<double>(input.scale) / static_cast<double>(output.scale),
                         &prepared->parameters.multiplier);
}

template <typename Input>
Status evaluate_requantize(const EvaluateContext& context) {
  const auto& prepared = context.prepared<Requantization>();
  const auto* input = context.input<Input>(0);
  if (prepared.output_type == TensorType::kInt8) {
    kernels::requantize(prepared.parameters, input, context.output<int8_t>(0));
  } else {
    kernels::requantize(prepared.parameters, input, context.output<int16_t>(0));
  }
  return Status::success();
}

}  // namespace

void quantize_part(const PreparedAffine& quantization, const float* values, int32_t first,
                   int32_t count, void* output) {
  const float scale = quantization.scale;
  const int32_t zero_point = quantization.zero_point;
  if (quantization.type == TensorType::kInt8) {
    kernels::quantize(values, count, scale, zero_point, static_cast<int8_t*>(output) + first);
  } else {
    reference::quantize(values, count, scale, zero_point, static_cast<int16_t*>(output) + first);
  }
}

const OperatorKernel kQuantizeFloat32 = {OperatorCode::kQuantize, TensorType::kFloat32,
                                         prepare_quantize, evaluate_quantize};
const OperatorKernel kDequantizeInt8 = {OperatorCode::kDequantize, TensorType::kInt8,
                                        prepare_dequantize, evaluate_dequantize<int8_t>};
const OperatorKernel kDequantizeInt16 = {OperatorCode::kDequantize, TensorType::kInt16,
                                         prepare_dequantize, evaluate_dequantize<int16_t>};
const OperatorKernel kRequantizeInt8 = {OperatorCode::kQuantize, TensorType::kInt8,
                                        prepare_requantize, evaluate_requantize<int8_t>};
const OperatorKernel kRequantizeInt16 = {OperatorCode::kQuantize, TensorType::kInt16,
                                         prepare_requantize, evaluate_requantize<int16_t>};

}  // namespace stapes
