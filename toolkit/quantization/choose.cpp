#include "toolkit/quantization/choose.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "toolkit/base/progress.h"
#include "toolkit/quantization/float_weights.h"
#include "toolkit/quantization/folds.h"
#include "toolkit/quantization/observations.h"

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

// What each fold's calibrating inputs show: those that judge in the other folds, so that the model
// runs but once on each.
std::vector<Observations> observe_calibrating(const graph::Graph& graph,
                                              const std::vector<Fold>& folds,
                                              const CalibrationSettings& settings,
                                              bool weight_inputs) {
  std::vector<Observations> parts;
  for (const Fold& fold : folds) {
    parts.push_back(observe(graph, fold.judging, settings, weight_inputs));
  }
  if (parts.size() == 1) return parts;  // its inputs do both
  std::vector<Observations> result;
  for (size_t k = 0; k < parts.size(); ++k) {
    const size_t first = k == 0 ? 1 : 0;
    result.push_back(parts[first]);
    for (size_t other = first + 1; other < parts.size(); ++other) {
      if (other != k) add(result.back(), parts[other]);
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

bool has_layer_norms(const graph::Graph& float_model) {
  return !find_layer_norms(with_float_weights(float_model)).empty();
}

Choices possible(Choices choices, const graph::Graph& float_model) {
  if (choices.layer_norms.size() > 1 && !has_layer_norms(float_model)) {
    choices.layer_norms = {LayerNormForm::kDecomposed};
  }
  return choices;
}

std::vector<Candidate> try_all(const graph::Graph& float_model, const Inputs& inputs,
                               const ModelSettings& settings, const Choices& choices) {
  const graph::Graph with_weights = with_float_weights(float_model);
  const std::vector<Fold> folds = cross_validation(inputs, kFolds);
  std::vector<Candidate> result = combinations(possible(choices, float_model));
  Progress progress("Trying ways to quantize", folds.size() * result.size(), "models");
  const auto outputs = [&](const graph::Graph& graph, const Fold& fold, Outputs& all) {
    Outputs some = outputs_of(graph, fold.judging, settings.calibration.carry_state,
                              settings.calibration.threads);
    for (size_t i = 0; i < some.size(); ++i) all[fold.judged[i]] = std::move(some[i]);
  };
  Outputs expected(inputs.count);
  for (const Fold& fold : folds) outputs(with_weights, fold, expected);
  std::map<LayerNormForm, std::vector<Observations>> seen;  // for each fold
  for (Candidate& candidate : result) {
    ModelSettings tried = settings;
    tried.layer_norm = candidate.layer_norm;
    tried.calibration.calibration = candidate.calibration;
    tried.rounding = candidate.rounding;
    std::vector<Observations>& observed = seen[candidate.layer_norm];
    if (observed.empty()) {
      observed = observe_calibrating(
          apply_layer_norm_form(with_weights, candidate.layer_norm).graph, folds,
          settings.calibration,
          std::ranges::find(choices.roundings, Rounding::kJoint) != choices.roundings.end());
    }
    Outputs its(inputs.count);
    for (size_t k = 0; k < folds.size(); ++k) {
      const QuantizedModel model =
          quantize_model(float_model, folds[k].calibrating, tried, &observed[k]);
      outputs(model.quantized.graph, folds[k], its);
      progress.advance();
    }
    candidate.agreement = compare(expected, its);
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

std::string choice_text(const std::vector<Candidate>& candidates, size_t chosen, bool layer_norms) {
  const auto form_column = [layer_norms](const std::string& text) {
    return layer_norms ? fmt::format("{:<11} ", text) : std::string();
  };
  std::string text = fmt::format("Tried on {} inputs:\n  {}{:<11} {:<8} {:>14} {:>17}\n",
                                 candidates[chosen].agreement.inputs, form_column("layer norm"),
                                 "calibration", "rounding", "same decision", "scores differ by");
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    text += fmt::format("  {}{:<11} {:<8} {:>13.2f} % {:>13.4f} rms{}\n",
                        form_column(name_of(candidate.layer_norm)), name_of(candidate.calibration),
                        name_of(candidate.rounding), 100.0 * candidate.agreement.fraction(),
                        candidate.agreement.rms_difference, i == chosen ? "  <-- chosen" : "");
  }
  return text + fmt::format("Chosen: {}.\n", why_best(candidates, chosen));
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
