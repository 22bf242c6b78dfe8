#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/affine.h"
#include "toolkit/quantization/quantize.h"
#include "toolkit/quantization/ranges.h"
#include "toolkit/training/parameter_layout.h"

namespace stapes::finetuning {

// A float graph and the ranges of its activations as one flat array of numbers that can be trained,
// and the int8 model that they stand for.
//
//   parameters = [weights, biases, gammas and betas … | low, high of each range]
//
// A range's parameters are p_low and p_high with
//   low = initial low * exp(range_speed * p_low),  high = initial high * exp(range_speed * p_high)
// so that a step of the optimizer changes it by a fraction of its size, and an end that is 0 (as
// behind a ReLU) stays there.
class Student {
 public:
  // `graph`: float, its layer norms in the wanted form; `options` say how it is
  // quantized. Throws Error unless the graph ends with a SOFTMAX, whose input are the
  // logits.
  Student(graph::Graph graph, quantization::QuantizeOptions options, quantization::Ranges ranges,
          float range_speed);

  const graph::Graph& graph() const { return graph_; }
  const training::ParameterLayout& layout() const { return layout_; }
  int32_t logits_tensor() const;

  // By tensor of the graph: the layout's entry of a constant that is trained, else -1.
  int32_t weight_entry(int32_t tensor) const { return weights_[static_cast<size_t>(tensor)]; }
  // By tensor of the graph: which range is its own, else -1.
  int32_t range_of(int32_t tensor) const { return ranges_of_[static_cast<size_t>(tensor)]; }
  size_t ranges() const { return initial_ranges_.size(); }
  // Offset in the parameters of the first range's p_low.
  size_t first_range() const { return layout_.entries().back().offset; }
  quantization::ValueRange range(std::span<const float> parameters, size_t which) const;
  float range_speed() const { return range_speed_; }

  std::vector<float> initial_parameters() const;
  graph::Graph float_graph(std::span<const float> parameters) const;
  // float32 input and output, whatever the options say of them: scores are compared as floats.
  quantization::QuantizedGraph quantized(std::span<const float> parameters) const;
  // The same model as the options want it.
  quantization::QuantizedGraph exported(std::span<const float> parameters) const;

 private:
  void find_weights(std::vector<network::Parameter>& parameters);
  void find_ranges();
  quantization::Ranges current_ranges(std::span<const float> parameters) const;

  graph::Graph graph_;
  quantization::QuantizeOptions options_;
  quantization::Ranges calibrated_;
  float range_speed_;
  std::vector<int32_t> weights_;
  std::vector<int32_t> ranges_of_;
  std::vector<quantization::ValueRange> initial_ranges_;
  training::ParameterLayout layout_;
};

}  // namespace stapes::finetuning
