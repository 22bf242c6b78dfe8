#if defined(__x86_64__)
#include "device/kernels/x86/avx512/lstm.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/lstm_body.h"
#endif
