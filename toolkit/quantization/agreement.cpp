#include "toolkit/quantization/agreement.h"

#include <algorithm>
#include <cmath>

#include "toolkit/base/interrupt.h"
#include "toolkit/base/progress.h"
#include "toolkit/graph/executor.h"

namespace stapes::quantization {
namespace {

std::ptrdiff_t decision(const std::vector<float>& scores) {
  return std::max_element(scores.begin(), scores.end()) - scores.begin();
}

}  // namespace

std::vector<std::vector<float>> outputs_of(const graph::Graph& graph, const Inputs& inputs,
                                           bool carry_state, int threads) {
  std::vector<std::vector<float>> outputs(inputs.count);
  Progress progress("Running the model", std::max<size_t>(1, inputs.count), "inputs");
  for_each_piece(inputs.count, threads, carry_state, [&](size_t, size_t first, size_t last) {
    graph::Executor executor(graph);
    std::vector<float> values(
        static_cast<size_t>(graph.tensors[static_cast<size_t>(graph.inputs.at(0))].elements()));
    for (size_t i = first; i < last; ++i) {
      if (interrupted()) throw Interrupted();
      inputs.fill(i, values);
      if (!carry_state) executor.reset();
      executor.set_input(0, std::span<const float>(values));
      executor.invoke();
      outputs[i] = executor.output_as_float(0);
      progress.advance();
    }
  });
  return outputs;
}

Agreement compare(const std::vector<std::vector<float>>& reference,
                  const std::vector<std::vector<float>>& outputs, const std::vector<int>& classes) {
  Agreement result;
  if (!classes.empty()) result.outcomes = Outcomes{};
  result.inputs = std::min(reference.size(), outputs.size());
  double squares = 0;
  size_t values = 0;
  for (size_t i = 0; i < result.inputs; ++i) {
    const std::ptrdiff_t wanted = decision(reference[i]);
    const std::ptrdiff_t given = decision(outputs[i]);
    result.same_decision += wanted == given ? 1 : 0;
    if (wanted != given && result.outcomes) {
      result.outcomes->lost += wanted == classes[i] ? 1 : 0;
      result.outcomes->won += given == classes[i] ? 1 : 0;
    }
    for (size_t k = 0; k < std::min(reference[i].size(), outputs[i].size()); ++k) {
      const double difference =
          static_cast<double>(reference[i][k]) - static_cast<double>(outputs[i][k]);
      result.largest_difference = std::max(result.largest_difference, std::abs(difference));
      squares += difference * difference;
      ++values;
    }
  }
  result.rms_difference = values == 0 ? 0.0 : std::sqrt(squares / static_cast<double>(values));
  return result;
}

}  // namespace stapes::quantization
