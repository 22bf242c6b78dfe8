#pragma once
#include <memory>
#include <vector>

#include "toolkit/graph/executor.h"
#include "toolkit/graph/graph.h"
#include "toolkit/quantization/moments.h"

namespace stapes::quantization {

// Looks at what the weights of one operator are multiplied with (weight_inputs.h says which vectors
// these are). Not thread-safe.
class WeightInputObserver {
 public:
  virtual ~WeightInputObserver() = default;

  virtual std::vector<Moments> nothing() const = 0;
  // Adds what one inference, whose tensors `executor` keeps, has multiplied. Continues an LSTM's
  // hidden state from the last one.
  virtual void observe(const graph::Executor& executor, std::vector<Moments>& moments) = 0;
  virtual void reset() {}  // the hidden state
};

// nullptr for operators without weights, with others than float constants, and for convolutions in
// groups.
std::unique_ptr<WeightInputObserver> weight_input_observer(const graph::Graph& graph,
                                                           const graph::Operator& op);

}  // namespace stapes::quantization
