#pragma once
#include <array>
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
  // Likewise of a layer-normalized LSTM: max |W x + R h| of each gate.
  std::map<size_t, std::array<float, 4>> gate_magnitudes;
};

}  // namespace stapes::quantization
