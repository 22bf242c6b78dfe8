#include <type_traits>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/lstm_scales.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"

namespace stapes {
namespace {

constexpr double kActivationScale = 1.0 / 32768;  // Q0.15
constexpr int32_t kHidden = 18;
constexpr int32_t kCell = 19;
constexpr int32_t kLayerNorm = 20;  // .. 23, by gate

Status expect_types(const PrepareContext& context) {
  const TensorType type = context.input(0).type;
  STAPES_RETURN_IF_ERROR(expect_integers(context, context.input(0), type));
  for (int32_t i = 1; i <= 8; ++i) {
    STAPES_RETURN_IF_ERROR(expect_type(context, context.input(i), TensorType::kInt8));
    STAPES_RETURN_IF_ERROR(expect_scale(context, context.input(i)));
    STAPES_RETURN_IF_ERROR(expect_symmetric(context, context.input(i)));
  }
  for (int32_t i = 12; i <= 15; ++i) {
    STAPES_RETURN_IF_ERROR(expect_type(context, context.input(i), bias_type(type)));
  }
  STAPES_RETURN_IF_ERROR(expect_integers(context, context.input(kHidden), type));
  return expect_same_numbers(context, context.input(kHidden), context.output(0));
}

// With layer normalization each gate's sums have a scale of their own, that of an intermediate
// tensor, and TensorFlow Lite divides in float.
Status normalized_gate_multiplier(const PrepareContext& context, int32_t gate, float input_scale,
                                  float weight_scale, reference::Multiplier* multiplier) {
  const TensorView sums = context.intermediate(gate);
  STAPES_RETURN_IF_ERROR(expect_scale(context, sums));
  const float real = weight_scale * input_scale / sums.scale;
  return make_multiplier(context, static_cast<double>(real), multiplier);
}

Status prepare_normalization(PrepareContext& context, PreparedLstm* prepared) {
  reference::LstmParameters& parameters = prepared->parameters;
  const TensorView input = context.input(0);
  const TensorView hidden = context.input(kHidden);
  if (parameters.cell_scale_power < -15 || parameters.cell_scale_power > -9) {
    return context.failure("the scale of a normalized LSTM's cell state isn't 2^-15 to 2^-9",
                           context.input(kCell));
  }
  const auto activation_scale = static_cast<float>(kActivationScale);
  STAPES_RETURN_IF_ERROR(make_multiplier(
      context, static_cast<double>(activation_scale / hidden.scale * activation_scale),
      &parameters.hidden_multiplier));
  auto* normalizations = context.allocate<reference::LstmNormalization>(4);
  if (normalizations == nullptr) return context.out_of_memory();
  for (int32_t g = 0; g < 4; ++g) {
    reference::LstmGate& gate = prepared->gates[g];
    STAPES_RETURN_IF_ERROR(normalized_gate_multiplier(
        context, g, input.scale, context.input(1 + g).scale, &gate.input_multiplier));
    STAPES_RETURN_IF_ERROR(normalized_gate_multiplier(
        context, g, hidden.scale, context.input(5 + g).scale, &gate.recurrent_multiplier));
    const TensorView coefficients = context.input(kLayerNorm + g);
    STAPES_RETURN_IF_ERROR(expect_type(context, coefficients, TensorType::kInt16));
    STAPES_RETURN_IF_ERROR(expect_scale(context, coefficients));
    STAPES_RETURN_IF_ERROR(expect_symmetric(context, coefficients));
    reference::LstmNormalization& normalization = normalizations[g];
    normalization.coefficients = coefficients.constant<int16_t>();
    normalization.bias = gate.bias;
    // What is normalized comes out in the coefficients' scale, and goes to Q3.12.
    STAPES_RETURN_IF_ERROR(make_multiplier(context, static_cast<double>(coefficients.scale),
                                           &normalization.multiplier));
    normalization.multiplier.shift += 12;
    if (!reference::is_usable(normalization.multiplier)) {
      return context.failure("the scale of a gate's normalization is too large", coefficients);
    }
    const float guard = 10000.0F * coefficients.scale;
    normalization.least_variance = guard >= 2147483520.0F ? 2147483520
                                   : guard < 1.0F         ? 1
                                                          : static_cast<int32_t>(guard);
  }
  prepared->normalizations = normalizations;
  return Status::success();
}

template <typename Bias, typename Prepared>
Status prepare_with(PrepareContext& context) {
  auto* prepared = context.allocate_prepared<Prepared>();
  if (prepared == nullptr) return context.out_of_memory();
  reference::LstmParameters& parameters = prepared->parameters;
  LstmOptions options;
  STAPES_RETURN_IF_ERROR(lstm_shape(context, &parameters.shape, &options));
  STAPES_RETURN_IF_ERROR(expect_types(context));
  if (options.activation != Activation::kTanh) {
    return context.failure("the LSTM's activation isn't tanh");
  }
  const TensorView input = context.input(0);
  const TensorView hidden = context.input(kHidden);
  STAPES_RETURN_IF_ERROR(prepare_cell(context, context.input(kCell), options, &parameters));
  parameters.input_offset = -input.zero_point;
  parameters.hidden_offset = -hidden.zero_point;
  parameters.output_offset = hidden.zero_point;
  STAPES_RETURN_IF_ERROR(hidden_multiplier(context, hidden.scale, &parameters.hidden_multiplier));
  for (int32_t g = 0; g < 4; ++g) {
    auto& gate = prepared->gates[g];
    gate.input_weights = context.input(1 + g).constant<int8_t>();
    gate.recurrent_weights = context.input(5 + g).constant<int8_t>();
    gate.bias = context.input(12 + g).constant<Bias>();
    if (options.layer_norm) continue;
    STAPES_RETURN_IF_ERROR(product_multiplier(context, input.scale, context.input(1 + g).scale,
                                              kLstmGateScale, &gate.input_multiplier));
    STAPES_RETURN_IF_ERROR(product_multiplier(context, hidden.scale, context.input(5 + g).scale,
                                              kLstmGateScale, &gate.recurrent_multiplier));
  }
  if constexpr (std::is_same<Prepared, PreparedLstm>::value) {
    prepared->normalizations = nullptr;
    if (options.layer_norm) STAPES_RETURN_IF_ERROR(prepare_normalization(context, prepared));
  } else if (options.layer_norm) {
    return context.failure("an LSTM with int16 activations has layer normalization");
  }
  context.request_scratch(static_cast<size_t>(parameters.shape.units) * reference::kLstmScratch *
                          sizeof(int16_t));
  return Status::success();
}

Status prepare_int8(PrepareContext& context) {
  return prepare_with<int32_t, PreparedLstm>(context);
}

Status prepare_int16(PrepareContext& context) {
  return prepare_with<int64_t, PreparedLstmInt16>(context);
}

Status evaluate_int8(const EvaluateContext& context) {
  const auto& prepared = context.prepared<PreparedLstm>();
  if (prepared.normalizations != nullptr) {
    kernels::layer_norm_lstm(prepared.parameters, prepared.gates, prepared.normalizations,
                             context.input<int8_t>(0), context.variable<int8_t>(kHidden),
                             context.variable<int16_t>(kCell), context.output<int8_t>(0),
                             context.scratch<int16_t>());
    return Status::success();
  }
  kernels::lstm(prepared.parameters, prepared.gates, context.input<int8_t>(0),
                context.variable<int8_t>(kHidden), context.variable<int16_t>(kCell),
                context.output<int8_t>(0), context.scratch<int16_t>());
  return Status::success();
}

Status evaluate_int16(const EvaluateContext& context) {
  const auto& prepared = context.prepared<PreparedLstmInt16>();
  reference::lstm(prepared.parameters, prepared.gates, context.input<int16_t>(0),
                  context.variable<int16_t>(kHidden), context.variable<int16_t>(kCell),
                  context.output<int16_t>(0), context.scratch<int16_t>());
  return Status::success();
}

}  // namespace

const OperatorKernel kLstmInt8 = {OperatorCode::kUnidirectionalSequenceLstm, TensorType::kInt8,
                                  prepare_int8, evaluate_int8};
const OperatorKernel kLstmInt16 = {OperatorCode::kUnidirectionalSequenceLstm, TensorType::kInt16,
                                   prepare_int16, evaluate_int16};

}  // namespace stapes
