#include "device/kernels/reference/strided_copy.h"

namespace stapes::reference {
namespace {

template <typename Element>
void copy_elements(const StridedCopy& copy, const Element* input, Element* output) {
  const int32_t inner = copy.axes - 1;
  const int32_t length = copy.extent[inner];
  const int32_t step = copy.stride[inner];
  int32_t position[kMaximumAxes] = {};
  while (true) {
    int32_t start = copy.start;
    for (int32_t axis = 0; axis < inner; ++axis) start += position[axis] * copy.stride[axis];
    for (int32_t k = 0; k < length; ++k) *output++ = input[start + k * step];
    int32_t axis = inner - 1;
    for (; axis >= 0 && ++position[axis] == copy.extent[axis]; --axis) position[axis] = 0;
    if (axis < 0) return;
  }
}

}  // namespace

void strided_copy(const StridedCopy& copy, int32_t element_bytes, const void* input, void* output) {
  switch (element_bytes) {
    case 1:
      return copy_elements(copy, static_cast<const uint8_t*>(input), static_cast<uint8_t*>(output));
    case 2:
      return copy_elements(copy, static_cast<const uint16_t*>(input),
                           static_cast<uint16_t*>(output));
    case 4:
      return copy_elements(copy, static_cast<const uint32_t*>(input),
                           static_cast<uint32_t*>(output));
    default:
      return copy_elements(copy, static_cast<const uint64_t*>(input),
                           static_cast<uint64_t*>(output));
  }
}

}  // namespace stapes::reference
