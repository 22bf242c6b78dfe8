#include "device/kernels/x86/extended_lstm.h"

#include "device/kernels/x86/avx2/extended_lstm.h"
#include "device/kernels/x86/avx512/extended_lstm.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {
namespace {

template <typename Hidden>
using Kernel = void(const reference::ExtendedLstmParameters& parameters,
                    const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                    Hidden* hidden, int16_t* cell, int8_t* output, int16_t* scratch);

}  // namespace

void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                   const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                   int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  at_level<Kernel<int8_t>>(avx512::extended_lstm, avx2::extended_lstm, reference::extended_lstm)(
      parameters, gates, input, hidden, cell, output, scratch);
}

void extended_lstm(const reference::ExtendedLstmParameters& parameters,
                   const reference::ExtendedLstmGate (&gates)[4], const int8_t* input,
                   int16_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  at_level<Kernel<int16_t>>(avx512::extended_lstm, avx2::extended_lstm, reference::extended_lstm)(
      parameters, gates, input, hidden, cell, output, scratch);
}

}  // namespace stapes::x86
