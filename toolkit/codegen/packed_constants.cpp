#include "toolkit/codegen/packed_constants.h"

#include <algorithm>

#include "device/kernels/arm_dsp/tap_pairs.h"
#include "device/kernels/packed_channels.h"

namespace stapes::codegen {

std::optional<PackedMultipliers> pack_multipliers(
    std::span<const reference::Multiplier> multipliers) {
  PackedMultipliers packed;
  if (multipliers.empty()) return packed;
  const auto by_shift = [](const auto& a, const auto& b) { return a.shift < b.shift; };
  packed.smallest_shift = std::min_element(multipliers.begin(), multipliers.end(), by_shift)->shift;
  for (const reference::Multiplier& multiplier : multipliers) {
    const int32_t above = multiplier.shift - packed.smallest_shift;
    if (multiplier.value < 1 << 30 || above >= kMultiplierShifts) return std::nullopt;
    packed.words.push_back((static_cast<uint32_t>(multiplier.value) << 2) |
                           static_cast<uint32_t>(above));
  }
  return packed;
}

std::optional<std::vector<int16_t>> pack_bias(std::span<const int32_t> bias) {
  const auto fits = [](int32_t value) { return value >= INT16_MIN && value <= INT16_MAX; };
  if (!std::all_of(bias.begin(), bias.end(), fits)) return std::nullopt;
  if (std::all_of(bias.begin(), bias.end(), [](int32_t value) { return value == 0; })) {
    return std::vector<int16_t>();
  }
  return std::vector<int16_t>(bias.begin(), bias.end());
}

Bytes filter_by_channel(std::span<const int8_t> filter, const Window2D& window) {
  const auto channels = static_cast<size_t>(window.output_channels);
  const size_t taps = filter.size() / channels;
  Bytes result(filter.size());
  for (size_t tap = 0; tap < taps; ++tap) {
    for (size_t channel = 0; channel < channels; ++channel) {
      result[channel * taps + tap] = static_cast<uint8_t>(filter[tap * channels + channel]);
    }
  }
  return result;
}

bool is_faster_by_channel(const reference::Conv2DParameters& parameters, const int32_t* bias) {
  const Window2D& window = parameters.window;
  arm_dsp::TapPairs pairs;
  return window.batches * window.output_height * window.output_width > 1 &&
         pairs.assign(parameters, bias);
}

}  // namespace stapes::codegen
