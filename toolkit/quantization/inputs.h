#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// Model inputs to calibrate and measure with: `fill(i, values)` writes input i (0 … count-1), as
// many values as the model's one float input has. It always writes the same for the same i and may
// be called from several threads.
struct Inputs {
  size_t count = 0;
  size_t together = 1;  // neighbours that are of one recording: a clip, clean and noisy
  std::function<void(size_t index, std::span<float> values)> fill;
};

// A batch in memory: `values` holds a whole number of inputs of `values_per_input` each.
Inputs inputs_from(std::vector<float> values, size_t values_per_input);

// The same inputs, computed once and kept in memory. Ctrl-C stops it (Interrupted).
Inputs in_memory(const Inputs& inputs, size_t values_per_input, int threads);

// Throws Error, which names the input, if a value is infinite or not a number.
void check_finite(size_t index, std::span<const float> values);

// Values of one inference. Throws Error unless the model has exactly one input, of type float32.
size_t input_size(const graph::Graph& graph);

// Cuts `count` inputs into one contiguous piece per thread (one piece where the state is carried
// from input to input) and calls body(piece, first, last) for each, in parallel.
void for_each_piece(size_t count, int threads, bool one_piece,
                    const std::function<void(size_t piece, size_t first, size_t last)>& body);
size_t pieces(size_t count, int threads, bool one_piece);

}  // namespace stapes::quantization
