#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "toolkit/quantization/affine.h"

namespace stapes::quantization {

// What calibration found out about a float graph.
struct Ranges {
  std::vector<std::optional<ValueRange>> tensors;  // by tensor index; empty: never observed
  std::map<size_t, float> cell_magnitude;          // by operator index of an LSTM: max |c|
};

}  // namespace stapes::quantization
