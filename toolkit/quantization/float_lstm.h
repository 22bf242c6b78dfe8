#pragma once
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::quantization {

// A float LSTM layer that shows its cell state, which the operator keeps to itself: calibration
// wants the largest |c| over all time steps.
//
//   i, f, o = sigmoid(W x + R h + b),  g = tanh(W x + R h + b)
//   c = clip(f * c + i * g),  h = o * tanh(c)
class FloatLstm {
 public:
  // REQUIRES: an LSTM that check_quantizable() accepts, with float32 weights.
  FloatLstm(const graph::Graph& graph, const graph::Operator& op);

  void reset();
  // `input` [batch, time, features], or [time, batch, features] if the operator is time-major;
  // continues from the state that the last run left. Returns the largest |c| of this run.
  float run(std::span<const float> input);

 private:
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
  std::vector<float> hidden_;  // [batch, units]
  std::vector<float> cell_;
  std::vector<float> gate_[4];
};

}  // namespace stapes::quantization
