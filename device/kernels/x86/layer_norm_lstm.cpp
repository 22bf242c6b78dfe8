#include "device/kernels/x86/layer_norm_lstm.h"

#include "device/kernels/x86/avx2/layer_norm_lstm.h"
#include "device/kernels/x86/avx512/layer_norm_lstm.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void layer_norm_lstm(const reference::LstmParameters& parameters,
                     const reference::LstmGate (&gates)[4],
                     const reference::LstmNormalization* normalizations, const int8_t* input,
                     int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  at_level(avx512::layer_norm_lstm, avx2::layer_norm_lstm, reference::layer_norm_lstm)(
      parameters, gates, normalizations, input, hidden, cell, output, scratch);
}

}  // namespace stapes::x86
