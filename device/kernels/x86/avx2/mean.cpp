#if defined(__x86_64__)
#include "device/kernels/x86/avx2/mean.h"

#include "device/kernels/x86/avx2.h"
#include "device/kernels/x86/mean_body.h"
#endif
