#include "toolkit/quantization/choose.h"

#include <algorithm>
#include <limits>

#include "toolkit/quantization/float_weights.h"

namespace stapes::quantization {
namespace {

constexpr size_t kDecisionsOfChance = 5;
constexpr double kNearlyEqual = 1.05;  // of two differences of scores

bool is_better(const Agreement& a, const Agreement& b) {
  if (a.same_decision != b.same_decision) return a.same_decision > b.same_decision;
  return a.rms_difference < b.rms_difference;
}

}  // namespace

std::vector<Candidate> try_all(const graph::Graph& float_model, const Inputs& inputs,
                               const ModelSettings& settings, const Choices& choices) {
  const bool carry_state = settings.calibration.carry_state;
  const int threads = settings.calibration.threads;
  const std::vector<std::vector<float>> expected =
      outputs_of(with_float_weights(float_model), inputs, carry_state, threads);
  std::vector<LayerNormForm> layer_norms = choices.layer_norms;
  if (layer_norms.size() > 1 && find_layer_norms(with_float_weights(float_model)).empty()) {
    layer_norms = {LayerNormForm::kDecomposed};
  }
  std::vector<Candidate> result;
  for (const LayerNormForm layer_norm : layer_norms) {
    WeightInputs seen;
    if (std::count(choices.roundings.begin(), choices.roundings.end(), Rounding::kJoint) > 0) {
      seen = observe_weight_inputs(
          apply_layer_norm_form(with_float_weights(float_model), layer_norm).graph, inputs,
          settings.calibration);
    }
    for (const Calibration calibration : choices.calibrations) {
      for (const Rounding rounding : choices.roundings) {
        ModelSettings tried = settings;
        tried.layer_norm = layer_norm;
        tried.calibration.calibration = calibration;
        tried.rounding = rounding;
        const QuantizedModel model = quantize_model(float_model, inputs, tried, &seen);
        result.push_back(
            {layer_norm, calibration, rounding,
             compare(expected, outputs_of(model.quantized.graph, inputs, carry_state, threads))});
      }
    }
  }
  return result;
}

size_t best(const std::vector<Candidate>& candidates) {
  size_t most = 0;
  for (const Candidate& candidate : candidates) {
    most = std::max(most, candidate.agreement.same_decision);
  }
  const auto is_possible = [&](const Agreement& agreement) {
    return agreement.same_decision + kDecisionsOfChance >= most;
  };
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate& candidate : candidates) {
    if (is_possible(candidate.agreement)) {
      least = std::min(least, candidate.agreement.rms_difference);
    }
  }
  size_t result = candidates.size();
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Agreement& agreement = candidates[i].agreement;
    if (!is_possible(agreement) || agreement.rms_difference > kNearlyEqual * least) continue;
    if (result == candidates.size() || is_better(agreement, candidates[result].agreement)) {
      result = i;
    }
  }
  return result;
}

}  // namespace stapes::quantization
