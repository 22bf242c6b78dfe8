#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/elementwise.h"

#include "device/kernels/arm_mve/requantization.h"
#include "device/kernels/broadcast.h"

namespace stapes::arm_mve {
namespace {

using reference::ElementwiseParameters;

constexpr int32_t kLanes = 4;

// An input on its way to the common scale: multiply((value + offset) << left_shift, multiplier).
class Scaled {
 public:
  Scaled(int32_t offset, int32_t left_shift, const reference::Multiplier& multiplier)
      : factor_(vdupq_n_s32(1 << left_shift)),
        offset_(offset * (1 << left_shift)),
        multiplier_(multiplier) {}

  static bool is_possible(const reference::Multiplier& multiplier) { return is_fast(multiplier); }

  int32x4_t operator()(int32x4_t value) const {
    return multiply_fast(vmlasq_n_s32(value, factor_, offset_), multiplier_);
  }

 private:
  int32x4_t factor_;
  int32_t offset_;
  reference::Multiplier multiplier_;
};

// The same for a multiplier of 1/2, which the input with the larger scale has, or both.
class Halved {
 public:
  Halved(int32_t offset, int32_t left_shift, const reference::Multiplier& /*multiplier*/)
      : factor_(vdupq_n_s32(1 << (left_shift - 1))), offset_(offset * (1 << (left_shift - 1))) {}

  static bool is_possible(const reference::Multiplier& multiplier) {
    return multiplier.value == 1 << 30 && multiplier.shift == 0;
  }

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
  } else {
    const uint32x4_t lane = vidupq_n_u32(0, 1);
    const uint32x4_t first_offsets = vmulq_n_u32(lane, static_cast<uint32_t>(first_step));
    const uint32x4_t second_offsets = vmulq_n_u32(lane, static_cast<uint32_t>(second_step));
    for (; count >= kLanes; count -= kLanes) {
      vstrbq_s32(output, function(vldrbq_gather_offset_s32(first, first_offsets),
                                  vldrbq_gather_offset_s32(second, second_offsets)));
      first += kLanes * first_step;
      second += kLanes * second_step;
      output += kLanes;
    }
  }
  for (; count > 0; --count) {
    const int32x4_t value = function(vdupq_n_s32(*first), vdupq_n_s32(*second));
    *output++ = static_cast<int8_t>(vgetq_lane_s32(value, 0));
    first += first_step;
    second += second_step;
  }
}

template <typename Left, typename Right, typename Combine>
void combine_all(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                 const Left& left, const Right& right, const Combine& combine, int8_t* output) {
  const Finish finish(p);
  const auto function = [=](int32x4_t a, int32x4_t b) {
    return finish(combine(left(a), right(b)));
  };
  const int32_t inner = p.broadcast.axes - 1;
  const int32_t length = p.broadcast.extent[inner];
  for_each_line(p.broadcast, [&](int32_t i, int32_t j) {
    combine_line(first + i, p.broadcast.first_stride[inner], second + j,
                 p.broadcast.second_stride[inner], length, function, output);
    output += length;
  });
}

// False, and nothing done, when the inputs' multipliers are others.
template <typename Left, typename Right, typename Combine>
bool combine_scaled(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                    const Combine& combine, int8_t* output) {
  if (!Left::is_possible(p.first_multiplier) || !Right::is_possible(p.second_multiplier)) {
    return false;
  }
  combine_all(p, first, second, Left(p.first_offset, p.left_shift, p.first_multiplier),
              Right(p.second_offset, p.left_shift, p.second_multiplier), combine, output);
  return true;
}

template <typename Combine>
bool combine_any(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                 const Combine& combine, int8_t* output) {
  return p.left_shift > 0 && is_fast(p.output_multiplier) &&
         (combine_scaled<Halved, Scaled>(p, first, second, combine, output) ||
          combine_scaled<Scaled, Halved>(p, first, second, combine, output) ||
          combine_scaled<Halved, Halved>(p, first, second, combine, output));
}

}  // namespace

void add(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
         int8_t* output) {
  if (!combine_any(p, first, second, Sum(), output)) reference::add(p, first, second, output);
}

void subtract(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
              int8_t* output) {
  if (!combine_any(p, first, second, Difference(), output)) {
    reference::subtract(p, first, second, output);
  }
}

void squared_difference(const ElementwiseParameters& p, const int8_t* first, const int8_t* second,
                        int8_t* output) {
  if (!combine_any(p, first, second, SquaredDifference(), output)) {
    reference::squared_difference(p, first, second, output);
  }
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
