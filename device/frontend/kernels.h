#pragma once
#include <cstdint>

#include "device/frontend/dc_notch.h"
#include "device/frontend/fft.h"

namespace stapes {

// The loops in which the front end spends its time, so that versions with a processor's vector
// instructions can take the place of the plain ones. The plain ones are the law: any other gives
// the same bits for any input. Each does what the function of its name does.
struct FrontEndKernels {
  const char* name;
  void (*dc_notch)(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
                   int16_t* output);
  int16_t (*apply_window)(const int16_t* coefficients, const int16_t* samples, int32_t count,
                          int16_t* output);
  void (*real_fft)(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum);
  void (*bin_energies)(const int16_t* spectrum, int32_t first_bin, int32_t end_bin,
                       int32_t* energies);
  void (*filterbank)(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                     const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                     uint64_t* sums);
  void (*channel_magnitudes)(const uint64_t* sums, int32_t channels, int32_t shift,
                             uint32_t* output);
};

const FrontEndKernels& plain_front_end_kernels();

// The fastest for the processor that the program runs on.
const FrontEndKernels& best_front_end_kernels();

}  // namespace stapes
