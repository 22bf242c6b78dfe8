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
  size_t weight_bytes = 0;  // constants of the file that the model's kernels read
};

// `name` becomes the prefix and namespace of everything; it must be a lower-case C identifier.
// The same graph, name and target always give the same files.
// Throws Error, naming the operator, where one cannot be compiled.
CompiledModel compile_model(const graph::Graph& graph, const std::string& name,
                            const Target& target);

void write_compiled_model(const CompiledModel& model, const Path& folder);

// A name that compile_model() takes, from that of a file: "My-Model.v2" -> "my_model_v2".
std::string identifier_of(const std::string& stem);

}  // namespace stapes::codegen
