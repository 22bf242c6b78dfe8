#include "device/frontend/tables.h"

#include <cmath>

#include "device/frontend/bits.h"
#include "device/frontend/fft.h"
#include "device/frontend/filterbank.h"
#include "device/frontend/log_scale.h"
#include "device/frontend/memory_layout.h"
#include "device/frontend/noise_reduction.h"
#include "device/frontend/pcan.h"
#include "device/frontend/window.h"

// Which of these computations happen in float32 and which in double is not a matter of taste: it
// decides how some entries round, and they must round as in the reference.
namespace stapes {
namespace {

constexpr double kPi = 3.14159265358979323846264338327950288;

float mel(float frequency) { return static_cast<float>(1127.0 * std::log1p(frequency / 700.0)); }

float width_of_bin(const FrontEndSettings& settings) {
  const int32_t bins = fft_size(settings) / 2;
  return static_cast<float>(0.5 * settings.sample_rate_hz / bins);
}

int16_t rounded_q12(double value) {
  return static_cast<int16_t>(std::floor(value * (1 << kFilterbankBits) + 0.5));
}

// Where each filter's rising flank ends: equal steps on the mel scale.
struct FilterCentres {
  explicit FilterCentres(const FrontEndSettings& settings)
      : low(mel(settings.filterbank_lower_band_limit)),
        step((mel(settings.filterbank_upper_band_limit) - low) /
             static_cast<float>(settings.filterbank_n_channels + 1)) {}
  float centre(int32_t channel) const {
    return channel < 0 ? low : low + step * static_cast<float>(channel + 1);
  }

