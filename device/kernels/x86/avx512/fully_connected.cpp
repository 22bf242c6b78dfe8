#if defined(__x86_64__)
#include "device/kernels/x86/avx512/fully_connected.h"

#include "device/kernels/x86/avx512.h"
#include "device/kernels/x86/fully_connected_body.h"
#endif
