#if defined(__x86_64__)
#include "device/kernels/x86/avx512/elementwise.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/elementwise_body.h"
#endif
