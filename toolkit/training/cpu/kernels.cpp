#include "toolkit/training/cpu/kernels.h"

#include <vector>

namespace stapes::training::cpu {

const Kernels& plain_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

std::span<const Kernels> kernels() {
  static const std::vector<Kernels> all = [] {
    std::vector<Kernels> found{plain_kernels()};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
      found.push_back(avx2_kernels());
      if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
          __builtin_cpu_supports("avx512vl") != 0) {
        found.push_back(avx512_kernels());
      }
    }
#endif
    return found;
  }();
  return all;
}

}  // namespace stapes::training::cpu
