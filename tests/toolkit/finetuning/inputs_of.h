#pragma once
#include "toolkit/augmentation/example_source.h"
#include "toolkit/quantization/inputs.h"

namespace stapes::finetuning {

// Examples of a source as inputs to calibrate and measure with.
inline quantization::Inputs inputs_of(const augmentation::ExampleSource& source) {
  quantization::Inputs inputs;
  inputs.count = source.size();
  inputs.fill = [&source](size_t index, std::span<float> values) { source.fill(0, index, values); };
  return inputs;
}

}  // namespace stapes::finetuning
