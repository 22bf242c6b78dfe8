#pragma once
#include <string>
#include <vector>

#include "toolkit/graph/graph.h"
#include "toolkit/quantization/agreement.h"
#include "toolkit/quantization/inputs.h"
#include "toolkit/quantization/quantize_model.h"

namespace stapes::quantization {

// One way to quantize, and how its model behaved.
struct Candidate {
  LayerNormForm layer_norm = LayerNormForm::kFloat;
  Calibration calibration = Calibration::kMinMax;
  Rounding rounding = Rounding::kNearest;
  Agreement agreement;  // with the float model
};

// What may be chosen; at least one each. An element of more than one is decided by measuring.
// Percentiles only where a person asks for them: they clip what noise adds, and clean clips,
// on which the choice is usually measured, do not show it (docs/quantization.md).
struct Choices {
  std::vector<LayerNormForm> layer_norms = {LayerNormForm::kDecomposed, LayerNormForm::kL2,
                                            LayerNormForm::kFloat};
  std::vector<Calibration> calibrations = {Calibration::kMinMax, Calibration::kMse};
  std::vector<Rounding> roundings = {Rounding::kJoint};

  size_t count() const { return layer_norms.size() * calibrations.size() * roundings.size(); }
};

bool has_layer_norms(const graph::Graph& float_model);

// The same choices, without forms of layer normalizations where the model has none.
Choices possible(Choices choices, const graph::Graph& float_model);

// More inputs than these add time and little certainty.
inline constexpr size_t kChoiceInputs = 900;

// Quantizes in every combination and compares with the float model on the inputs, each of which
// judges a model that the two thirds without it calibrated (cross_validation(); a carried state
// passes from each input to the next of the same part): on the inputs that calibrated it, a model
// whose ranges clip none of them looks better than it is. In order of trial.
std::vector<Candidate> try_all(const graph::Graph& float_model, const Inputs& inputs,
                               const ModelSettings& settings, const Choices& choices);

// The index of the best: the least difference of scores (root mean square) among those whose
// number of changed decisions is above the smallest by at most five, which chance alone explains:
// that all of six are one model's has a probability of 2 / 2^6 where both are alike (McNemar's
// exact test), and of five 2 / 2^5, above 0.05. Of scores that differ by less than 5 % more, the
// one that changes the fewest decisions. REQUIRES: not empty
size_t best(const std::vector<Candidate>& candidates);

// The candidates as a table, one of them marked as chosen, and why, for a person.
// `layer_norms`: with a column of their forms, which says nothing of a model that has none.
std::string choice_text(const std::vector<Candidate>& candidates, size_t chosen, bool layer_norms);

// Why that one, as half a sentence for a person: "it changes the fewest decisions, and …".
std::string why_best(const std::vector<Candidate>& candidates, size_t chosen);

}  // namespace stapes::quantization
