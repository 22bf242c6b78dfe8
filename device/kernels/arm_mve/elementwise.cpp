#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/elementwise.h"

#include <cstring>

#include "device/kernels/arm_mve/requantization.h"
#include "device/kernels/broadcast.h"

namespace stapes::arm_mve {
namespace {

using reference::ElementwiseParameters;

constexpr int32_t kLanes = 4;

// An input on its way to the common scale: multiply((value + offset) << left_shift, multiplier).
class Scaled {
 public:
  // 1/2 is taken as 1/4 of twice as much, which has a shift, and which is rounded nowhere either.
  // (The shifts to the left leave room for one more.)
  Scaled(int32_t offset, int32_t left_shift, reference::Multiplier multiplier) {
    if (is_half(multiplier)) {
      multiplier.shift -= 1;
      left_shift += 1;
    }
    factor_ = vdupq_n_s32(1 << left_shift);
    offset_ = offset * (1 << left_shift);
    multiplier_ = multiplier;
  }

  static bool is_half(const reference::Multiplier& multiplier) {
    return multiplier.value == 1 << 30 && multiplier.shift == 0;
  }
  static bool is_possible(const reference::Multiplier& multiplier) {
    return is_fast(multiplier) || is_half(multiplier);
  }

  int32x4_t operator()(int32x4_t value) const {
    return multiply_fast(vmlasq_n_s32(value, factor_, offset_), multiplier_);
  }

 private:
  int32x4_t factor_;
  int32_t offset_;
  reference::Multiplier multiplier_;
};

// The same for a multiplier of 1/2, which the input with the larger scale has.
class Halved {
 public:
  Halved(int32_t offset, int32_t left_shift)
      : factor_(vdupq_n_s32(1 << (left_shift - 1))), offset_(offset * (1 << (left_shift - 1))) {}

  int32x4_t operator()(int32x4_t value) const { return vmlasq_n_s32(value, factor_, offset_); }

 private:
  int32x4_t factor_;
  int32_t offset_;
};

// value + offset.
class Shifted {
 public:
  explicit Shifted(int32_t offset) : offset_(offset) {}
  int32x4_t operator()(int32x4_t value) const { return vaddq_n_s32(value, offset_); }

 private:
  int32_t offset_;
};

struct Sum {
  int32x4_t operator()(int32x4_t a, int32x4_t b) const { return vaddq_s32(a, b); }
};
struct Difference {
  int32x4_t operator()(int32x4_t a, int32x4_t b) const { return vsubq_s32(a, b); }
};
struct SquaredDifference {
  int32x4_t operator()(int32x4_t a, int32x4_t b) const {
    const int32x4_t difference = vsubq_s32(a, b);
    return vmulq_s32(difference, difference);
  }
};
struct Product {
  int32x4_t operator()(int32x4_t a, int32x4_t b) const { return vmulq_s32(a, b); }
};

// An accumulator on its way to the output. REQUIRES: is_fast(output_multiplier).
class Finish {
 public:
  explicit Finish(const ElementwiseParameters& p)
      : multiplier_(p.output_multiplier),
        offset_(p.output_offset),
        minimum_(vdupq_n_s32(p.activation_minimum)),
        maximum_(vdupq_n_s32(p.activation_maximum)) {}

  int32x4_t operator()(int32x4_t sum) const {
    const int32x4_t value = vaddq_n_s32(multiply_fast(sum, multiplier_), offset_);
    return vminq_s32(vmaxq_s32(value, minimum_), maximum_);
  }

