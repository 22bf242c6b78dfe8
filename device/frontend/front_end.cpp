#include "device/frontend/front_end.h"

#include <cstring>

#include "device/frontend/fft.h"
#include "device/frontend/filterbank.h"
#include "device/frontend/log_scale.h"
#include "device/frontend/memory_layout.h"
#include "device/frontend/noise_reduction.h"
#include "device/frontend/pcan.h"
#include "device/frontend/square_root.h"
#include "device/frontend/window.h"

namespace stapes {
namespace {

struct Buffers {
  Buffers(const FrontEndSettings& settings, MemoryLayout& layout)
      : samples(layout.take<int16_t>(settings.window_samples())),
        windowed(layout.take<int16_t>(fft_size(settings))),
        spectrum(layout.take<int16_t>(fft_size(settings) + 2)),
        energies(layout.take<int32_t>(fft_size(settings) / 2)),
        sums(layout.take<uint64_t>(settings.filterbank_n_channels)),
        magnitudes(layout.take<uint32_t>(settings.filterbank_n_channels)),
        estimates(layout.take<uint32_t>(settings.filterbank_n_channels)),
        row(layout.take<uint16_t>(settings.filterbank_n_channels)) {}

  int16_t* samples;
  int16_t* windowed;
  int16_t* spectrum;
  int32_t* energies;
  uint64_t* sums;
  uint32_t* magnitudes;
  uint32_t* estimates;
  uint16_t* row;
};

size_t rounded_up(size_t size) {
  return (size + MemoryLayout::kAlignment - 1) / MemoryLayout::kAlignment *
         MemoryLayout::kAlignment;
}

}  // namespace

size_t FrontEnd::required_memory_without_tables(const FrontEndSettings& settings) {
  MemoryLayout layout(nullptr);
  const Buffers buffers(settings, layout);
  static_cast<void>(buffers);
  return layout.used();
}

size_t FrontEnd::required_memory(const FrontEndSettings& settings) {
  if (!check_settings(settings).ok()) return 0;
  return rounded_up(required_memory_without_tables(settings)) + tables_memory(settings);
}

Status FrontEnd::initialize(const FrontEndSettings& settings, void* memory, size_t size) {
  Status status = check_settings(settings);
  if (!status.ok()) return status;
  if (memory == nullptr || size < required_memory(settings)) {
    return Status::failure("the front end needs more memory, see FrontEnd::required_memory()");
  }
  const size_t buffers = rounded_up(required_memory_without_tables(settings));
  FrontEndTables tables;
  status = build_tables(settings, static_cast<uint8_t*>(memory) + buffers, size - buffers, tables);
  if (!status.ok()) return status;
  return initialize(settings, tables, memory, buffers);
}

Status FrontEnd::initialize(const FrontEndSettings& settings, const FrontEndTables& tables,
                            void* memory, size_t size) {
  if (memory == nullptr || size < required_memory_without_tables(settings)) {
    return Status::failure("the front end needs more memory, see FrontEnd::required_memory()");
  }
  if (reinterpret_cast<uintptr_t>(memory) % MemoryLayout::kAlignment != 0) {
    return Status::failure("the front end's memory must be aligned to kTableAlignment");
  }
  MemoryLayout layout(memory);
  const Buffers buffers(settings, layout);
  if (kernels_ == nullptr) kernels_ = &best_front_end_kernels();
  settings_ = settings;
  tables_ = tables;
  window_samples_ = settings.window_samples();
  step_samples_ = settings.step_samples();
  samples_ = buffers.samples;
  windowed_ = buffers.windowed;
  spectrum_ = buffers.spectrum;
  energies_ = buffers.energies;
  sums_ = buffers.sums;
  magnitudes_ = buffers.magnitudes;
  estimates_ = buffers.estimates;
  row_ = buffers.row;
  std::memset(windowed_, 0, static_cast<size_t>(tables_.fft_size) * sizeof(int16_t));
  stages_ = {windowed_, 0, spectrum_, energies_, sums_, estimates_};
  reset();
  return Status::success();
}

void FrontEnd::reset() {
  filled_ = 0;
  skip_ = 0;
  notch_ = DcNotch();
  activity_ = ActivityDetection();
  if (estimates_ != nullptr) {
    std::memset(estimates_, 0, static_cast<size_t>(channels()) * sizeof(uint32_t));
  }
}

int32_t FrontEnd::take(const int16_t* samples, int32_t count, const uint16_t** row) {
  *row = nullptr;
  // The samples of the last row's window that the next one does not contain. (Not done at the end
  // of the previous call, so that what stages() shows is still there.)
  if (filled_ == window_samples_) {
    const int32_t kept = step_samples_ < window_samples_ ? window_samples_ - step_samples_ : 0;
    std::memmove(samples_, samples_ + (window_samples_ - kept),
                 static_cast<size_t>(kept) * sizeof(int16_t));
    filled_ = kept;
    skip_ = step_samples_ - (window_samples_ - kept);
  }
  int32_t taken = 0;
  while (taken < count && filled_ < window_samples_) {
    // Samples between two windows only pass through the filter, at a place that is overwritten.
    const int32_t room =
        skip_ > 0 ? (skip_ < window_samples_ ? skip_ : window_samples_) : window_samples_ - filled_;
    const int32_t part = count - taken < room ? count - taken : room;
    int16_t* to = samples_ + filled_;
    if (settings_.dc_notch_filter_enable) {
      kernels_->dc_notch(tables_.dc_notch_coefficient, samples + taken, part, notch_, to);
    } else {
      std::memcpy(to, samples + taken, static_cast<size_t>(part) * sizeof(int16_t));
    }
    taken += part;
    if (skip_ > 0) {
      skip_ -= part;
    } else {
      filled_ += part;
    }
  }
  if (filled_ == window_samples_) {
    compute_row();
    *row = row_;
  }
  return taken;
}

void FrontEnd::compute_row() {
  const int16_t greatest =
      kernels_->apply_window(tables_.window, samples_, window_samples_, windowed_);
  const int32_t shift = input_shift(greatest);
  stages_.input_shift = shift;
  kernels_->real_fft({tables_.fft_size, tables_.twiddles, tables_.real_twiddles}, windowed_, shift,
                     spectrum_);
  kernels_->bin_energies(spectrum_, tables_.first_bin, tables_.end_bin, energies_);
  kernels_->filterbank(energies_, tables_.first_bin, tables_.weights, tables_.unweights,
                       tables_.channel_ends, channels(), sums_);
  kernels_->channel_magnitudes(sums_, channels(), shift, magnitudes_);
  if (settings_.activity_detection_enable) {
    detect_activity({tables_.activity_alpha_a, tables_.activity_alpha_b,
                     tables_.activity_arm_threshold, tables_.activity_trip_threshold},
                    magnitudes_, channels(), activity_);
  }
  if (settings_.noise_reduction_enable) {
    reduce_noise({settings_.noise_reduction_smoothing_bits, tables_.even_smoothing,
                  tables_.odd_smoothing, tables_.min_signal_remaining},
                 channels(), estimates_, magnitudes_);
    if (settings_.pcan_enable) {
      apply_pcan(tables_.pcan_gain, tables_.pcan_snr_shift, estimates_, channels(), magnitudes_);
    }
  }
  if (settings_.log_scale_enable) {
    log_scale(tables_.log_fraction, settings_.log_scale_shift, tables_.correction_bits, magnitudes_,
              channels(), row_);
  } else {
    saturate(magnitudes_, channels(), row_);
  }
}

bool FrontEnd::activity_was_detected() {
  const bool detected = activity_.tripped;
  activity_.tripped = false;
  return detected;
}

}  // namespace stapes
