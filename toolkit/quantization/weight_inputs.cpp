#include "toolkit/quantization/weight_inputs.h"

#include <algorithm>
#include <memory>

#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"
#include "toolkit/graph/executor.h"
#include "toolkit/quantization/weight_input_observer.h"

namespace stapes::quantization {
namespace {

// Sums depend on the order of their terms: inputs are cut into this many parts, whatever the number
// of threads, and the parts are added in order.
constexpr size_t kParts = 16;

std::map<size_t, std::unique_ptr<WeightInputObserver>> observers_of(const graph::Graph& graph) {
  std::map<size_t, std::unique_ptr<WeightInputObserver>> result;
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    if (auto observer = weight_input_observer(graph, graph.operators[i])) {
      result.emplace(i, std::move(observer));
    }
  }
  return result;
}

}  // namespace

WeightInputs observe_weight_inputs(const graph::Graph& graph, const Inputs& inputs,
                                   const CalibrationSettings& settings) {
  const size_t parts =
      settings.carry_state ? 1 : std::max<size_t>(1, std::min(kParts, inputs.count));
  std::vector<WeightInputs> found(parts);
  Progress progress("Observing what weights are multiplied with", inputs.count, "inputs");
  parallel_for(parts, settings.threads, [&](size_t part) {
    const auto observers = observers_of(graph);
    for (const auto& [index, observer] : observers) {
      found[part].emplace(index, observer->nothing());
    }
    graph::Executor executor(graph, graph::Executor::Keep::kAllTensors);
    std::vector<float> values(input_size(graph));
    const size_t last = inputs.count * (part + 1) / parts;
    for (size_t i = inputs.count * part / parts; i < last; ++i) {
      if (interrupted()) throw Interrupted();
      inputs.fill(i, values);
      if (!settings.carry_state) executor.reset();
      executor.set_input(0, std::span<const float>(values));
      executor.invoke();
      for (const auto& [index, observer] : observers) {
        if (!settings.carry_state) observer->reset();
        observer->observe(executor, found[part].at(index));
      }
      progress.advance();
    }
  });
  WeightInputs result = std::move(found[0]);
  for (size_t part = 1; part < parts; ++part) add(result, found[part]);
  return result;
}

void add(WeightInputs& seen, const WeightInputs& others) {
  for (auto& [index, moments] : seen) {
    for (size_t k = 0; k < moments.size(); ++k) moments[k].add(others.at(index)[k]);
  }
}

}  // namespace stapes::quantization
