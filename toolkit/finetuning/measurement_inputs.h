#pragma once
#include "toolkit/dataset/dataset.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/specification/specification.h"

namespace stapes::finetuning {

// The clips of the validation split, once clean and, where the split has noise, once with noise at
// 10 dB: at most `maximum` clips, chosen by the specification's seed. What calibrates and what
// epochs are compared on, since a model meets both.
quantization::Inputs measurement_inputs(const Specification& specification,
                                        const dataset::Dataset& data, size_t maximum, int threads);

}  // namespace stapes::finetuning
