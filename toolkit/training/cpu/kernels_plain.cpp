#define STAPES_VECTOR 4
#define STAPES_NAME "plain"
#define STAPES_KERNELS plain_kernels
#include "toolkit/training/cpu/kernels.inc"
