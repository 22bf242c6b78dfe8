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

}  // namespace stapes::graph
