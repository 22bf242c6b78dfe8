#pragma once
#include <memory>
#include <vector>

#include "toolkit/network/network.h"
#include "toolkit/training/cpu/step.h"
#include "toolkit/training/parameter_layout.h"

namespace stapes::training::cpu {

// The steps of a network in the order in which they run, and the values between them.
struct Plan {
  std::vector<std::unique_ptr<Value>> values;
  std::vector<std::unique_ptr<Step>> steps;
  Value* input = nullptr;
  Value* logits = nullptr;
};

// Whether every node up to `logits_node` is of a kind that there is a step for.
bool can_plan(const network::Network& network, int logits_node);

// Joins each convolution with the batch norm, addition and ReLU that follow it and nothing else
// reads. REQUIRES: can_plan()
Plan make_plan(const network::Network& network, const ParameterLayout& layout, int logits_node);

}  // namespace stapes::training::cpu
