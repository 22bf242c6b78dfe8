#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "toolkit/base/files.h"
#include "toolkit/evaluation/metrics.h"

// How the results of an evaluation are told: as text, as JSON, as pictures.
namespace stapes::evaluation {

// One model under one condition.
struct Result {
  std::string model;      // name, without folder and extension
  std::string condition;  // "clean", "20 dB", …
  Metrics metrics;
  std::optional<Agreement> agreement;  // with the reference model, `reference_model`
  std::string reference_model;
  double clips_per_second = 0.0;  // front end and all models together; 0: not measured
};

// The reference toolkit's summary: overall accuracy, class accuracies and areas under the ROC
// curves in percent, each list from the best class to the worst.
std::string summary_text(const std::string& model, const Metrics& metrics);

// What the reference toolkit does not say: balanced and keyword accuracy with 95 % intervals,
// operating points, agreement with the reference model.
std::string details_text(const Result& result);

// A line per model and condition: the three accuracies and the agreement. Then, where two models
// are compared, a line that says whether their difference is more than chance.
std::string overview_text(const std::vector<std::vector<Result>>& results);

// Keys and order of the reference toolkit's eval-results.json (name … confusion_matrix), then ours
// (docs/evaluation.md lists them). Accuracies are fractions.
nlohmann::ordered_json to_json(const Result& result);

// <model>-roc.png, <model>-precision_vs_recall.png, <model>-confusion_matrix.png
void write_pictures(const Result& result, const Path& folder);

}  // namespace stapes::evaluation
