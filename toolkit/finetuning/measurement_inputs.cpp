#include "toolkit/finetuning/measurement_inputs.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "toolkit/augmentation/clean_source.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::finetuning {
namespace {

constexpr double kNoiseDb = 10.0;

}  // namespace

quantization::Inputs measurement_inputs(const Specification& specification,
                                        const dataset::Dataset& data, size_t maximum, int threads) {
  const dataset::Split split = dataset::Split::kValidation;
  std::vector<std::unique_ptr<const augmentation::CleanSource>> sources;
  sources.push_back(std::make_unique<augmentation::CleanSource>(specification, data, split));
  if (!specification.data.noise.ambient.empty()) {
    augmentation::CleanOptions noisy;
    noisy.noise_snr_db = kNoiseDb;
    sources.push_back(
        std::make_unique<augmentation::CleanSource>(specification, data, split, noisy));
  }
  std::vector<size_t> chosen(sources.front()->size());
  for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  Random random(specification.data.split.seed, Purpose::kSubset);
  random.shuffle(chosen);
  chosen.resize(std::min(chosen.size(), maximum));
  quantization::Inputs inputs;
  inputs.count = chosen.size() * sources.size();
  inputs.together = sources.size();
  inputs.fill = [&](size_t index, std::span<float> values) {
    sources[index % sources.size()]->fill(0, chosen[index / sources.size()], values);
  };
  return quantization::in_memory(inputs, sources.front()->values_per_example(), threads);
}

}  // namespace stapes::finetuning
