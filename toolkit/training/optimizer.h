#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "toolkit/specification/specification.h"
#include "toolkit/training/parameter_layout.h"

namespace stapes::training {

// SGD with momentum, Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019) on the flat
// array of weights, in plain float arithmetic and a fixed order: the same bits everywhere.
//
// Weight decay applies to kernels only. Adam and SGD add it to the gradient, AdamW takes it from
// the weights.
class Optimizer {
 public:
  // What a checkpoint must hold to continue.
  struct State {
    int64_t updates = 0;
    std::vector<float> first;   // SGD: velocity; Adam: mean of the gradient
    std::vector<float> second;  // Adam: mean of its square
  };

  // Throws Error for an unknown name.
  Optimizer(const TrainingSettings& settings, const ParameterLayout& layout);

  // One update of the trainable weights. The gradient is clipped in place if the settings say so.
  void update(std::span<float> weights, std::span<float> gradient, double learning_rate);

  const State& state() const { return state_; }
  void restore(State state);

 private:
  enum class Kind { kSgd, kAdam, kAdamW };

  void clip(std::span<float> gradient) const;
  void sgd(const ParameterLayout::Entry& entry, float* w, float* g, float rate);
  void adam(const ParameterLayout::Entry& entry, float* w, float* g, float rate);

  TrainingSettings settings_;
  std::vector<ParameterLayout::Entry> entries_;
  Kind kind_ = Kind::kAdam;
  State state_;
};

}  // namespace stapes::training