  float low;
  float step;
};

int32_t first_bin(const FrontEndSettings& settings) {
  return static_cast<int32_t>(1.5 + settings.filterbank_lower_band_limit / width_of_bin(settings));
}

// The bin after the last one that lies on the rising flank of `channel`, at most `limit`.
int32_t channel_end(const FrontEndSettings& settings, float centre, int32_t bin, int32_t limit) {
  const float width = width_of_bin(settings);
  while (bin < limit && mel(static_cast<float>(bin) * width) <= centre) ++bin;
  return bin;
}

int32_t end_bin(const FrontEndSettings& settings) {
  const FilterCentres centres(settings);
  return channel_end(settings, centres.centre(settings.filterbank_n_channels), first_bin(settings),
                     fft_size(settings) / 2 + 1);
}

void compute_window(int32_t samples, int16_t* coefficients) {
  const auto step =
      static_cast<float>(kPi * 2.0 / static_cast<double>(static_cast<float>(samples)));
  for (int32_t i = 0; i < samples; ++i) {
    const auto hann = static_cast<float>(
        0.5 - 0.5 * static_cast<double>(std::cos(static_cast<float>(step * (i + 0.5)))));
    coefficients[i] = static_cast<int16_t>(std::floor(hann * (1 << kWindowBits) + 0.5));
  }
}

void store_twiddle(double phase, int16_t* twiddle) {
  twiddle[0] = static_cast<int16_t>(std::floor(0.5 + 32767 * std::cos(phase)));
  twiddle[1] = static_cast<int16_t>(std::floor(0.5 + 32767 * std::sin(phase)));
}

void compute_twiddles(int32_t fft_size, int16_t* twiddles, int16_t* real_twiddles) {
  const int32_t points = fft_size / 2;
  const bool radix_2_first = (bit_length(static_cast<uint32_t>(points)) & 1) == 0;
  for (int32_t m = radix_2_first ? 2 : 4; m < points; m *= 4) {
    const int32_t stride = points / (4 * m);
    for (int32_t power = 1; power <= 3; ++power) {
      for (int32_t k = 0; k < m; ++k, twiddles += 2) {
        store_twiddle(-2 * kPi * (power * k * stride) / points, twiddles);
      }
    }
  }
  for (int32_t k = 0; k < points / 2; ++k) {
    store_twiddle(-kPi * (static_cast<double>(k + 1) / points + 0.5), real_twiddles + 2 * k);
  }
}

void compute_filterbank(const FrontEndSettings& settings, int32_t bin, int32_t limit,
                        int16_t* channel_ends, int16_t* weights, int16_t* unweights) {
  const FilterCentres centres(settings);
  const float width = width_of_bin(settings);
  for (int32_t channel = 0; channel <= settings.filterbank_n_channels; ++channel) {
    const float centre = centres.centre(channel);
    const float below = centres.centre(channel - 1);
    const int32_t end = channel_end(settings, centre, bin, limit);
    for (; bin < end; ++bin) {
      const float weight = (centre - mel(static_cast<float>(bin) * width)) / (centre - below);
      *weights++ = rounded_q12(weight);
      *unweights++ = rounded_q12(1.0 - weight);
    }
    channel_ends[channel] = static_cast<int16_t>(end);
  }
}

int16_t gain(const FrontEndSettings& settings, int32_t input_bits, uint32_t estimate) {
  const float x = static_cast<float>(estimate) / static_cast<float>(1U << input_bits);
  const float value = static_cast<float>(1U << settings.pcan_gain_bits) *
                      std::pow(x + settings.pcan_offset, -settings.pcan_strength);
  return value > 32767.0F ? int16_t{32767} : static_cast<int16_t>(std::floor(value + 0.5F));
}

void compute_gain(const FrontEndSettings& settings, int32_t input_bits, int16_t* table) {
  for (int32_t i = 0; i < kPcanTableSize; ++i) table[i] = 0;
  table[0] = gain(settings, input_bits, 0);
  table[1] = gain(settings, input_bits, 1);
  for (int32_t interval = 2; interval <= 32; ++interval) {
    const uint32_t start = 1U << (interval - 1);
    const uint32_t end = interval == 32 ? 0xFFFFFFFFU : 2 * start;
    const int32_t y0 = gain(settings, input_bits, start);
    const int32_t to_middle = gain(settings, input_bits, start + start / 2) - y0;
    const int32_t to_end = gain(settings, input_bits, end) - y0;
    const int32_t linear = 4 * to_middle - to_end;
    int16_t* parabola = table + 4 * interval - 6;
    parabola[0] = static_cast<int16_t>(y0);
    parabola[1] = static_cast<int16_t>(linear);
    parabola[2] = static_cast<int16_t>(to_end - linear);
  }
}

void compute_log(uint16_t* table) {
  for (int32_t i = 0; i < kLogTableSize - 1; ++i) {
    const double x = i / 128.0;
    table[i] = static_cast<uint16_t>(std::floor(65536.0 * (std::log2(1.0 + x) - x) + 0.5));
  }
  table[kLogTableSize - 1] = 0;
}

struct Arrays {
  Arrays(const FrontEndSettings& settings, MemoryLayout& layout)
      : window(layout.take<int16_t>(settings.window_samples())),
        twiddles(layout.take<int16_t>(2 * twiddle_count(fft_size(settings)))),
        real_twiddles(layout.take<int16_t>(fft_size(settings) / 2)),
        weights(layout.take<int16_t>(end_bin(settings) - first_bin(settings))),
        unweights(layout.take<int16_t>(end_bin(settings) - first_bin(settings))),
        channel_ends(layout.take<int16_t>(settings.filterbank_n_channels + 1)),
        pcan_gain(settings.pcan_enable ? layout.take<int16_t>(kPcanTableSize) : nullptr),
        log_fraction(layout.take<uint16_t>(kLogTableSize)) {}

