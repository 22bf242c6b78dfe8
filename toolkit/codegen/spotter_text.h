#pragma once
#include <string>

#include "toolkit/codegen/sources.h"
#include "toolkit/graph/graph.h"

namespace stapes::codegen {

// The two files that make a spotter of a compiled model, and the RAM that it takes besides the
// model's arena and state.
struct SpotterText {
  std::string header;
  std::string source;
  size_t bytes = 0;
};

// From the model's metadata, as the board reads it (device/spotter/model_settings.h): front end,
// its tables, normalization, detector and labels become constants. Throws Error when the metadata
// describes no spotter.
SpotterText spotter_text(const Interface& interface, const graph::Graph& graph,
                         const std::string& kernel_namespace);

}  // namespace stapes::codegen
