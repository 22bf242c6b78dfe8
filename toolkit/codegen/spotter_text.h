#pragma once
#include <set>
#include <string>

#include "toolkit/codegen/sources.h"
#include "toolkit/graph/graph.h"

namespace stapes::codegen {

// The two files that make a spotter of a compiled model, and the RAM that it takes besides the
// model's arena and state. Kernels and functions: those that it calls itself, as in CallWriter.
struct SpotterText {
  std::string header;
  std::string source;
  size_t bytes = 0;
  std::set<std::string> kernels;
  std::set<std::string> functions;
};

// From the model's metadata, as the board reads it (device/spotter/model_settings.h): front end,
// its tables, normalization, detector and labels become constants. Throws Error when the metadata
// describes no spotter.
// `quantizes`: the model's float32 features go into its input, which is int8 or int16, as QUANTIZE
// would bring them there (quantized_input.h).
SpotterText spotter_text(const Interface& interface, const graph::Graph& graph, bool quantizes,
                         const std::string& kernel_namespace);

}  // namespace stapes::codegen
