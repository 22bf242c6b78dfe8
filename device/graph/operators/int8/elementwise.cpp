#include <initializer_list>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"

// ADD, SUB, MUL, SQUARED_DIFFERENCE.
namespace stapes {
namespace {

using reference::ElementwiseParameters;

// Everything but the multipliers.
Status prepare_pair(PrepareContext& context, OptionsTag tag, ElementwiseParameters** result) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 2, 2));
  const TensorView first = context.input(0);
  const TensorView second = context.input(1);
  const TensorView output = context.output(0);
  for (const TensorView* tensor : {&first, &second, &output}) {
    STAPES_RETURN_IF_ERROR(expect_integers(context, *tensor, first.type));
  }
  auto* parameters = context.allocate_prepared<ElementwiseParameters>();
  if (parameters == nullptr) return context.out_of_memory();
  STAPES_RETURN_IF_ERROR(broadcast_shape(context, first, second, output, &parameters->broadcast));
  // Field 0 of all these options; SQUARED_DIFFERENCE has none.
  const auto activation = static_cast<Activation>(context.options(tag).scalar<int8_t>(0, 0));
  STAPES_RETURN_IF_ERROR(activation_range(context, activation, output,
                                          &parameters->activation_minimum,
                                          &parameters->activation_maximum));
  parameters->first_offset = -first.zero_point;
  parameters->second_offset = -second.zero_point;
  parameters->output_offset = output.zero_point;
  if (first.bytes == output.bytes) context.allow_in_place(0);
  if (second.bytes == output.bytes) context.allow_in_place(1);
  *result = parameters;
  return Status::success();
}

// Of the values before they are multiplied, in ADD and SUB.
int32_t left_shift_of(TensorType type) { return type == TensorType::kInt16 ? 15 : 20; }

struct Scales {
  explicit Scales(const PrepareContext& context)
      : first(context.input(0).scale),
        second(context.input(1).scale),
        output(context.output(0).scale),
        larger(first > second ? first : second) {}
  float first;
  float second;
  float output;
  float larger;
};

Status make_multipliers(const PrepareContext& context, double first, double second, double output,
                        ElementwiseParameters* parameters) {
  STAPES_RETURN_IF_ERROR(make_multiplier(context, first, &parameters->first_multiplier));
  STAPES_RETURN_IF_ERROR(make_multiplier(context, second, &parameters->second_multiplier));
  STAPES_RETURN_IF_ERROR(make_multiplier(context, output, &parameters->output_multiplier));
  return Status::success();
}

Status prepare_sum(PrepareContext& context, OptionsTag options) {
  ElementwiseParameters* parameters = nullptr;
  STAPES_RETURN_IF_ERROR(prepare_pair(context, options, &parameters));
  parameters->left_shift = left_shift_of(context.input(0).type);
  const Scales scales(context);
  const double twice = 2 * static_cast<double>(scales.larger);
  return make_multipliers(
      context, static_cast<double>(scales.first) / twice,
      static_cast<double>(scales.second) / twice,
      twice / ((1 << parameters->left_shift) * static_cast<double>(scales.output)), parameters);
}

Status prepare_add(PrepareContext& context) { return prepare_sum(context, OptionsTag::kAdd); }

Status prepare_subtract(PrepareContext& context) { return prepare_sum(context, OptionsTag::kSub); }

Status prepare_squared_difference(PrepareContext& context) {
  ElementwiseParameters* parameters = nullptr;
  STAPES_RETURN_IF_ERROR(prepare_pair(context, OptionsTag::kSquaredDifference, &parameters));
  const Scales scales(context);
  const bool wide = context.input(0).type == TensorType::kInt16;
  parameters->left_shift = wide ? 0 : 7;
  parameters->activation_minimum = wide ? INT16_MIN : INT8_MIN;
  parameters->activation_maximum = wide ? INT16_MAX : INT8_MAX;
  const auto unit = static_cast<float>(1 << (2 * parameters->left_shift));
  const double twice = 2 * static_cast<double>(scales.larger);
  return make_multipliers(context, static_cast<double>(scales.first) / twice,
                          static_cast<double>(scales.second) / twice,
                          twice * twice / static_cast<double>(unit * scales.output), parameters);
}

Status prepare_multiply(PrepareContext& context) {
  ElementwiseParameters* parameters = nullptr;
  STAPES_RETURN_IF_ERROR(prepare_pair(context, OptionsTag::kMul, &parameters));
  const Scales scales(context);
  return make_multiplier(context,
                         static_cast<double>(scales.first) * static_cast<double>(scales.second) /
                             static_cast<double>(scales.output),
                         &parameters->output_multiplier);
}

template <typename T, void (*kKernel)(const ElementwiseParameters&, const T*, const T*, T*)>
Status evaluate(const EvaluateContext& context) {
  kKernel(context.prepared<ElementwiseParameters>(), context.input<T>(0), context.input<T>(1),
          context.output<T>(0));
  return Status::success();
}

}  // namespace

const OperatorKernel kAddInt8 = {OperatorCode::kAdd, TensorType::kInt8, prepare_add,
                                 evaluate<int8_t, kernels::add>};
const OperatorKernel kSubInt8 = {OperatorCode::kSub, TensorType::kInt8, prepare_subtract,
                                 evaluate<int8_t, kernels::subtract>};
const OperatorKernel kMulInt8 = {OperatorCode::kMul, TensorType::kInt8, prepare_multiply,
                                 evaluate<int8_t, kernels::multiply_elements>};
const OperatorKernel kSquaredDifferenceInt8 = {OperatorCode::kSquaredDifference, TensorType::kInt8,
                                               prepare_squared_difference,
                                               evaluate<int8_t, kernels::squared_difference>};

const OperatorKernel kAddInt16 = {OperatorCode::kAdd, TensorType::kInt16, prepare_add,
                                  evaluate<int16_t, reference::add>};
const OperatorKernel kSubInt16 = {OperatorCode::kSub, TensorType::kInt16, prepare_subtract,
                                  evaluate<int16_t, reference::subtract>};
const OperatorKernel kMulInt16 = {OperatorCode::kMul, TensorType::kInt16, prepare_multiply,
                                  evaluate<int16_t, reference::multiply_elements>};
const OperatorKernel kSquaredDifferenceInt16 = {OperatorCode::kSquaredDifference,
                                                TensorType::kInt16, prepare_squared_difference,
                                                evaluate<int16_t, reference::squared_difference>};

}  // namespace stapes
