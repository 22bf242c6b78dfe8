#if defined(__x86_64__)
#include "device/kernels/x86/avx512/layer_norm_lstm.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/layer_norm_lstm_body.h"
#endif
