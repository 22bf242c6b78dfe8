#include "device/kernels/reference/squash.h"

#include "device/kernels/reference/fixed_point_functions.h"

namespace stapes::reference {
namespace {

template <typename Function>
void squash(const SquashParameters& parameters, const int8_t* input, int8_t* output,
            const Function& function) {
  for (int32_t i = 0; i < parameters.elements; ++i) {
    const int32_t x = input[i] + parameters.input_offset;
    if (x <= -parameters.input_radius) {
      output[i] = INT8_MIN;
    } else if (x >= parameters.input_radius) {
      output[i] = INT8_MAX;
    } else {
      output[i] = clamp_int8(function(multiply(x, parameters.multiplier)));
    }
  }
}

}  // namespace

void logistic(const SquashParameters& parameters, const int8_t* input, int8_t* output) {
  squash(parameters, input, output, [](int32_t x) {
    return rounding_divide_by_power_of_two(logistic_of_q4(x), 31 - 8) + INT8_MIN;
  });
}

void tanh(const SquashParameters& parameters, const int8_t* input, int8_t* output) {
  squash(parameters, input, output,
         [](int32_t x) { return rounding_divide_by_power_of_two(tanh_of_q4(x), 31 - 7); });
}

}  // namespace stapes::reference
