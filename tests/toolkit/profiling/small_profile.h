#pragma once
#include "toolkit/graph/graph.h"
#include "toolkit/profiling/profile.h"

namespace stapes::profiling {

// Two operators and their profile on a board: 300 kB of flash, 20 kB of RAM, 13.5 ms.
inline graph::Graph small_model() {
  graph::Graph model;
  for (const char* name : {"input", "hidden", "scores"}) {
    graph::Tensor tensor;
    tensor.name = name;
    tensor.shape = {1, 4};
    tensor.type = TensorType::kInt8;
    model.add_tensor(tensor);
  }
  model.inputs = {0};
  model.outputs = {2};
  for (int32_t i = 0; i < 2; ++i) {
    graph::Operator op;
    op.code = i == 0 ? OperatorCode::kConv2D : OperatorCode::kSoftmax;
    op.inputs = {i};
    op.outputs = {i + 1};
    model.operators.push_back(op);
  }
  return model;
}

inline Profile small_profile() {
  Profile profile;
  profile.name = "small.tflite";
  profile.target = "cortex-m4";
  profile.board = "mps2-an386";
  profile.firmware = "profile.elf";
  profile.flash = {{".text", 90000}, {".rodata", 10000}};
  profile.code_bytes = 100000;
  profile.model_bytes = 200000;
  profile.arena_bytes = 19000;
  profile.state_bytes = 128;
  profile.persistent_bytes = 9000;
  profile.activation_bytes = 10000;
  profile.activation_lower_bound = 9984;
  profile.stack_bytes = 1000;
  profile.instructions = 1000010;
  profile.counter_granularity = 40;
  profile.clock_hz = 100e6;
  profile.cycles_per_instruction = 1.35;
  profile.total.macs = 400000;
  profile.operators.resize(2);
  profile.operators[0].counts.macs = 400000;
  profile.operators[0].instructions = 800000;
  profile.operators[0].live_bytes = 9984;
  profile.operators[1].index = 1;
  profile.operators[1].instructions = 200000;
  profile.operators[1].live_bytes = 32;
  return profile;
}

}  // namespace stapes::profiling
