#if defined(__x86_64__)
#include "device/kernels/x86/avx512/mean.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/mean_body.h"
#endif
