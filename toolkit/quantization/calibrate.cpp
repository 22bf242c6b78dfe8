#include "toolkit/quantization/calibrate.h"

#include <algorithm>
#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/nearest.h"
#include "toolkit/base/progress.h"
#include "toolkit/graph/executor.h"
#include "toolkit/quantization/float_lstm.h"
#include "toolkit/quantization/histogram.h"

namespace stapes::quantization {
namespace {

std::span<const float> as_floats(std::span<const uint8_t> bytes) {
  // The executor's arena is aligned to 16 bytes and so are its tensors.
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

std::vector<size_t> float_activations(const graph::Graph& graph) {
  std::vector<bool> used(graph.tensors.size(), false);
  for (const int32_t input : graph.inputs) used[static_cast<size_t>(input)] = true;
  for (const graph::Operator& op : graph.operators) {
    for (const int32_t output : op.outputs) used[static_cast<size_t>(output)] = true;
  }
  std::vector<size_t> result;
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    if (used[t] && graph.tensors[t].type == TensorType::kFloat32) result.push_back(t);
  }
  return result;
}

// Runs the inputs first … last-1 and calls look(executor) after each.
template <typename Look>
void run_piece(const graph::Graph& graph, const Inputs& inputs, const CalibrationSettings& settings,
               size_t first, size_t last, Progress& progress, Look look) {
  graph::Executor executor(graph, graph::Executor::Keep::kAllTensors);
  std::vector<float> values(input_size(graph));
  for (size_t i = first; i < last; ++i) {
    if (interrupted()) throw Interrupted();
    inputs.fill(i, values);
    check_finite(i, values);
    if (!settings.carry_state) executor.reset();
    executor.set_input(0, std::span<const float>(values));
    executor.invoke();
    look(executor);
    progress.advance();
  }
}

std::vector<Histogram> histograms(const graph::Graph& graph, const Inputs& inputs,
                                  const CalibrationSettings& settings, const Ranges& extremes) {
  const std::vector<size_t> tensors = float_activations(graph);
  std::vector<Histogram> empty(graph.tensors.size());
  for (const size_t t : tensors) {
    if (extremes.tensors[t]) empty[t] = Histogram(*extremes.tensors[t]);
  }
  std::vector<std::vector<Histogram>> found(
      pieces(inputs.count, settings.threads, settings.carry_state), empty);
  Progress progress("Calibrating (distribution)", inputs.count, "inputs");
  for_each_piece(
      inputs.count, settings.threads, settings.carry_state,
      [&](size_t piece, size_t first, size_t last) {
        run_piece(graph, inputs, settings, first, last, progress, [&](graph::Executor& executor) {
          for (const size_t t : tensors) {
            found[piece][t].add(as_floats(executor.tensor(static_cast<int32_t>(t))));
          }
        });
      });
  for (size_t piece = 1; piece < found.size(); ++piece) {
    for (const size_t t : tensors) found[0][t].add(found[piece][t]);
  }
  return std::move(found[0]);
}

}  // namespace

Calibration calibration_of(const std::string& name) {
  if (name == "minmax") return Calibration::kMinMax;
  if (name == "percentile") return Calibration::kPercentile;
  if (name == "mse") return Calibration::kMse;
  throw Error("unknown calibration", name, suggestion(name, {"minmax", "percentile", "mse"}));
}

const char* name_of(Calibration calibration) {
  switch (calibration) {
    case Calibration::kMinMax:
      return "minmax";
    case Calibration::kPercentile:
      return "percentile";
    case Calibration::kMse:
      return "mse";
  }
  return "";
}

Ranges observe_extremes(const graph::Graph& graph, const Inputs& inputs,
                        const CalibrationSettings& settings) {
  const std::vector<size_t> tensors = float_activations(graph);
  std::vector<Ranges> found(pieces(inputs.count, settings.threads, settings.carry_state));
  Progress progress("Calibrating", inputs.count, "inputs");
  for_each_piece(
      inputs.count, settings.threads, settings.carry_state,
      [&](size_t piece, size_t first, size_t last) {
        Ranges& ranges = found[piece];
        ranges.tensors.resize(graph.tensors.size());
        std::map<size_t, FloatLstm> lstms;
        for (size_t i = 0; i < graph.operators.size(); ++i) {
          if (graph.operators[i].code == OperatorCode::kUnidirectionalSequenceLstm) {
            lstms.emplace(i, FloatLstm(graph, graph.operators[i]));
            ranges.cell_magnitude[i] = 0.0F;
          }
        }
        run_piece(graph, inputs, settings, first, last, progress, [&](graph::Executor& executor) {
          for (const size_t t : tensors) {
            const auto values = as_floats(executor.tensor(static_cast<int32_t>(t)));
            if (values.empty()) continue;
            const ValueRange seen = range_of(values);
            ranges.tensors[t] = ranges.tensors[t] ? merge(*ranges.tensors[t], seen) : seen;
          }
          for (auto& [index, lstm] : lstms) {
            if (!settings.carry_state) lstm.reset();
            const int32_t input = graph.operators[index].inputs[graph::lstm::kInput];
            float& magnitude = ranges.cell_magnitude[index];
            magnitude = std::max(magnitude, lstm.run(as_floats(executor.tensor(input))));
            if (lstm.normalizes_gates()) ranges.gate_magnitudes[index] = lstm.gate_magnitudes();
          }
        });
      });
  Ranges result = std::move(found.front());
  for (size_t piece = 1; piece < found.size(); ++piece) add(result, found[piece]);
  return result;
}

void add(Ranges& extremes, const Ranges& others) {
  for (size_t t = 0; t < extremes.tensors.size(); ++t) {
    std::optional<ValueRange>& range = extremes.tensors[t];
    const std::optional<ValueRange>& other = others.tensors[t];
    if (other) range = range ? merge(*range, *other) : *other;
  }
  for (auto& [index, magnitude] : extremes.cell_magnitude) {
    magnitude = std::max(magnitude, others.cell_magnitude.at(index));
  }
  for (const auto& [index, their_magnitudes] : others.gate_magnitudes) {
    std::array<float, 4>& magnitudes = extremes.gate_magnitudes[index];
    for (size_t g = 0; g < 4; ++g) magnitudes[g] = std::max(magnitudes[g], their_magnitudes[g]);
  }
}

Ranges calibrate(const graph::Graph& graph, const Inputs& inputs,
                 const CalibrationSettings& settings, const Ranges* extremes) {
  if (inputs.count == 0) {
    throw Error("cannot calibrate", "", "there is no representative input",
                "give a specification with data, or --representative");
  }
  if (!(settings.percentile > 50.0 && settings.percentile <= 100.0)) {
    throw Error("cannot calibrate", "percentile", "it is not above 50 and at most 100",
                "99.99 is usual");
  }
  Ranges ranges = extremes != nullptr ? *extremes : observe_extremes(graph, inputs, settings);
  if (settings.calibration == Calibration::kMinMax) return ranges;
  const std::vector<Histogram> seen = histograms(graph, inputs, settings, ranges);
  for (const size_t t : float_activations(graph)) {
    if (!ranges.tensors[t] || ranges.tensors[t]->low == ranges.tensors[t]->high) continue;
    ranges.tensors[t] = settings.calibration == Calibration::kMse
                            ? seen[t].least_squared_error()
                            : seen[t].percentile(settings.percentile);
  }
  return ranges;
}

}  // namespace stapes::quantization
