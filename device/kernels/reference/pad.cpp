#include "device/kernels/reference/pad.h"

#include <cstring>

namespace stapes::reference {
namespace {

// Fills `count` elements; little-endian, as .tflite files are.
uint8_t* fill(uint8_t* output, int32_t count, int32_t element_bytes, uint64_t value) {
  for (int32_t i = 0; i < count; ++i, output += element_bytes) {
    std::memcpy(output, &value, static_cast<size_t>(element_bytes));
  }
  return output;
}

}  // namespace

void pad(const Padded& padded, int32_t element_bytes, uint64_t value, const void* input,
         void* output) {
  const auto* from = static_cast<const uint8_t*>(input);
  auto* to = static_cast<uint8_t*>(output);
  const int32_t inner = padded.axes - 1;
  const auto row_bytes =
      static_cast<size_t>(padded.input_extent[inner]) * static_cast<size_t>(element_bytes);
  const int32_t row = padded.before[inner] + padded.input_extent[inner] + padded.after[inner];
  int32_t position[kMaximumAxes] = {};  // in the output, of the rows along the last axis
  while (true) {
    bool inside = true;
    for (int32_t axis = 0; axis < inner; ++axis) {
      const int32_t own = position[axis] - padded.before[axis];
      inside = inside && own >= 0 && own < padded.input_extent[axis];
    }
    if (inside) {
      to = fill(to, padded.before[inner], element_bytes, value);
      std::memcpy(to, from, row_bytes);
      from += row_bytes;
      to = fill(to + row_bytes, padded.after[inner], element_bytes, value);
    } else {
      to = fill(to, row, element_bytes, value);
    }
    int32_t axis = inner - 1;
    for (; axis >= 0; --axis) {
      const int32_t extent = padded.before[axis] + padded.input_extent[axis] + padded.after[axis];
      if (++position[axis] < extent) break;
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}

}  // namespace stapes::reference
