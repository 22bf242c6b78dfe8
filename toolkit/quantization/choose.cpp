#include "toolkit/quantization/choose.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "toolkit/base/progress.h"
#include "toolkit/quantization/float_weights.h"
#include "toolkit/quantization/folds.h"

namespace stapes::quantization {
namespace {

using Outputs = std::vector<std::vector<float>>;  // of a model, for each input

constexpr size_t kFolds = 3;
constexpr size_t kDecisionsOfChance = 5;
constexpr double kNearlyEqual = 1.05;  // of two differences of scores

bool is_better(const Agreement& a, const Agreement& b) {
  if (a.same_decision != b.same_decision) return a.same_decision > b.same_decision;
  return a.rms_difference < b.rms_difference;
}

std::vector<Candidate> combinations(const Choices& choices) {
  std::vector<Candidate> result;
  for (const LayerNormForm layer_norm : choices.layer_norms) {
    for (const Calibration calibration : choices.calibrations) {
      for (const Rounding rounding : choices.roundings) {
        result.push_back({layer_norm, calibration, rounding, {}});
      }
    }
  }
  return result;
}

size_t most_same_decisions(const std::vector<Candidate>& candidates) {
  size_t most = 0;
  for (const Candidate& candidate : candidates) {
    most = std::max(most, candidate.agreement.same_decision);
  }
  return most;
}

bool is_possible(const Agreement& agreement, size_t most) {
  return agreement.same_decision + kDecisionsOfChance >= most;
}

}  // namespace

Choices possible(Choices choices, const graph::Graph& float_model) {
  if (choices.layer_norms.size() > 1 && find_layer_norms(with_float_weights(float_model)).empty()) {
    choices.layer_norms = {LayerNormForm::kDecomposed};
  }
  return choices;
}

std::vector<Candidate> try_all(const graph::Graph& float_model, const Inputs& inputs,
                               const ModelSettings& settings, const Choices& choices) {
  const bool carry_state = settings.calibration.carry_state;
  const int threads = settings.calibration.threads;
  const std::vector<Candidate> untried = combinations(possible(choices, float_model));
  std::vector<Outputs> outputs(untried.size(), Outputs(inputs.count));
  Outputs expected(inputs.count);
  const std::vector<Fold> folds = cross_validation(inputs, kFolds);
  Progress progress("Trying ways to quantize", folds.size() * untried.size(), "models");
  for (const Fold& fold : folds) {
    const auto run = [&](const graph::Graph& graph, Outputs& all) {
      Outputs some = outputs_of(graph, fold.judging, carry_state, threads);
      for (size_t i = 0; i < some.size(); ++i) all[fold.judged[i]] = std::move(some[i]);
    };
    run(with_float_weights(float_model), expected);
    std::map<LayerNormForm, WeightInputs> seen;
    for (size_t i = 0; i < untried.size(); ++i) {
      ModelSettings tried = settings;
      tried.layer_norm = untried[i].layer_norm;
      tried.calibration.calibration = untried[i].calibration;
      tried.rounding = untried[i].rounding;
      if (tried.rounding == Rounding::kJoint && !seen.contains(tried.layer_norm)) {
        seen[tried.layer_norm] = observe_weight_inputs(
            apply_layer_norm_form(with_float_weights(float_model), tried.layer_norm).graph,
            fold.calibrating, settings.calibration);
      }
      const auto found = seen.find(tried.layer_norm);
      const QuantizedModel model = quantize_model(float_model, fold.calibrating, tried,
                                                  found == seen.end() ? nullptr : &found->second);
      run(model.quantized.graph, outputs[i]);
      progress.advance();
    }
  }
  std::vector<Candidate> result = untried;
  for (size_t i = 0; i < result.size(); ++i) {
    result[i].agreement = compare(expected, outputs[i]);
  }
  return result;
}

size_t best(const std::vector<Candidate>& candidates) {
  const size_t most = most_same_decisions(candidates);
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate& candidate : candidates) {
    if (is_possible(candidate.agreement, most)) {
      least = std::min(least, candidate.agreement.rms_difference);
    }
  }
  size_t result = candidates.size();
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Agreement& agreement = candidates[i].agreement;
    if (!is_possible(agreement, most) || agreement.rms_difference > kNearlyEqual * least) continue;
    if (result == candidates.size() || is_better(agreement, candidates[result].agreement)) {
      result = i;
    }
  }
  return result;
}

std::string why_best(const std::vector<Candidate>& candidates, size_t chosen) {
  const Agreement& its = candidates[chosen].agreement;
  const size_t most = most_same_decisions(candidates);
  double least = its.rms_difference;
  double least_possible = its.rms_difference;
  for (const Candidate& candidate : candidates) {
    const Agreement& other = candidate.agreement;
    least = std::min(least, other.rms_difference);
    if (is_possible(other, most)) least_possible = std::min(least_possible, other.rms_difference);
  }
  const size_t fewer = most - its.same_decision;
  if (fewer > 0) {
    return fmt::format(
        "{}; that another decides {} more of {} inputs as the float model does may be chance",
        its.rms_difference > least_possible
            ? "of scores that differ nearly as little, it changes the fewest decisions"
        : its.rms_difference > least
            ? "its scores differ least of those that change no more decisions than chance explains"
            : "its scores differ least",
        fewer, its.inputs);
  }
  if (its.rms_difference > least_possible) {
    return "it changes the fewest decisions, and others' scores differ hardly less";
  }
  if (its.rms_difference > least) {
    return "it changes the fewest decisions; where scores differ less, more decisions change than "
           "chance explains";
  }
  return "it changes the fewest decisions, and its scores differ least";
}

}  // namespace stapes::quantization
