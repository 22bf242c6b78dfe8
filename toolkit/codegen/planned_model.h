#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "device/graph/interpreter.h"
#include "toolkit/graph/graph.h"

namespace stapes::codegen {

// A model that the interpreter has prepared and placed: the one source of parameters and offsets.
class PlannedModel {
 public:
  // Throws Error, naming the operator, for one that is not in the table or cannot be prepared.
  PlannedModel(const graph::Graph& graph, const OperatorTable& operators);
  PlannedModel(const PlannedModel&) = delete;
  PlannedModel& operator=(const PlannedModel&) = delete;

  const graph::Graph& graph() const { return graph_; }
  const Interpreter& interpreter() const { return interpreter_; }

  enum class Region { kAbsent, kConstant, kState, kArena };
  struct Place {
    Region region = Region::kAbsent;
    size_t offset = 0;  // in the arena; elsewhere 0
  };
  Place place_of_tensor(int32_t tensor) const;  // -1: absent
  Place place_of(const void* pointer) const;    // of the arena; absent when null
  size_t arena_bytes() const { return interpreter_.activation_bytes(); }

  const graph::Tensor& tensor(int32_t index) const {
    return graph_.tensors[static_cast<size_t>(index)];
  }
  size_t bytes_of(int32_t tensor) const { return interpreter_.tensor(tensor).bytes; }

 private:
  struct alignas(kArenaAlignment) Block {
    uint8_t bytes[kArenaAlignment];
  };
  void check(const Status& status) const;

  graph::Graph graph_;
  std::vector<Block> model_;
  std::vector<Block> arena_;
  Interpreter interpreter_;
};

}  // namespace stapes::codegen
