#if defined(__x86_64__)
#include "device/kernels/x86/avx2/pool_2d.h"

#include "device/kernels/x86/avx2.h"
#include "device/kernels/x86/pool_2d_body.h"
#endif
