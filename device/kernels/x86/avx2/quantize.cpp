#if defined(__x86_64__)
#include "device/kernels/x86/avx2/quantize.h"

#include "device/kernels/x86/avx2.h"
#include "device/kernels/x86/quantize_body.h"
#endif
