#include "device/graph/operators/int8/scales.h"

#include "device/graph/operators/checks.h"

namespace stapes {

Status make_multiplier(const PrepareContext& context, double real,
                       reference::Multiplier* multiplier) {
  constexpr double kLargest = 1 << 30;
  if (!(real >= 0.0 && real < kLargest)) {
    return context.failure("the scales of the operator's tensors are too far apart");
  }
  *multiplier = reference::quantize_multiplier(real);
  if (reference::is_usable(*multiplier)) return Status::success();
  return context.failure("the scales of the operator's tensors are too far apart");
}

Status channel_multipliers(PrepareContext& context, int32_t channels,
                           const reference::Multiplier** multipliers) {
  const TensorView input = context.input(0);
  const TensorView filter = context.input(1);
  const TensorView output = context.output(0);
  if (filter.scales() != 1 && filter.scales() != channels) {
    return context.failure("the filter hasn't one scale per output channel", filter);
  }
  auto* table = context.allocate<reference::Multiplier>(channels);
  if (table == nullptr) return context.out_of_memory();
  for (int32_t channel = 0; channel < channels; ++channel) {
    const double real = static_cast<double>(input.scale) *
                        static_cast<double>(filter.scale_of_channel(channel)) /
                        static_cast<double>(output.scale);
    STAPES_RETURN_IF_ERROR(make_multiplier(context, real, &table[channel]));
    if (input.type == TensorType::kInt16) {
      STAPES_RETURN_IF_ERROR(expect_wide(context, table[channel]));
    }
  }
  *multipliers = table;
  return Status::success();
}

Status product_multiplier(const PrepareContext& context, float input_scale, float weight_scale,
                          double output_scale, reference::Multiplier* multiplier) {
  const double product = static_cast<double>(input_scale) * static_cast<double>(weight_scale);
  STAPES_RETURN_IF_ERROR(make_multiplier(context, product / output_scale, multiplier));
  if (context.input(0).type == TensorType::kInt8) return Status::success();
  return expect_wide(context, *multiplier);
}

TensorType bias_type(TensorType activations) {
  return activations == TensorType::kInt16 ? TensorType::kInt64 : TensorType::kInt32;
}

Status expect_bias_type(const PrepareContext& context, bool narrow) {
  const TensorView bias = context.input(2);
  if (!bias.present() || (narrow && sums_in_32_bits(context))) return Status::success();
  return expect_type(context, bias, bias_type(context.input(0).type));
}

bool sums_in_32_bits(const PrepareContext& context) {
  const TensorView bias = context.input(2);
  return bias.present() && bias.type == TensorType::kInt32;
}

Status expect_wide(const PrepareContext& context, const reference::Multiplier& multiplier) {
  if (reference::is_usable_wide(multiplier)) return Status::success();
  return context.failure("the scales of the operator's tensors are too far apart");
}

Status expect_symmetric(const PrepareContext& context, const TensorView& weights) {
  if (weights.is_symmetric) return Status::success();
  return context.failure("weights have a zero point that isn't 0", weights);
}

}  // namespace stapes
