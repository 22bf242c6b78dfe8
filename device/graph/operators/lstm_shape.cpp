#include <initializer_list>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/shapes.h"

namespace stapes {
namespace {

constexpr int32_t kLayerNorm = 20;  // .. 23, by gate

Shape matrix(int32_t rows, int32_t columns) {
  Shape shape;
  shape.rank = 2;
  shape.dimensions[0] = rows;
  shape.dimensions[1] = columns;
  return shape;
}

Status expect_state(const PrepareContext& context, int32_t operand, const LstmShape& shape) {
  const TensorView state = context.input(operand);
  if (!state.is_variable) return context.failure("an LSTM's state isn't a variable", state);
  return expect_shape(context, state, matrix(shape.batches, shape.units));
}

}  // namespace

Status lstm_shape(const PrepareContext& context, LstmShape* shape, LstmOptions* options) {
  STAPES_RETURN_IF_ERROR(expect_operands(context, 9, 24));
  if (context.inputs() < 20) return context.failure("the LSTM has fewer than 20 inputs");
  const FlatTable table = context.options(OptionsTag::kUnidirectionalSequenceLstm);
  options->activation = static_cast<Activation>(table.scalar<int8_t>(0, 0));
  options->cell_clip = table.scalar<float>(1, 0.0F);
  const auto projection_clip = table.scalar<float>(2, 0.0F);
  shape->time_major = table.boolean(3);
  if (!(options->cell_clip >= 0.0F)) return context.failure("the LSTM's cell clip is negative");
  if (projection_clip != 0.0F) return context.failure("the LSTM has a projection");
  if (table.boolean(5)) return context.failure("the LSTM's recurrent weights are diagonal");

  for (const int32_t i : {9, 10, 11, 16, 17}) {
    if (context.input(i).present()) {
      return context.failure("the LSTM has peepholes or a projection", context.input(i));
    }
  }
  options->layer_norm = context.input(kLayerNorm).present();
  const TensorView input = context.input(0);
  STAPES_RETURN_IF_ERROR(expect_rank(context, input, 3));
  const TensorView cell = context.input(19);
  STAPES_RETURN_IF_ERROR(expect_rank(context, context.input(19), 2));
  shape->batches = input.shape[shape->time_major ? 1 : 0];
  shape->steps = input.shape[shape->time_major ? 0 : 1];
  shape->inputs = input.shape[2];
  shape->units = cell.shape[1];
  for (int32_t gate = 0; gate < 4; ++gate) {
    const TensorView weights = context.input(1 + gate);
    const TensorView recurrent = context.input(5 + gate);
    const TensorView bias = context.input(12 + gate);
    STAPES_RETURN_IF_ERROR(expect_constant(context, weights));
    STAPES_RETURN_IF_ERROR(expect_constant(context, recurrent));
    STAPES_RETURN_IF_ERROR(expect_constant(context, bias));
    STAPES_RETURN_IF_ERROR(expect_shape(context, weights, matrix(shape->units, shape->inputs)));
    STAPES_RETURN_IF_ERROR(expect_shape(context, recurrent, matrix(shape->units, shape->units)));
    if (bias.shape.elements() != shape->units) {
      return context.failure("a gate's bias hasn't one element per unit", bias);
    }
    const TensorView coefficients = context.input(kLayerNorm + gate);
    if (coefficients.present() != options->layer_norm) {
      return context.failure("the LSTM normalizes some of its gates");
    }
    if (!options->layer_norm) continue;
    STAPES_RETURN_IF_ERROR(expect_constant(context, coefficients));
    if (coefficients.shape.elements() != shape->units) {
      return context.failure("a gate's normalization hasn't one coefficient per unit",
                             coefficients);
    }
  }
  STAPES_RETURN_IF_ERROR(expect_state(context, 18, *shape));
  STAPES_RETURN_IF_ERROR(expect_state(context, 19, *shape));
  if (context.input(18).index == cell.index) {
    return context.failure("the LSTM's hidden state is its cell state", cell);
  }
  Shape output = input.shape;
  output.dimensions[2] = shape->units;
  return expect_shape(context, context.output(0), output);
}

}  // namespace stapes
