#include "device/graph/operators/int8/lstm_scales.h"

#include <cmath>

#include "device/graph/operators/checks.h"
#include "device/graph/operators/int8/scales.h"

namespace stapes {
namespace {

constexpr double kProductScale = 1.0 / (1 << 30);  // of two activations in Q0.15

int32_t quantized_clip(float clip, float scale) {
  const float scaled = clip / scale;
  return scaled >= 32767.0F ? 32767 : static_cast<int32_t>(scaled);
}

}  // namespace

Status prepare_cell(const PrepareContext& context, const TensorView& cell,
                    const LstmOptions& options, reference::LstmParameters* parameters) {
  STAPES_RETURN_IF_ERROR(expect_type(context, cell, TensorType::kInt16));
  STAPES_RETURN_IF_ERROR(expect_scale(context, cell));
  STAPES_RETURN_IF_ERROR(expect_symmetric(context, cell));
  int exponent = 0;
  if (std::frexp(cell.scale, &exponent) != 0.5F || exponent - 1 > 0 || exponent - 1 < -31) {
    return context.failure("the scale of the LSTM's cell state isn't a power of two up to 1", cell);
  }
  parameters->cell_scale_power = exponent - 1;
  parameters->cell_clip = quantized_clip(options.cell_clip, cell.scale);
  return make_multiplier(context, kProductScale / static_cast<double>(cell.scale),
                         &parameters->cell_multiplier);
}

Status hidden_multiplier(const PrepareContext& context, float scale,
                         reference::Multiplier* multiplier) {
  return make_multiplier(context, kProductScale / static_cast<double>(scale), multiplier);
}

}  // namespace stapes
