#if defined(__x86_64__)
#define STAPES_VECTOR 16
#define STAPES_NAME "AVX-512"
#define STAPES_KERNELS avx512_kernels
#include "toolkit/training/cpu/kernels.inc"
#endif
