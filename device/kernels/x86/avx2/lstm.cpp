#if defined(__x86_64__)
#include "device/kernels/x86/avx2/lstm.h"

#include "device/kernels/x86/avx2.h"
#include "device/kernels/x86/lstm_body.h"
#endif
