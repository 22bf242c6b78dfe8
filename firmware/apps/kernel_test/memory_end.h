#pragma once
#include <cstdint>
#include <cstring>

// Where the board's memory ends, reading one byte further on is a fault. Inputs are put right
// there, so that a kernel that reads behind them is found out. Two places, from board.cmake; on a
// board that names none, inputs stay where they are.
namespace stapes::firmware {

#if defined(STAPES_FIRST_MEMORY_END)
inline const int8_t* before(uintptr_t end, const int8_t* bytes, int32_t count) {
  auto* const to = reinterpret_cast<int8_t*>(end) - count;
  std::memcpy(to, bytes, static_cast<size_t>(count));
  return to;
}
inline const int8_t* at_first_end(const int8_t* bytes, int32_t count) {
  return before(STAPES_FIRST_MEMORY_END, bytes, count);
}
inline const int8_t* at_second_end(const int8_t* bytes, int32_t count) {
  return before(STAPES_SECOND_MEMORY_END, bytes, count);
}
#else
inline const int8_t* at_first_end(const int8_t* bytes, int32_t /*count*/) { return bytes; }
inline const int8_t* at_second_end(const int8_t* bytes, int32_t /*count*/) { return bytes; }
#endif

}  // namespace stapes::firmware
