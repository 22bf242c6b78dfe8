#pragma once
#include <array>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// A float LSTM layer that shows what the operator keeps to itself: calibration wants the largest
// |c| over all time steps and, where gates are normalized, the largest of their sums.
//
//   i, f, o = sigmoid(W x + R h + b),  g = tanh(W x + R h + b)
//   c = clip(f * c + i * g),  h = o * tanh(c)
//
// or with normalized(W x + R h) * coefficients + b in the brackets.
class FloatLstm {
 public:
  // REQUIRES: an LSTM that check_quantizable() accepts, with float32 weights.
  FloatLstm(const graph::Graph& graph, const graph::Operator& op);

  void reset();
  // `input` [batch, time, features], or [time, batch, features] if the operator is time-major;
  // continues from the state that the last run left. Returns the largest |c| of this run.
  float run(std::span<const float> input);

  bool normalizes_gates() const { return !coefficients_[0].empty(); }
  // The largest |W x + R h| of each gate since the object was made.
  const std::array<float, 4>& gate_magnitudes() const { return gate_magnitudes_; }

 private:
  void normalize(size_t gate);
  void step(const float* x, float* hidden, float* cell);

  size_t batches_;
  size_t steps_;
  size_t features_;
  size_t units_;
  bool time_major_;
  float cell_clip_;
  std::vector<float> input_weights_[4];  // input, forget, cell, output gate
  std::vector<float> recurrent_weights_[4];
  std::vector<float> bias_[4];
  std::vector<float> coefficients_[4];  // empty: no normalization
  std::array<float, 4> gate_magnitudes_{};
  std::vector<float> hidden_;  // [batch, units]
  std::vector<float> cell_;
  std::vector<float> gate_[4];
};

}  // namespace stapes::quantization
