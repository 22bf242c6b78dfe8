#if defined(__x86_64__)
#include "device/kernels/x86/avx2/layer_norm_lstm.h"

#include "device/kernels/x86/avx2.h"
#include "device/kernels/x86/layer_norm_lstm_body.h"
#endif
