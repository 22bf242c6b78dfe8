#include "toolkit/quantization/representative_clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "toolkit/augmentation/sources.h"
#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"

namespace stapes::quantization {
namespace {

using Source = std::unique_ptr<const augmentation::ExampleSource>;

std::vector<Source> copies(const Specification& specification, const dataset::Dataset& data,
                           std::span<const int32_t> noise_db) {
  const dataset::Split split = dataset::Split::kValidation;
  std::vector<Source> result;
  result.push_back(augmentation::clean_source(specification, data, split));
  for (const int32_t db : noise_db) {
    augmentation::CleanOptions noisy;
    noisy.noise_snr_db = db;
    result.push_back(augmentation::clean_source(specification, data, split, noisy));
  }
  return result;
}

}  // namespace

RepresentativeClips representative_clips(const Specification& specification,
                                         const dataset::Dataset& data, size_t values_per_input,
                                         size_t maximum, std::span<const int32_t> noise_db,
                                         int threads) {
  const std::vector<Source> sources = copies(specification, data, noise_db);
  if (sources.front()->values_per_example() != values_per_input) {
    throw Error("cannot calibrate", specification.file.string(),
                fmt::format("its front end gives {} values and the model takes {}",
                            sources.front()->values_per_example(), values_per_input),
                "give the specification that the model was trained with");
  }
  std::vector<size_t> chosen(sources.front()->size());
  for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = i;
  Random random(specification.data.split.seed, Purpose::kSubset);
  random.shuffle(chosen);
  chosen.resize(std::min(chosen.size(), maximum));
  RepresentativeClips result;
  result.inputs.count = chosen.size() * sources.size();
  result.inputs.together = sources.size();
  result.classes.resize(result.inputs.count);
  result.inputs.fill = [&](size_t index, std::span<float> values) {
    result.classes[index] =
        sources[index % sources.size()]->fill(0, chosen[index / sources.size()], values);
  };
  result.inputs = in_memory(result.inputs, values_per_input, threads);
  return result;
}

}  // namespace stapes::quantization
