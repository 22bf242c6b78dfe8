#include "toolkit/quantization/agreement.h"

#include <algorithm>
#include <cmath>

#include "toolkit/base/interrupt.h"
#include "toolkit/base/progress.h"
#include "toolkit/quantization/real_input.h"

namespace stapes::quantization {
namespace {

struct Comparison {
  bool same_decision = false;
  double largest = 0;
  double squares = 0;
  size_t values = 0;
};

Comparison compare(const std::vector<float>& a, const std::vector<float>& b) {
  Comparison result;
  const auto decision = [](const std::vector<float>& scores) {
    return std::max_element(scores.begin(), scores.end()) - scores.begin();
  };
  result.same_decision = decision(a) == decision(b);
  result.values = std::min(a.size(), b.size());
  for (size_t i = 0; i < result.values; ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    result.largest = std::max(result.largest, std::abs(difference));
    result.squares += difference * difference;
  }
  return result;
}

}  // namespace

Agreement measure_agreement(const graph::Graph& reference, const graph::Graph& model,
                            const Inputs& inputs, bool carry_state, int threads) {
  std::vector<Comparison> comparisons(inputs.count);
  const size_t size = input_size(reference);
  {
    Progress progress("Comparing int8 with float", std::max<size_t>(1, inputs.count), "inputs");
    for_each_piece(inputs.count, threads, carry_state, [&](size_t, size_t first, size_t last) {
      graph::Executor a(reference);
      graph::Executor b(model);
      std::vector<float> values(size);
      for (size_t i = first; i < last; ++i) {
        if (interrupted()) throw Interrupted();
        inputs.fill(i, values);
        for (const auto& [graph, executor] : {std::pair{&reference, &a}, std::pair{&model, &b}}) {
          if (!carry_state) executor->reset();
          set_real_input(*graph, *executor, values);
          executor->invoke();
        }
        comparisons[i] = compare(a.output_as_float(0), b.output_as_float(0));
        progress.advance();
      }
    });
  }
  Agreement result;
  result.inputs = inputs.count;
  double squares = 0;
  size_t values = 0;
  for (const Comparison& comparison : comparisons) {
    result.same_decision += comparison.same_decision ? 1 : 0;
    result.largest_difference = std::max(result.largest_difference, comparison.largest);
    squares += comparison.squares;
    values += comparison.values;
  }
  result.rms_difference = values == 0 ? 0.0 : std::sqrt(squares / static_cast<double>(values));
  return result;
}

}  // namespace stapes::quantization
