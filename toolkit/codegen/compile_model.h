#pragma once
#include <map>
#include <string>

#include "toolkit/codegen/target.h"
#include "toolkit/graph/graph.h"

namespace stapes::codegen {

// A model as C++17 source: no interpreter, no file format, only the kernels that it uses, with
// everything prepared as constants. Gives the same bytes as the interpreter.
struct CompiledModel {
  std::string name;
  std::map<std::string, std::string> files;  // path below the output folder -> text
  size_t arena_bytes = 0;
  size_t state_bytes = 0;
  size_t weight_bytes = 0;   // constants of the file that the model's kernels read
  size_t spotter_bytes = 0;  // RAM of the spotter besides arena and state; 0 without one
};

// `name` becomes the prefix and namespace of everything; it must be a lower-case C identifier.
// The same graph, name and target always give the same files. With `spotter`, the front end and the
// detector that the model's metadata describes are part of it: sound in, detections out. The
// spotter then does what a QUANTIZE at the model's beginning would, so that the model's own input
// is int8 or int16. Throws Error, naming the operator, where one cannot be compiled, and when a
// spotter is asked for and the metadata describes none.
CompiledModel compile_model(const graph::Graph& graph, const std::string& name,
                            const Target& target, bool spotter = false);

void write_compiled_model(const CompiledModel& model, const Path& folder);

// A name that compile_model() takes, from that of a file: "My-Model.v2" -> "my_model_v2".
std::string identifier_of(const std::string& stem);

}  // namespace stapes::codegen
