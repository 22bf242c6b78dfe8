#if defined(__x86_64__)
#include "device/kernels/x86/avx512/quantize.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/quantize_body.h"
#endif
