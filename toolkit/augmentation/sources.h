#pragma once
#include <memory>

#include "toolkit/augmentation/augmented_source.h"
#include "toolkit/augmentation/clean_source.h"

// The two ways from recordings to model inputs.
//
//   const auto data = dataset::load_dataset(specification, data_root(specification, ""));
//   const auto training = augmentation::training_source(specification, data);
//   const auto validation =
//       augmentation::clean_source(specification, data, dataset::Split::kValidation);
//   std::vector<float> features(training->values_per_example());
//   const int label = training->fill(/*epoch=*/0, /*index=*/17, features);
namespace stapes::augmentation {

inline std::unique_ptr<ExampleSource> training_source(const Specification& specification,
                                                      const dataset::Dataset& dataset) {
  return std::make_unique<AugmentedSource>(specification, dataset);
}

inline std::unique_ptr<ExampleSource> clean_source(const Specification& specification,
                                                   const dataset::Dataset& dataset,
                                                   dataset::Split split,
                                                   const CleanOptions& options = {}) {
  return std::make_unique<CleanSource>(specification, dataset, split, options);
}

}  // namespace stapes::augmentation