 private:
  reference::Multiplier multiplier_;
  int32_t offset_;
  int32x4_t minimum_;
  int32x4_t maximum_;
};

// `count` outputs of inputs that lie one behind the other, or are all the same element.
template <typename Function>
void combine_line(const int8_t* first, int32_t first_step, const int8_t* second,
                  int32_t second_step, int32_t count, const Function& function, int8_t* output) {
  if (first_step == 1 && second_step == 1) {
    for (; count >= kLanes; count -= kLanes) {
      vstrbq_s32(output, function(vldrbq_s32(first), vldrbq_s32(second)));
      first += kLanes;
      second += kLanes;
      output += kLanes;
    }
  }
  const uint32x4_t lane = vidupq_n_u32(0, 1);
  const uint32x4_t first_offsets = vmulq_n_u32(lane, static_cast<uint32_t>(first_step));
  const uint32x4_t second_offsets = vmulq_n_u32(lane, static_cast<uint32_t>(second_step));
  for (; count > 0; count -= kLanes) {
    const mve_pred16_t inside = vctp32q(static_cast<uint32_t>(count));
    const int32x4_t value = function(vldrbq_gather_offset_z_s32(first, first_offsets, inside),
                                     vldrbq_gather_offset_z_s32(second, second_offsets, inside));
    vstrbq_p_s32(output, value, inside);
    first += kLanes * first_step;
    second += kLanes * second_step;
    output += kLanes;
  }
}

// Rows that all meet the same short row are taken four at a time, beside four copies of that row:
// then no row ends within a vector.
constexpr int32_t kRowsTogether = 4;
constexpr int32_t kShortRow = 16;

bool repeats_short_row(const Broadcast& broadcast, const int32_t (&stride)[kMaximumAxes],
                       const int32_t (&other_stride)[kMaximumAxes]) {
  const int32_t length = broadcast.extent[1];
  return broadcast.axes == 2 && length <= kShortRow && stride[0] == 0 && stride[1] == 1 &&
         other_stride[0] == length && other_stride[1] == 1;
}

void repeat(const int8_t* row, int32_t length, int8_t (&rows)[kRowsTogether * kShortRow]) {
  for (int32_t i = 0; i < kRowsTogether; ++i) {
    std::memcpy(rows + i * length, row, static_cast<size_t>(length));
  }
}

template <typename Left, typename Right, typename Combine>
void combine_all(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                 const Left& left, const Right& right, const Combine& combine, int8_t* output) {
  const Finish finish(p);
  const auto function = [=](int32x4_t a, int32x4_t b) {
    return finish(combine(left(a), right(b)));
  };
  Broadcast broadcast = p.broadcast;
  int32_t rest = 0;  // elements of rows behind the last four
  int8_t rows[kRowsTogether * kShortRow];
  const bool repeats_first =
      repeats_short_row(p.broadcast, p.broadcast.first_stride, p.broadcast.second_stride);
  const bool repeats_second =
      repeats_short_row(p.broadcast, p.broadcast.second_stride, p.broadcast.first_stride);
  if (repeats_first || repeats_second) {
    const int32_t length = broadcast.extent[1];
    const int8_t*& row = repeats_first ? first : second;
    repeat(row, length, rows);
    row = rows;
    rest = broadcast.extent[0] % kRowsTogether * length;
    broadcast.extent[0] /= kRowsTogether;
    broadcast.extent[1] *= kRowsTogether;
    (repeats_first ? broadcast.second_stride : broadcast.first_stride)[0] = broadcast.extent[1];
  }
  while (true) {
    const int32_t inner = broadcast.axes - 1;
    const int32_t length = broadcast.extent[inner];
    if (broadcast.extent[0] > 0) {
      for_each_line(broadcast, [&](int32_t i, int32_t j) {
        combine_line(first + i, broadcast.first_stride[inner], second + j,
                     broadcast.second_stride[inner], length, function, output);
        output += length;
      });
    }
    if (rest == 0) return;
    first += broadcast.extent[0] * broadcast.first_stride[0];
    second += broadcast.extent[0] * broadcast.second_stride[0];
    broadcast.extent[0] = 1;
    broadcast.extent[1] = rest;
    rest = 0;
  }
}

bool is_possible(const ElementwiseParameters& p) {
  return p.left_shift > 0 && is_fast(p.output_multiplier) &&
         Scaled::is_possible(p.first_multiplier) && Scaled::is_possible(p.second_multiplier);
}

// With the inputs the other way round.
ElementwiseParameters swapped(const ElementwiseParameters& p) {
  ElementwiseParameters result = p;
  for (int32_t axis = 0; axis < p.broadcast.axes; ++axis) {
    result.broadcast.first_stride[axis] = p.broadcast.second_stride[axis];
    result.broadcast.second_stride[axis] = p.broadcast.first_stride[axis];
  }
  result.first_offset = p.second_offset;
  result.second_offset = p.first_offset;
  result.first_multiplier = p.second_multiplier;
  result.second_multiplier = p.first_multiplier;
  return result;
}

// REQUIRES: is_possible(), and that one of the multipliers is a half. combine(a, b) is
// combine(b, a).
template <typename Combine>
void combine_either_way(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                        const Combine& combine, int8_t* output) {
  const bool swaps = !Scaled::is_half(p.first_multiplier);
  const ElementwiseParameters q = swaps ? swapped(p) : p;
  combine_all(q, swaps ? second : first, swaps ? first : second,
              Halved(q.first_offset, q.left_shift),
              Scaled(q.second_offset, q.left_shift, q.second_multiplier), combine, output);
}

bool has_half(const ElementwiseParameters& p) {
  return Scaled::is_half(p.first_multiplier) || Scaled::is_half(p.second_multiplier);
}

}  // namespace

void add(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
         int8_t* output) {
  if (!is_possible(p) || !has_half(p)) return reference::add(p, first, second, output);
  combine_either_way(p, first, second, Sum(), output);
}

void subtract(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
              int8_t* output) {
  if (!is_possible(p)) return reference::subtract(p, first, second, output);
  combine_all(p, first, second, Scaled(p.first_offset, p.left_shift, p.first_multiplier),
              Scaled(p.second_offset, p.left_shift, p.second_multiplier), Difference(), output);
}

void squared_difference(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                        int8_t* output) {
  if (!is_possible(p) || !has_half(p)) {
    return reference::squared_difference(p, first, second, output);
  }
  combine_either_way(p, first, second, SquaredDifference(), output);
}

void multiply_elements(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                       int8_t* output) {
  if (!is_fast(p.output_multiplier)) {
    reference::multiply_elements(p, first, second, output);
    return;
  }
  combine_all(p, first, second, Shifted(p.first_offset), Shifted(p.second_offset), Product(),
              output);
}

}  // namespace stapes::arm_mve
#endif
