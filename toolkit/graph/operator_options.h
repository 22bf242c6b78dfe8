#pragma once
// Between the union of option tables in a .tflite file and our flat Options. Used by the reader
// and the writer only.
#include <flatbuffers/flatbuffers.h>
#include <tflite_generated.h>

#include "toolkit/graph/graph.h"

namespace stapes::graph {

// Why the options cannot be used, or "" on success. Options that a converter may leave out get
// their defaults.
std::string read_options(const format::Operator& stored, Operator& op);

struct StoredOptions {
  format::OperatorOptions tag = format::OperatorOptions::NONE;
  flatbuffers::Offset<void> table;
};

// REQUIRES: name_of(op.code) is known. Operators without options get the tag NONE.
StoredOptions write_options(flatbuffers::FlatBufferBuilder& builder, const Operator& op,
                            const Graph& graph);

}  // namespace stapes::graph
