#include "device/kernels/reference/squash_int16.h"

#include "device/kernels/reference/lookup_functions.h"

namespace stapes::reference {
namespace {

template <typename Function>
void squash(const SquashInt16Parameters& parameters, const int16_t* input, int16_t* output,
            const Function& function) {
  const int64_t rounding = parameters.shift > 0 ? int64_t{1} << (parameters.shift - 1) : 0;
  for (int32_t i = 0; i < parameters.elements; ++i) {
    const int64_t scaled = int64_t{input[i]} * parameters.multiplier + rounding;
    output[i] = function(static_cast<int32_t>(scaled >> parameters.shift));
  }
}

}  // namespace

void logistic(const SquashInt16Parameters& parameters, const int16_t* input, int16_t* output) {
  squash(parameters, input, output, sigmoid_of_steps);
}

void tanh(const SquashInt16Parameters& parameters, const int16_t* input, int16_t* output) {
  squash(parameters, input, output, tanh_of_steps);
}

}  // namespace stapes::reference
