#include "device/frontend/kernels.h"

#include "device/frontend/filterbank.h"
#include "device/frontend/square_root.h"
#include "device/frontend/window.h"
#if defined(__x86_64__)
#include "device/frontend/x86/avx2.h"
#elif defined(__ARM_FEATURE_DSP)
#include "device/frontend/arm_dsp/fft.h"
#include "device/frontend/arm_dsp/loops.h"
#if defined(__ARM_FEATURE_MVE)
#include "device/frontend/arm_mve/fft.h"
#include "device/frontend/arm_mve/loops.h"
#endif
#endif

namespace stapes {

const FrontEndKernels& plain_front_end_kernels() {
  static constexpr FrontEndKernels kKernels = {
      "plain", dc_notch, apply_window, real_fft, bin_energies, filterbank, channel_magnitudes,
  };
  return kKernels;
}

const FrontEndKernels& best_front_end_kernels() {
#if defined(__x86_64__)
  static constexpr FrontEndKernels kAvx2 = {
      "AVX2",
      avx2::dc_notch,
      avx2::apply_window,
      avx2::real_fft,
      avx2::bin_energies,
      avx2::filterbank,
      avx2::channel_magnitudes,
  };
  if (__builtin_cpu_supports("avx2") != 0) return kAvx2;
#elif defined(__ARM_FEATURE_MVE) && defined(__ARM_FP)
  static constexpr FrontEndKernels kHelium = {
      "Helium",
      dc_notch,
      arm_mve::apply_window,
      arm_mve::real_fft,
      arm_mve::bin_energies,
      arm_dsp::filterbank,
      arm_dsp::channel_magnitudes,
  };
  return kHelium;
#elif defined(__ARM_FEATURE_DSP)
  static constexpr FrontEndKernels kDsp = {
    "DSP extension",
    dc_notch,
    arm_dsp::apply_window,
    arm_dsp::real_fft,
    arm_dsp::bin_energies,
    arm_dsp::filterbank,
#if defined(__ARM_FP)
    arm_dsp::channel_magnitudes,
#else
    channel_magnitudes,
#endif
  };
  return kDsp;
#endif
  return plain_front_end_kernels();
}

}  // namespace stapes
