#pragma once
#include "device/kernels/arm_dsp/intrinsics.h"

// Activations widened to int16_t, with their offset added and doubled (requantization.h), to be
// multiplied with many rows of weights.
namespace stapes::arm_dsp {

// Where a column goes. With `pixels` columns at once, a group of four elements is {0, 2} of every
// pixel, then {1, 3} of every pixel.
struct ColumnWriter {
  int32_t* words;
  int32_t pixels;
  int32_t offsets;  // {offset, offset}

  void group(int32_t word) {
    const int32_t even = even_bytes_plus(offsets, word);
    const int32_t odd = odd_bytes_plus(offsets, word);
    words[0] = __sadd16(even, even);
    words[pixels] = __sadd16(odd, odd);
    words += 2 * pixels;
  }
  // `count` elements; a rest behind the last whole group comes first. The weights behind the rest
  // are read as 0, so that the elements may be anything.
  void values(const int8_t* values, int32_t count) {
    const int32_t whole = count & ~3;
    if (whole < count) group(load_part(values + whole, count - whole));
    ColumnWriter writer = *this;  // in registers
#pragma GCC unroll 5
    for (const int8_t* end = values + whole; values != end; values += 4) {
      writer.group(load_word(values));
    }
    words = writer.words;
  }
  // Elements outside the input. REQUIRES: count % 4 == 0.
  void padding(int32_t count) {
    for (; count > 0; count -= 4) {
      words[0] = 0;
      words[pixels] = 0;
      words += 2 * pixels;
    }
  }
};

// One column's products with `count` weights, added to `sum`.
inline int32_t multiply_column(const int32_t* column, const int8_t* weights, int32_t count,
                               int32_t sum) {
  const auto add = [&](int32_t word) {
    sum = __smlad(even_bytes(word), column[0], sum);
    sum = __smlad(odd_bytes(word), column[1], sum);
    column += 2;
  };
  const int32_t whole = count & ~3;
  if (whole < count) add(load_part(weights + whole, count - whole));
#pragma GCC unroll 5
  for (const int8_t* end = weights + whole; weights != end; weights += 4) add(load_word(weights));
  return sum;
}

// The same for four rows of weights, `count` bytes each, one behind the other.
void multiply_column_by_four(const int32_t* column, const int8_t* weights, int32_t count,
                             int32_t (&sums)[4]);

}  // namespace stapes::arm_dsp
