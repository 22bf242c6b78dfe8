#include "device/kernels/x86/lstm.h"

#include "device/kernels/x86/avx2/lstm.h"
#include "device/kernels/x86/avx512/lstm.h"
#include "device/kernels/x86/level.h"

namespace stapes::x86 {

void lstm(const reference::LstmParameters& parameters, const reference::LstmGate (&gates)[4],
          const int8_t* input, int8_t* hidden, int16_t* cell, int8_t* output, int16_t* scratch) {
  at_level(avx512::lstm, avx2::lstm, reference::lstm)(parameters, gates, input, hidden, cell,
                                                      output, scratch);
}

}  // namespace stapes::x86
