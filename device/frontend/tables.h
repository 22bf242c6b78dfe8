#pragma once
#include <cstddef>
#include <cstdint>

#include "device/frontend/settings.h"
#include "device/status.h"

namespace stapes {

// Everything of the front end that depends on the settings only. The pointers may lead into RAM
// (build_tables) or into flash (constants written by a code generator); nothing writes to them.
struct FrontEndTables {
  int32_t fft_size = 0;   // power of two, 32 … 8192
  int32_t first_bin = 0;  // bins first_bin … end_bin-1 enter the filterbank; never 0 (DC)
  int32_t end_bin = 0;
  int16_t dc_notch_coefficient = 0;     // Q15
  uint16_t even_smoothing = 0;          // Q14
  uint16_t odd_smoothing = 0;           // Q14
  uint16_t min_signal_remaining = 0;    // Q14
  int16_t activity_alpha_a = 0;         // Q8
  int16_t activity_alpha_b = 0;         // Q8
  int16_t activity_arm_threshold = 0;   // Q12
  int16_t activity_trip_threshold = 0;  // Q12
  int32_t pcan_snr_shift = 0;
  int32_t correction_bits = 0;             // log2(fft_size) - 6, what the FFT's scaling took away
  const int16_t* window = nullptr;         // [window samples], Q12
  const int16_t* twiddles = nullptr;       // complex FFT, Q15, see fft.h
  const int16_t* real_twiddles = nullptr;  // [fft_size / 4][2], Q15, see fft.h
  const int16_t* weights = nullptr;        // [end_bin - first_bin], Q12
  const int16_t* unweights = nullptr;      // [end_bin - first_bin], Q12
  const int16_t* channel_ends = nullptr;   // [channels + 1]: the bin after the channel's last
  const int16_t* pcan_gain = nullptr;      // [kPcanTableSize] if PCAN is on, see pcan.h
  const uint16_t* log_fraction = nullptr;  // [kLogTableSize], see log_scale.h
};

// Whether the front end can work with these settings; the message names the setting.
Status check_settings(const FrontEndSettings& settings);

// Smallest power of two that holds a window.
int32_t fft_size(const FrontEndSettings& settings);

// Bytes that build_tables needs. REQUIRES: check_settings is ok.
size_t tables_memory(const FrontEndSettings& settings);

// Computes the tables into `memory` (aligned to kTableAlignment, `size` bytes). Tables are computed
// in float32 where the reference does, so that every entry is equal.
constexpr size_t kTableAlignment = 32;
Status build_tables(const FrontEndSettings& settings, void* memory, size_t size,
                    FrontEndTables& tables);

}  // namespace stapes