  int16_t* window;
  int16_t* twiddles;
  int16_t* real_twiddles;
  int16_t* weights;
  int16_t* unweights;
  int16_t* channel_ends;
  int16_t* pcan_gain;
  uint16_t* log_fraction;
};

bool within(double value, double low, double high) { return value >= low && value <= high; }

Status check_pcan(const FrontEndSettings& settings) {
  if (!settings.noise_reduction_enable) {
    return Status::failure("pcan_enable needs noise_reduction_enable: it divides by its estimate");
  }
  const int32_t correction = bit_length(static_cast<uint32_t>(fft_size(settings))) - 1 - 6;
  if (!within(settings.pcan_gain_bits, 1, 31) ||
      settings.pcan_gain_bits - correction - kPcanSnrBits < 0) {
    return Status::failure("pcan_gain_bits must be from log2(FFT size) + 6 to 31");
  }
  if (!within(settings.noise_reduction_smoothing_bits - correction, 0, 31)) {
    return Status::failure("noise_reduction_smoothing_bits is too small for pcan_enable");
  }
  if (!(settings.pcan_offset > 0) || !(settings.pcan_strength > 0)) {
    return Status::failure("pcan_offset and pcan_strength must be above 0");
  }
  return Status::success();
}

}  // namespace

int32_t fft_size(const FrontEndSettings& settings) {
  int32_t size = kMinimumFftSize;
  while (size < settings.window_samples() && size < kMaximumFftSize) size *= 2;
  return size;
}

Status check_settings(const FrontEndSettings& settings) {
  if (!within(settings.sample_rate_hz, 1, 1000000)) {
    return Status::failure("sample_rate_hz must be from 1 to 1000000");
  }
  if (!within(settings.window_size_ms, 1, 2000) || !within(settings.window_step_ms, 1, 2000) ||
      !within(settings.sample_length_ms, 1, 600000)) {
    return Status::failure(
        "window_size_ms and window_step_ms must be from 1 to 2000, sample_length_ms to 600000");
  }
  if (settings.window_samples() > kMaximumFftSize) {
    return Status::failure("window_size_ms gives more than 8192 samples: make it shorter");
  }
  if (settings.window_samples() <= kMinimumFftSize / 2) {
    return Status::failure("window_size_ms gives fewer than 17 samples: make it longer");
  }
  if (settings.step_samples() < 1) {
    return Status::failure("window_step_ms gives no whole sample: make it longer");
  }
  if (settings.clip_samples() < settings.window_samples()) {
    return Status::failure("sample_length_ms must be at least window_size_ms");
  }
  if (!within(settings.filterbank_n_channels, 1, 1024)) {
    return Status::failure("filterbank_n_channels must be from 1 to 1024");
  }
  if (!(settings.filterbank_lower_band_limit >= 0.0F) ||
      !(settings.filterbank_upper_band_limit > settings.filterbank_lower_band_limit)) {
    return Status::failure(
        "filterbank_lower_band_limit must be at least 0 and below filterbank_upper_band_limit");
  }
  if (!(settings.filterbank_upper_band_limit <
        0.5 * static_cast<double>(settings.sample_rate_hz))) {
    return Status::failure("filterbank_upper_band_limit must be below half of sample_rate_hz");
  }
  if (end_bin(settings) > fft_size(settings) / 2) {
    return Status::failure("filterbank_upper_band_limit is too near to half of sample_rate_hz");
  }
  if (end_bin(settings) <= first_bin(settings)) {
    return Status::failure("no FFT bin lies between the filterbank's band limits");
  }
  if (!within(settings.noise_reduction_smoothing_bits, 0, 31)) {
    return Status::failure("noise_reduction_smoothing_bits must be from 0 to 31");
  }
  if (!within(settings.noise_reduction_even_smoothing, 0, 1) ||
      !within(settings.noise_reduction_odd_smoothing, 0, 1) ||
      !within(settings.noise_reduction_min_signal_remaining, 0, 1)) {
    return Status::failure(
        "noise_reduction_even_smoothing, _odd_smoothing and _min_signal_remaining must be from 0 "
        "to 1");
  }
  if (!within(settings.log_scale_shift, 0, 11)) {
    return Status::failure("log_scale_shift must be from 0 to 11");
  }
  if (!within(settings.activity_detection_alpha_a, 0, 1) ||
      !within(settings.activity_detection_alpha_b, 0, 1) ||
      !within(settings.activity_detection_arm_threshold, 0, 7.99) ||
      !within(settings.activity_detection_trip_threshold, 0, 7.99)) {
    return Status::failure(
        "activity_detection_alpha_a and _b must be from 0 to 1, the thresholds from 0 to 7.99");
  }
  if (!within(settings.dc_notch_filter_coefficient, 0, 0.9999)) {
    return Status::failure("dc_notch_filter_coefficient must be from 0 to 0.9999");
  }
  if (!within(settings.quantize_dynamic_scale_range_db, 0.1, 1000)) {
    return Status::failure("quantize_dynamic_scale_range_db must be from 0.1 to 1000");
  }
  return settings.pcan_enable ? check_pcan(settings) : Status::success();
}

size_t tables_memory(const FrontEndSettings& settings) {
  MemoryLayout layout(nullptr);
  const Arrays arrays(settings, layout);
  static_cast<void>(arrays);
  return layout.used();
}

Status build_tables(const FrontEndSettings& settings, void* memory, size_t size,
                    FrontEndTables& tables) {
  const Status status = check_settings(settings);
  if (!status.ok()) return status;
  if (memory == nullptr || size < tables_memory(settings)) {
    return Status::failure("the front end's tables need more memory, see tables_memory()");
  }
  MemoryLayout layout(memory);
  const Arrays arrays(settings, layout);
  tables.fft_size = fft_size(settings);
  tables.first_bin = first_bin(settings);
  tables.end_bin = end_bin(settings);
  tables.dc_notch_coefficient =
      static_cast<int16_t>(settings.dc_notch_filter_coefficient * 32768.0F);
  tables.even_smoothing = static_cast<uint16_t>(settings.noise_reduction_even_smoothing * 16384.0F);
  tables.odd_smoothing = static_cast<uint16_t>(settings.noise_reduction_odd_smoothing * 16384.0F);
  tables.min_signal_remaining =
      static_cast<uint16_t>(settings.noise_reduction_min_signal_remaining * 16384.0F);
  tables.activity_alpha_a = static_cast<int16_t>(settings.activity_detection_alpha_a * 256.0F);
  tables.activity_alpha_b = static_cast<int16_t>(settings.activity_detection_alpha_b * 256.0F);
  tables.activity_arm_threshold =
      static_cast<int16_t>(settings.activity_detection_arm_threshold * 4096.0F);
  tables.activity_trip_threshold =
      static_cast<int16_t>(settings.activity_detection_trip_threshold * 4096.0F);
  tables.correction_bits = bit_length(static_cast<uint32_t>(tables.fft_size)) - 1 - 6;
  compute_window(settings.window_samples(), arrays.window);
  compute_twiddles(tables.fft_size, arrays.twiddles, arrays.real_twiddles);
  compute_filterbank(settings, tables.first_bin, tables.end_bin, arrays.channel_ends,
                     arrays.weights, arrays.unweights);
  compute_log(arrays.log_fraction);
  if (settings.pcan_enable) {
    tables.pcan_snr_shift = settings.pcan_gain_bits - tables.correction_bits - kPcanSnrBits;
    compute_gain(settings, settings.noise_reduction_smoothing_bits - tables.correction_bits,
                 arrays.pcan_gain);
  }
  tables.window = arrays.window;
  tables.twiddles = arrays.twiddles;
  tables.real_twiddles = arrays.real_twiddles;
  tables.weights = arrays.weights;
  tables.unweights = arrays.unweights;
  tables.channel_ends = arrays.channel_ends;
  tables.pcan_gain = arrays.pcan_gain;
  tables.log_fraction = arrays.log_fraction;
  return Status::success();
}

}  // namespace stapes
