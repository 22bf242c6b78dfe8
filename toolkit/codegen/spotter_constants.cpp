#include "toolkit/codegen/spotter_constants.h"

#include <memory>

#include "device/frontend/fft.h"
#include "device/frontend/log_scale.h"
#include "device/frontend/pcan.h"
#include "device/frontend/settings_fields.h"
#include "device/frontend/tables.h"
#include "toolkit/base/error.h"
#include "toolkit/codegen/literal.h"

namespace stapes::codegen {
namespace {

struct alignas(kTableAlignment) Block {
  uint8_t bytes[kTableAlignment];
};

template <typename T>
std::string array(const char* name, const T* values, int32_t count) {
  std::string text = fmt::format("alignas(32) const {} {}[{}] = {{",
                                 std::is_signed_v<T> ? "int16_t" : "uint16_t", name, count);
  for (int32_t i = 0; i < count; ++i) {
    text += i % 16 == 0 ? "\n    " : " ";
    text += fmt::format("{},", values[i]);
  }
  return text + "\n};\n";
}

}  // namespace

std::string string_literal(const char* text) {
  std::string literal = "\"";
  for (; *text != '\0'; ++text) {
    const char c = *text;
    if (c == '"' || c == '\\') literal += '\\';
    // Octal, three digits: what follows cannot be taken for another digit.
    literal += static_cast<unsigned char>(c) < 32 ? fmt::format("\\{:03o}", c) : std::string(1, c);
  }
  return literal + "\"";
}

TablesText tables_text(const FrontEndSettings& settings) {
  const size_t bytes = tables_memory(settings);
  const auto memory = std::make_unique<Block[]>(bytes / sizeof(Block) + 1);
  FrontEndTables t;
  const Status status = build_tables(settings, memory.get(), bytes, t);
  if (!status.ok()) throw Error("cannot compile a spotter", "the front end", status.message);
  TablesText text;
  const auto add_array = [&](const char* member, const char* name, const auto* values,
                             int32_t count) {
    if (values == nullptr || count == 0) return;
    text.arrays += array(name, values, count);
    text.assignments += fmt::format("  t.{} = {};\n", member, name);
  };
  const int32_t bins = t.end_bin - t.first_bin;
  add_array("window", "kWindow", t.window, settings.window_samples());
  add_array("twiddles", "kTwiddles", t.twiddles, 2 * twiddle_count(t.fft_size));
  add_array("real_twiddles", "kRealTwiddles", t.real_twiddles, t.fft_size / 2);
  add_array("weights", "kWeights", t.weights, bins);
  add_array("unweights", "kUnweights", t.unweights, bins);
  add_array("channel_ends", "kChannelEnds", t.channel_ends, settings.filterbank_n_channels + 1);
  if (settings.pcan_enable) add_array("pcan_gain", "kPcanGain", t.pcan_gain, kPcanTableSize);
  add_array("log_fraction", "kLogFraction", t.log_fraction, kLogTableSize);
  const auto add = [&](const char* member, int32_t value) {
    text.assignments += fmt::format("  t.{} = {};\n", member, value);
  };
  add("fft_size", t.fft_size);
  add("first_bin", t.first_bin);
  add("end_bin", t.end_bin);
  add("dc_notch_coefficient", t.dc_notch_coefficient);
  add("even_smoothing", t.even_smoothing);
  add("odd_smoothing", t.odd_smoothing);
  add("min_signal_remaining", t.min_signal_remaining);
  add("activity_alpha_a", t.activity_alpha_a);
  add("activity_alpha_b", t.activity_alpha_b);
  add("activity_arm_threshold", t.activity_arm_threshold);
  add("activity_trip_threshold", t.activity_trip_threshold);
  add("pcan_snr_shift", t.pcan_snr_shift);
  add("correction_bits", t.correction_bits);
  return text;
}

std::string settings_text(const Spotter::Settings& settings) {
  std::string text;
  const auto add = [&](const std::string& member, const auto& value) {
    text += fmt::format("  s.{} = {};\n", member, literal(value));
  };
  for_each_front_end_field(settings.front_end, [&](const char* member, const auto& value) {
    add(std::string("front_end.") + member, value);
  });
  constexpr const char* kNormalizations[] = {"kNone", "kMeanAndStd", "kRescale"};
  add("normalization", std::string("Spotter::Normalization::") +
                           kNormalizations[static_cast<size_t>(settings.normalization)]);
  add("rescale", settings.rescale);
  add("latency_ms", settings.latency_ms);
  add("volume_gain", settings.volume_gain);
  const Detector::Settings& detector = settings.detector;
  add("detector.average_window_duration_ms", detector.average_window_duration_ms);
  add("detector.detection_threshold", int32_t{detector.detection_threshold});
  add("detector.suppression_ms", detector.suppression_ms);
  add("detector.minimum_count", detector.minimum_count);
  if (detector.detection_thresholds != nullptr) {
    add("detector.detection_thresholds", std::string("kThresholds"));
  }
  return text;
}

}  // namespace stapes::codegen
