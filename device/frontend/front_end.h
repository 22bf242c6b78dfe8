#pragma once
#include <cstddef>
#include <cstdint>

#include "device/frontend/activity_detection.h"
#include "device/frontend/dc_notch.h"
#include "device/frontend/kernels.h"
#include "device/frontend/settings.h"
#include "device/frontend/tables.h"
#include "device/status.h"

namespace stapes {

// The audio front end: 16-bit PCM in, a row of the spectrogram for every step of the window out.
//
//   alignas(32) static uint8_t memory[16 * 1024];
//   FrontEnd front_end;
//   Status status = front_end.initialize(settings, memory, sizeof(memory));
//   if (!status.ok()) return status;
//   for (;;) {
//     read_microphone(samples, 160);  // any number of samples
//     front_end.process(samples, 160, [&](const uint16_t* row) { spectrogram.append(row); });
//   }
//
// All arithmetic after initialize() is in integers, and every value equals the one that the
// reference front end computes on a PC (docs/frontend.md). The first row comes with the first
// window_samples() samples, each further row with the next step_samples(). How the samples are cut
// into calls makes no difference.
//
// No heap: the caller owns the memory, which must outlive the front end. Two instances may be used
// from two threads, one may not.
class FrontEnd {
 public:
  // Bytes that initialize() needs, 0 for settings that it would refuse.
  static size_t required_memory(const FrontEndSettings& settings);

  // Computes the tables into `memory` and resets. Fails if a setting is out of range (the message
  // names it) or if the memory is too small. `memory` must be aligned to kTableAlignment.
  Status initialize(const FrontEndSettings& settings, void* memory, size_t size);

  // The same with tables that exist already (in flash, made for the same settings). Needs
  // required_memory_without_tables() bytes. REQUIRES: check_settings(settings) is ok; whoever made
  // the tables knows, and the device is spared the mathematics of the check.
  static size_t required_memory_without_tables(const FrontEndSettings& settings);
  Status initialize(const FrontEndSettings& settings, const FrontEndTables& tables, void* memory,
                    size_t size);

  // Other loops than the processor's best, for tests and measurements; before the first sample.
  void use_kernels(const FrontEndKernels& kernels) { kernels_ = &kernels; }

  // Forgets all samples, the noise estimate and the state of the filters.
  void reset();

  // Takes samples until a row is complete or none is left, and returns how many it took. If a row
  // is complete, *row points to its `channels()` values, which are valid until the next call; else
  // *row is null.
  int32_t take(const int16_t* samples, int32_t count, const uint16_t** row);

  // Calls on_row(const uint16_t*) for every row that these samples complete.
  template <typename OnRow>
  void process(const int16_t* samples, int32_t count, OnRow&& on_row) {
    while (count > 0) {
      const uint16_t* row = nullptr;
      const int32_t taken = take(samples, count, &row);
      samples += taken;
      count -= taken;
      if (row != nullptr) on_row(row);
    }
  }

  // Whether sound began since the last call (with activity_detection_enable).
  bool activity_was_detected();

  int32_t channels() const { return settings_.filterbank_n_channels; }
  const FrontEndSettings& settings() const { return settings_; }
  const FrontEndTables& tables() const { return tables_; }

  // What the blocks computed for the last row, to look into the front end.
  struct Stages {
    const int16_t* windowed = nullptr;  // [window samples]
    int32_t input_shift = 0;
    const int16_t* spectrum = nullptr;          // [fft_size / 2 + 1][2]
    const int32_t* energies = nullptr;          // [end_bin - first_bin]
    const uint64_t* channel_sums = nullptr;     // [channels]
    const uint32_t* noise_estimates = nullptr;  // [channels], if noise reduction is on
  };
  const Stages& stages() const { return stages_; }
  const ActivityDetection& activity() const { return activity_; }

 private:
  void compute_row();

  FrontEndSettings settings_;
  FrontEndTables tables_;
  // Chosen by initialize() and not here: a global front end must need no static constructor.
  const FrontEndKernels* kernels_ = nullptr;
  int32_t window_samples_ = 0;
  int32_t step_samples_ = 0;
  int32_t filled_ = 0;  // samples in samples_
  int32_t skip_ = 0;    // samples to pass over before the next window (a step longer than a window)
  DcNotch notch_;
  ActivityDetection activity_;
  Stages stages_;
  int16_t* samples_ = nullptr;      // [window samples]
  int16_t* windowed_ = nullptr;     // [fft_size], zeros behind the window
  int16_t* spectrum_ = nullptr;     // [fft_size + 2]
  int32_t* energies_ = nullptr;     // [end_bin - first_bin]
  uint64_t* sums_ = nullptr;        // [channels]
  uint32_t* magnitudes_ = nullptr;  // [channels]
  uint32_t* estimates_ = nullptr;   // [channels]
  uint16_t* row_ = nullptr;         // [channels]
};

}  // namespace stapes
