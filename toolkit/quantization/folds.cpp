#include "toolkit/quantization/folds.h"

#include <memory>
#include <numeric>
#include <utility>

namespace stapes::quantization {
namespace {

Inputs some_of(const Inputs& inputs, std::vector<size_t> indices) {
  Inputs result;
  result.count = indices.size();
  result.fill = [fill = inputs.fill,
                 shared = std::make_shared<const std::vector<size_t>>(std::move(indices))](
                    size_t index, std::span<float> values) {
    fill((*shared)[index], values);
    check_finite((*shared)[index], values);  // calibrate() would name its place in the part
  };
  return result;
}

}  // namespace

std::vector<Fold> cross_validation(const Inputs& inputs, size_t folds) {
  if (inputs.count < 2 * folds * inputs.together) {
    Fold all{inputs, inputs, std::vector<size_t>(inputs.count)};
    std::iota(all.judged.begin(), all.judged.end(), size_t{0});
    return {all};
  }
  std::vector<Fold> result(folds);
  for (size_t k = 0; k < folds; ++k) {
    std::vector<size_t> others;
    for (size_t i = 0; i < inputs.count; ++i) {
      (i / inputs.together % folds == k ? result[k].judged : others).push_back(i);
    }
    result[k].judging = some_of(inputs, result[k].judged);
    result[k].calibrating = some_of(inputs, std::move(others));
  }
  return result;
}

}  // namespace stapes::quantization
