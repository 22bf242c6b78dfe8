#pragma once
#include <span>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/graph.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/specification/specification.h"

namespace stapes::evaluation {

// A model file with what one needs to know to feed it: labels and front end, from its metadata or,
// where that says nothing, from a specification.
struct TestModel {
  std::string name;  // of the file, without folder and extension
  Path path;
  graph::Graph graph;
  graph::Parameters parameters;      // the model's, completed from the specification
  std::vector<std::string> classes;  // one label per score
  FeatureSettings features;
};

// `specification` may be null. Throws Error when the labels are nowhere to be found, or when the
// model's input and output do not fit front end and labels: one input [1, frames, …] of
// frames x channels values, one output with a score per class, each float32 or int8.
TestModel read_test_model(const Path& path, const Specification* specification);

// Throws Error naming the first setting of the front end that differs: two models can be compared
// on the same features only.
void require_same_front_end(const TestModel& first, const TestModel& second);

// Puts one clip's features, as an ExampleSource gives them, into the model's input. An int8 input
// gets the raw spectrogram as the device's front end quantizes it, or normalized features with the
// tensor's own scale.
void set_features(graph::Executor& executor, const TestModel& model,
                  std::span<const float> features);

}  // namespace stapes::evaluation
