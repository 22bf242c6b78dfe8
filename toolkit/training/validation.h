#pragma once
#include "toolkit/augmentation/example_source.h"
#include "toolkit/training/collective.h"
#include "toolkit/training/figures.h"
#include "toolkit/training/model.h"
#include "toolkit/training/work_pool.h"

namespace stapes::training {

struct Validation {
  Figures figures;
  bool stopped = false;  // some process was asked to stop; the figures are not complete
};

// Runs the model over a source, in pieces of a fixed size that are shared out between threads and
// processes; the same figures for any number of either.
Validation validate(const Model& model, std::span<const float> weights,
                    const augmentation::ExampleSource& source, WorkPool& pool,
                    Collective& processes);

}  // namespace stapes::training
