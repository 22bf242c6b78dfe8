#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/lstm_scales.h"
#include "device/graph/operators/int8/scales.h"
#include "device/graph/operators/operators.h"
#include "device/graph/operators/prepared.h"
#include "device/graph/operators/shapes.h"
#include "device/kernels/kernels.h"

namespace stapes {
namespace {

constexpr int32_t kHidden = 18;
constexpr int32_t kCell = 19;

// int8 weights with zero point 0 and one scale, or one for each row.
Status expect_weights(const PrepareContext& context, const TensorView& weights) {
  STAPES_RETURN_IF_ERROR(expect_type(context, weights, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_symmetric(context, weights));
  if (weights.scales() == 1 || (weights.per_channel() && weights.quantized_dimension == 0)) {
    return Status::success();
  }
  return context.failure("weights haven't one scale, or one for each row", weights);
}

// The hidden state has the output's numbers in int8, numbers of its own in int16.
Status expect_hidden(const PrepareContext& context, const TensorView& hidden, int32_t units) {
  if (hidden.type == TensorType::kInt8) {
    STAPES_RETURN_IF_ERROR(expect_scale(context, hidden));
    return expect_same_numbers(context, hidden, context.output(0));
  }
  STAPES_RETURN_IF_ERROR(expect_integers(context, hidden, TensorType::kInt16));
  if (units <= reference::kMostExtendedLstmUnits) return Status::success();
  return context.failure("an LSTM with an int16 hidden state has more than 511 units", hidden);
}

// Model::open() has checked that there are as many scales as rows.
Status row_multipliers(PrepareContext& context, float activation_scale, const TensorView& weights,
                       reference::RowMultipliers* rows) {
  auto* table = context.allocate<reference::Multiplier>(weights.scales());
  if (table == nullptr) return context.out_of_memory();
  for (int32_t row = 0; row < weights.scales(); ++row) {
    STAPES_RETURN_IF_ERROR(product_multiplier(
        context, activation_scale, weights.scale_of_channel(row), kLstmGateScale, &table[row]));
  }
  *rows = {table, weights.per_channel() ? 1 : 0};
  return Status::success();
}

Status prepare(PrepareContext& context) {
  auto* prepared = context.allocate_prepared<PreparedExtendedLstm>();
  if (prepared == nullptr) return context.out_of_memory();
  reference::LstmParameters& parameters = prepared->parameters.lstm;
  LstmOptions options;
  STAPES_RETURN_IF_ERROR(lstm_shape(context, &parameters.shape, &options));
  if (options.layer_norm) return context.failure("an extended LSTM has layer normalization");
  if (options.activation != Activation::kTanh) {
    return context.failure("the LSTM's activation isn't tanh");
  }
  const TensorView input = context.input(0);
  const TensorView hidden = context.input(kHidden);
  const TensorView output = context.output(0);
  STAPES_RETURN_IF_ERROR(expect_integers(context, input, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_integers(context, output, TensorType::kInt8));
  STAPES_RETURN_IF_ERROR(expect_hidden(context, hidden, parameters.shape.units));
  STAPES_RETURN_IF_ERROR(prepare_cell(context, context.input(kCell), options, &parameters));
  parameters.input_offset = -input.zero_point;
  parameters.hidden_offset = -hidden.zero_point;
  parameters.output_offset = hidden.zero_point;
  STAPES_RETURN_IF_ERROR(hidden_multiplier(context, hidden.scale, &parameters.hidden_multiplier));
  prepared->hidden_type = hidden.type;
  prepared->parameters.output_offset = output.zero_point;
  STAPES_RETURN_IF_ERROR(
      hidden_multiplier(context, output.scale, &prepared->parameters.output_multiplier));
  for (int32_t g = 0; g < 4; ++g) {
    reference::ExtendedLstmGate& gate = prepared->gates[g];
    const TensorView weights = context.input(1 + g);
    const TensorView recurrent = context.input(5 + g);
    const TensorView bias = context.input(12 + g);
    STAPES_RETURN_IF_ERROR(expect_weights(context, weights));
    STAPES_RETURN_IF_ERROR(expect_weights(context, recurrent));
    STAPES_RETURN_IF_ERROR(expect_type(context, bias, TensorType::kInt32));
    gate.input_weights = weights.constant<int8_t>();
    gate.recurrent_weights = recurrent.constant<int8_t>();
    gate.bias = bias.constant<int32_t>();
    STAPES_RETURN_IF_ERROR(row_multipliers(context, input.scale, weights, &gate.input_multipliers));
    STAPES_RETURN_IF_ERROR(
        row_multipliers(context, hidden.scale, recurrent, &gate.recurrent_multipliers));
  }
  context.request_scratch(static_cast<size_t>(parameters.shape.units) * reference::kLstmScratch *
                          sizeof(int16_t));
  return Status::success();
}

template <typename Hidden>
void run(const EvaluateContext& context) {
  const auto& prepared = context.prepared<PreparedExtendedLstm>();
  kernels::extended_lstm(prepared.parameters, prepared.gates, context.input<int8_t>(0),
                         context.variable<Hidden>(kHidden), context.variable<int16_t>(kCell),
                         context.output<int8_t>(0), context.scratch<int16_t>());
}

Status evaluate(const EvaluateContext& context) {
  if (context.prepared<PreparedExtendedLstm>().hidden_type == TensorType::kInt8) {
    run<int8_t>(context);
  } else {
    run<int16_t>(context);
  }
  return Status::success();
}

}  // namespace

const OperatorKernel kExtendedLstmInt8 = {OperatorCode::kExtendedLstm, TensorType::kInt8, prepare,
                                          evaluate};

}  // namespace stapes
