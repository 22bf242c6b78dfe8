#pragma once
#include <cstddef>

#include "toolkit/augmentation/example_source.h"
#include "toolkit/specification/specification.h"

namespace stapes::training {

// Examples in a batch: as many as the specification says, or as there are.
size_t batch_size_of(const TrainingSettings& settings, const augmentation::ExampleSource& training);

// Throws Error for settings with which these data, a model of `outputs` classes or this number of
// processes cannot be trained, and says what to change.
void check_training(const TrainingSettings& settings, const augmentation::ExampleSource& training,
                    const augmentation::ExampleSource& validation, size_t outputs, int processes);

}  // namespace stapes::training
