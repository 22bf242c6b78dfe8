#pragma once
#include <cstdint>

namespace stapes::reference {

// The taps [first, last) of a window that fall inside the input, along one axis, when tap 0 falls
// on input position `origin` (which may be negative) and tap t on origin + t * dilation.
struct Taps {
  int32_t first;
  int32_t last;
};

inline Taps taps_inside(int32_t origin, int32_t dilation, int32_t filter, int32_t input) {
  Taps taps = {0, filter};
  if (origin < 0) taps.first = (-origin + dilation - 1) / dilation;
  const int32_t reachable = input - origin;  // tap t is inside when t * dilation < reachable
  const int32_t end = reachable <= 0 ? 0 : (reachable + dilation - 1) / dilation;
  if (end < taps.last) taps.last = end;
  if (taps.first > taps.last) taps.first = taps.last;
  return taps;
}

}  // namespace stapes::reference
