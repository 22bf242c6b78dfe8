#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "toolkit/profiling/board.h"

namespace stapes::profiling {

// What a model costs on a board when it is run frame by frame (device/streaming), beside what one
// inference on a whole window costs there.
struct StreamProfile {
  struct Operator {
    int32_t index = 0;
    int64_t instructions = 0;  // of all its runs in `frames` frames
    int64_t runs = 0;
    int64_t live_bytes = 0;  // activations, kept rows and scratch in use while it runs
  };

  Profile window;  // of the same file
  double frame_ms = 10.0;

  int64_t frames = 0;              // after which the strides take the same frames again
  int64_t instructions = 0;        // of so many frames
  int64_t worst_instructions = 0;  // of the frame that takes most
  int64_t output_period = 0;       // frames from output to output
  int64_t output_delay = 0;        // frames before the first
  std::vector<Operator> operators;

  std::string firmware;
  int64_t code_bytes = 0;
  int64_t arena_bytes = 0;
  int64_t state_bytes = 0;       // of the LSTMs; of the persistent ones
  int64_t kept_bytes = 0;        // rows of the past; of the activations
  int64_t persistent_bytes = 0;  // records, constants, LSTM state
  int64_t activation_bytes = 0;
  int64_t stack_bytes = 0;
  int64_t initialize_instructions = 0;
  int64_t counter_granularity = 0;

  double per_frame() const {
    return static_cast<double>(instructions) / static_cast<double>(frames);
  }
  double per_10_ms() const { return per_frame() * 10.0 / frame_ms; }
  // Of the processor's time, 0 to 1 and above; estimated, for the window's clock and factor.
  double load() const {
    return per_frame() * window.cycles_per_instruction / window.clock_hz / (frame_ms / 1000.0);
  }
  double share_of(const Operator& op) const;
};

// `frame_ms`: of sound from one row of the features to the next.
StreamProfile profile_stream_on_board(const Board& board, const Bytes& model,
                                      const graph::Graph& graph, const std::string& name,
                                      double frame_ms);

// The summary and a row per operator, for people and as {"summary": {...}, "operators": [...]}.
std::string stream_profile_text(const StreamProfile& profile, const graph::Graph& model);
std::string stream_profile_json(const StreamProfile& profile, const graph::Graph& model);

}  // namespace stapes::profiling
