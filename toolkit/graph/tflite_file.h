#pragma once
#include "toolkit/graph/graph.h"

namespace stapes::graph {

// Reads a .tflite file, or the .tflite inside an .mltk.zip archive. Every offset, index, shape and
// size is checked; errors name the file. `name` is used in messages only.
Graph read_tflite(const Path& path);
Graph parse_tflite(const Bytes& bytes, const std::string& name);

// The bytes of the .tflite file. The same graph always gives the same bytes. Parsing them gives
// the same graph. Both LiteRT and TFLM load them.
Bytes serialize_tflite(const Graph& graph);
void write_tflite(const Path& path, const Graph& graph);

// A model and what it lay in, to be changed and put back.
struct ModelFile {
  Graph graph;
  size_t model_bytes = 0;  // of the .tflite
  Bytes archive;           // the whole archive, where the model came from one
  std::string archived_name;
};
ModelFile read_model_file(const Path& path);
// Into an archive where it came from one, unless `path` ends with .tflite.
void write_model_file(const Path& path, const ModelFile& file);

}  // namespace stapes::graph
