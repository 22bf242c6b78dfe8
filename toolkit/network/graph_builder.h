#pragma once
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"

namespace stapes::network {

// Appends float operators to a Graph; each function returns the index of the operator's output
// tensor. Shapes include the batch of 1.
class GraphBuilder {
 public:
  using Shape = std::vector<int32_t>;

  graph::Graph graph;

  int32_t activation(const std::string& name, Shape shape);
  int32_t constant(const std::string& name, Shape shape, const std::vector<float>& values);
  int32_t constant(const std::string& name, const std::vector<int32_t>& values);
  int32_t variable(const std::string& name, Shape shape);

  int32_t apply(OperatorCode code, std::vector<int32_t> inputs, const std::string& name,
                Shape shape, graph::Options options = {});

  int32_t reshape(int32_t input, const std::string& name, Shape shape);

  // `amounts`: zeros before and after, for each axis in turn.
  int32_t pad(int32_t input, const std::string& name, const std::vector<int32_t>& amounts);

  // gamma * (x - mean) / sqrt(variance + epsilon) + beta over the last axis, out of elementary
  // operators that every runtime has.
  int32_t layer_norm(int32_t input, const std::string& name, const std::vector<float>& gamma,
                     const std::vector<float>& beta, float epsilon);

  // x[:, -1, :] as TensorFlow writes it: [1, steps, values] -> [1, values].
  int32_t last_step(int32_t input, const std::string& name);

  const Shape& shape(int32_t tensor) const;
};

}  // namespace stapes::network
