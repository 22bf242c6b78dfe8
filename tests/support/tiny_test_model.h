#pragma once
#include "tests/support/tiny_model.h"
#include "toolkit/evaluation/test_model.h"

namespace stapes::test {

// The model of tiny_model.h as evaluation reads it from a file: hears "high" in 5 kHz and "low" in
// 300 Hz.
inline evaluation::TestModel tiny_test_model() {
  evaluation::TestModel model;
  model.name = "tiny";
  model.path = "tiny.tflite";
  model.graph = tiny_graph();
  model.parameters = tiny_parameters();
  model.classes = tiny_classes();
  model.features.front_end.sample_length_ms = 200;
  model.features.front_end.filterbank_n_channels = kTinyChannels;
  model.features.normalization = Normalization::kMeanAndStd;
  return model;
}

}  // namespace stapes::test
