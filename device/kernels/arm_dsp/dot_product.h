#pragma once
#include "device/kernels/arm_dsp/intrinsics.h"

namespace stapes::arm_dsp {

struct Pair {
  int32_t first;
  int32_t second;
};

// reference::dot_product() of the same activations with two rows of weights, of which the second
// lies `row_step` bytes behind the first. The activations are widened once for both.
inline Pair dot_products(const int8_t* activations, int32_t offset, const int8_t* weights,
                         int32_t row_step, int32_t count) {
  const int32_t offsets = both_lanes(offset);
  Pair sums = {0, 0};
  const int8_t* const end = activations + (count & ~3);
  const auto add = [&](int32_t word, int32_t first, int32_t second) {
    const int32_t even = even_bytes_plus(offsets, word);
    const int32_t odd = odd_bytes_plus(offsets, word);
    sums.first = __smlad(even, even_bytes(first), sums.first);
    sums.second = __smlad(even, even_bytes(second), sums.second);
    sums.first = __smlad(odd, odd_bytes(first), sums.first);
    sums.second = __smlad(odd, odd_bytes(second), sums.second);
  };
#pragma GCC unroll 4
  for (; activations != end; activations += 4, weights += 4) {
    add(load_word(activations), load_word(weights), load_word(weights + row_step));
  }
  const int32_t rest = count & 3;
  if (rest > 0) {  // where the weights are 0, the offset does not count
    add(load_part(activations, rest), load_part(weights, rest),
        load_part(weights + row_step, rest));
  }
  return sums;
}

// The dot products with `rows` rows of `count` weights, one behind the other: use(row, sum).
template <typename Use>
void for_each_dot_product(const int8_t* activations, int32_t offset, const int8_t* weights,
                          int32_t rows, int32_t count, const Use& use) {
  int32_t row = 0;
  for (; row + 2 <= rows; row += 2) {
    const Pair sums = dot_products(activations, offset, weights, count, count);
    use(row, sums.first);
    use(row + 1, sums.second);
    weights += 2 * count;
  }
  if (row < rows) use(row, dot_products(activations, offset, weights, 0, count).first);
}

}  // namespace stapes::arm_dsp
