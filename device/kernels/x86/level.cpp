#include "device/kernels/x86/level.h"

#include <stdlib.h>  // getenv: this file is of the PC only

#include <cstring>

namespace stapes::x86 {
namespace {

Level highest_allowed() {
  const char* name = getenv("STAPES_INSTRUCTIONS");
  if (name == nullptr) return Level::kAvx512Vnni;
  if (std::strcmp(name, "plain") == 0) return Level::kPlain;
  if (std::strcmp(name, "avx2") == 0) return Level::kAvx2;
  return Level::kAvx512Vnni;
}

Level choose() {
  const Level highest = highest_allowed();
  if (highest >= Level::kAvx512Vnni && has(Level::kAvx512Vnni)) return Level::kAvx512Vnni;
  if (highest >= Level::kAvx2 && has(Level::kAvx2)) return Level::kAvx2;
  return Level::kPlain;
}

}  // namespace

bool has(Level level) {
#if defined(__x86_64__)
  switch (level) {
    case Level::kPlain:
      return true;
    case Level::kAvx2:
      return __builtin_cpu_supports("avx2") != 0;
    case Level::kAvx512Vnni:
      return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
             __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
             __builtin_cpu_supports("avx512vnni") != 0;
  }
#endif
  return level == Level::kPlain;
}

Level level() {
  static const Level kLevel = choose();
  return kLevel;
}

}  // namespace stapes::x86
