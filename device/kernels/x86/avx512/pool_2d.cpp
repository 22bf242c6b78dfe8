#if defined(__x86_64__)
#include "device/kernels/x86/avx512/pool_2d.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/pool_2d_body.h"
#endif
