#if defined(__x86_64__)
#include "device/kernels/x86/avx512/conv_2d.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/conv_2d_body.h"
#endif
