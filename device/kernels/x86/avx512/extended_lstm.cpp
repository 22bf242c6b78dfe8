#if defined(__x86_64__)
#include "device/kernels/x86/avx512/extended_lstm.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/extended_lstm_body.h"
#endif
