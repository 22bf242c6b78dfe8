#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/graph/statistics.h"

namespace stapes::profiling {

// What one inference of a model costs on a processor.

// One operator. Instructions on a board, seconds on this computer; the other is 0.
struct OperatorProfile {
  int32_t index = 0;
  graph::OperatorStatistics counts;
  int64_t instructions = 0;
  double seconds = 0.0;
  int64_t live_bytes = 0;  // activations and scratch in use while it runs

  int64_t products() const { return counts.macs + counts.lstm_macs; }
};

// A section of the firmware that takes flash.
struct FlashSection {
  std::string name;
  int64_t bytes = 0;
};

struct Profile {
  std::string name;    // of the model
  std::string target;  // "host", "cortex-m4", ...
  graph::OperatorStatistics total;
  std::vector<OperatorProfile> operators;

  int64_t model_bytes = 0;  // the .tflite file
  int64_t arena_bytes = 0;  // records, constants, state, activations
  int64_t state_bytes = 0;  // of the arena
  int64_t persistent_bytes = 0;
  int64_t activation_bytes = 0;
  int64_t activation_lower_bound = 0;

  // Of a board.
  std::string board;                // its name in firmware/boards; empty for the host
  std::string firmware;             // the program that was run
  std::vector<FlashSection> flash;  // of that program: interpreter, kernels, start-up, console
  int64_t code_bytes = 0;           // their sum
  int64_t stack_bytes = 0;          // the deepest use of the stack by one inference
  int64_t instructions = 0;         // one inference, measured as a whole
  int64_t initialize_instructions = 0;
  int64_t counter_granularity = 0;  // every count is exact to this
  double clock_hz = 0.0;
  double cycles_per_instruction = 0.0;  // an assumption, see docs/profiling.md

  // Of this computer.
  double seconds_of_inference = 0.0;  // median
  int64_t repetitions = 0;

  bool on_board() const { return !board.empty(); }
  int64_t flash_bytes() const { return code_bytes + model_bytes; }
  int64_t ram_bytes() const { return arena_bytes + stack_bytes; }
  int64_t products() const { return total.macs + total.lstm_macs; }
  double estimated_cycles() const {
    return static_cast<double>(instructions) * cycles_per_instruction;
  }
  // On a board an estimate, here measured.
  double seconds() const {
    return on_board() ? estimated_cycles() / clock_hz : seconds_of_inference;
  }
  double seconds_of(const OperatorProfile& op) const {
    if (!on_board()) return op.seconds;
    return static_cast<double>(op.instructions) * cycles_per_instruction / clock_hz;
  }
  // Of the sum of all operators, 0 to 1.
  double share_of(const OperatorProfile& op) const;
};

}  // namespace stapes::profiling
