#pragma once
#include "toolkit/graph/parameters.h"
#include "toolkit/specification/specification.h"

namespace stapes::network {

// What a model carries in its metadata, from its specification: classes, every fe.* setting, the
// normalization, the detector's settings, and [parameters]. Keys as in the reference toolkit.
graph::Parameters model_parameters(const Specification& specification);

// The way back: the features that a model's metadata asks for. Missing keys have their defaults;
// throws Error when a value is not of its kind.
FeatureSettings feature_settings(const graph::Parameters& parameters);

}  // namespace stapes::network
