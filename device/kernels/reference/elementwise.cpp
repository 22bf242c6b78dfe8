#include "device/kernels/reference/elementwise.h"

#include "device/kernels/broadcast.h"

namespace stapes::reference {
namespace {

// combine(a, b) -> the accumulator that the output multiplier scales.
template <typename T, typename Combine>
void scaled_pairs(const ElementwiseParameters& p, const T* first, const T* second, T* output,
                  const Combine& combine) {
  for_each_pair(p.broadcast, first, second, output, [&](T a, T b) {
    const int32_t left = multiply((a + p.first_offset) * (1 << p.left_shift), p.first_multiplier);
    const int32_t right =
        multiply((b + p.second_offset) * (1 << p.left_shift), p.second_multiplier);
    const int32_t value =
        wrapping_add(multiply(combine(left, right), p.output_multiplier), p.output_offset);
    return static_cast<T>(clamp(value, p.activation_minimum, p.activation_maximum));
  });
}

int32_t square_of_difference(int32_t a, int32_t b) {
  const auto difference = static_cast<uint32_t>(wrapping_subtract(a, b));
  return static_cast<int32_t>(difference * difference);
}

template <typename T>
void products(const ElementwiseParameters& p, const T* first, const T* second, T* output) {
  for_each_pair(p.broadcast, first, second, output, [&](T a, T b) {
    const int32_t value =
        wrapping_add(multiply((a + p.first_offset) * (b + p.second_offset), p.output_multiplier),
                     p.output_offset);
    return static_cast<T>(clamp(value, p.activation_minimum, p.activation_maximum));
  });
}

}  // namespace

void add(const ElementwiseParameters& parameters, const int8_t* first, const int8_t* second,
         int8_t* output) {
  scaled_pairs(parameters, first, second, output,
               [](int32_t a, int32_t b) { return wrapping_add(a, b); });
}

void subtract(const ElementwiseParameters& parameters, const int8_t* first, const int8_t* second,
              int8_t* output) {
  scaled_pairs(parameters, first, second, output,
               [](int32_t a, int32_t b) { return wrapping_subtract(a, b); });
}

void squared_difference(const ElementwiseParameters& parameters, const int8_t* first,
                        const int8_t* second, int8_t* output) {
  scaled_pairs(parameters, first, second, output, square_of_difference);
}

void multiply_elements(const ElementwiseParameters& parameters, const int8_t* first,
                       const int8_t* second, int8_t* output) {
  products(parameters, first, second, output);
}

void add(const ElementwiseParameters& parameters, const int16_t* first, const int16_t* second,
         int16_t* output) {
  scaled_pairs(parameters, first, second, output,
               [](int32_t a, int32_t b) { return wrapping_add(a, b); });
}

void subtract(const ElementwiseParameters& parameters, const int16_t* first, const int16_t* second,
              int16_t* output) {
  scaled_pairs(parameters, first, second, output,
               [](int32_t a, int32_t b) { return wrapping_subtract(a, b); });
}

void squared_difference(const ElementwiseParameters& parameters, const int16_t* first,
                        const int16_t* second, int16_t* output) {
  scaled_pairs(parameters, first, second, output, square_of_difference);
}

void multiply_elements(const ElementwiseParameters& parameters, const int16_t* first,
                       const int16_t* second, int16_t* output) {
  products(parameters, first, second, output);
}

}  // namespace stapes::reference
