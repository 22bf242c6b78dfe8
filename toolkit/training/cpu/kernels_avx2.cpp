#if defined(__x86_64__)
#define STAPES_VECTOR 8
#define STAPES_NAME "AVX2"
#define STAPES_KERNELS avx2_kernels
#include "toolkit/training/cpu/kernels.inc"
#endif
