#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/profiling/measurement.h"
#include "toolkit/profiling/profile.h"

namespace stapes::profiling {

// A processor that QEMU has, and the firmware of firmware/ for it.
struct Board {
  std::string target;  // "cortex-m4"
  std::string name;    // the folder in firmware/boards, "mps2-an386"
  // QEMU's program for it, with the words that choose the machine.
  std::vector<std::string> emulator;
  std::string compiler;  // what builds the firmware
  // For the estimate of time; where the number comes from says docs/profiling.md.
  double cycles_per_instruction = 1.0;
};

const std::vector<Board>& boards();
std::vector<std::string> board_targets();
const Board* find_board(const std::string& target);  // null when there is none

// The program of an app for a board: $STAPES_FIRMWARE_BUILD/<name>/<app>.elf, or
// build/firmware/<name>/<app>.elf in the source tree that this program or the current folder
// lies in. If it isn't there it is built, which needs cmake and the compiler; otherwise an
// Error says what is missing.
Path firmware_of(const Board& board, const std::string& app);

// Runs an app in QEMU in `folder`, where its files are, and returns what it printed.
std::string run_on_board(const Board& board, const Path& firmware,
                         const std::vector<std::string>& words, const Path& folder);

// Runs an app of a board with a model as its file and returns what it measured; takes `app`, or
// `app`_float where the model needs float32 operators. Throws Error when it measured another number
// of operators than the model has. `*program` is set to the firmware that was run.
Measurement measure_on_board(const Board& board, const std::string& app, const Bytes& model,
                             const graph::Graph& graph, const Bytes& input, Path* program);

// One inference after a reset, on `input` (the first input's bytes; empty: every input zero), of
// the .tflite in `model`; `graph` is the same model, read. `name` is the model's.
Profile profile_on_board(const Board& board, const Bytes& model, const graph::Graph& graph,
                         const std::string& name, const Bytes& input);

}  // namespace stapes::profiling
