#include "toolkit/quantization/inputs.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/parallel.h"
#include "toolkit/base/progress.h"

namespace stapes::quantization {

Inputs inputs_from(std::vector<float> values, size_t values_per_input) {
  if (values_per_input == 0 || values.empty() || values.size() % values_per_input != 0) {
    throw Error("cannot use representative inputs", "",
                "their size is no multiple of the model's input, " +
                    std::to_string(values_per_input) + " values",
                "give an array [inputs, ...] whose rows have the model's input shape");
  }
  Inputs inputs;
  inputs.count = values.size() / values_per_input;
  inputs.fill = [shared = std::make_shared<const std::vector<float>>(std::move(values)),
                 values_per_input](size_t index, std::span<float> out) {
    std::copy_n(shared->begin() + static_cast<std::ptrdiff_t>(index * values_per_input),
                values_per_input, out.begin());
  };
  return inputs;
}

Inputs in_memory(const Inputs& inputs, size_t values_per_input, int threads) {
  std::vector<float> values(inputs.count * values_per_input);
  {
    Progress progress("Preparing inputs", std::max<size_t>(1, inputs.count), "inputs");
    parallel_for(inputs.count, threads, [&](size_t i) {
      if (interrupted()) throw Interrupted();
      inputs.fill(i, std::span<float>(values).subspan(i * values_per_input, values_per_input));
      progress.advance();
    });
  }
  Inputs result = inputs_from(std::move(values), values_per_input);
  result.together = inputs.together;
  return result;
}

void check_finite(size_t index, std::span<const float> values) {
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    throw Error("cannot calibrate", "representative input " + std::to_string(index),
                "it holds NaN or infinity", "leave it out");
  }
}

size_t input_size(const graph::Graph& graph) {
  if (graph.inputs.size() != 1) {
    throw Error("cannot quantize", graph.description,
                "it has " + std::to_string(graph.inputs.size()) + " inputs",
                "use a model with one input");
  }
  const graph::Tensor& input = graph.tensors[static_cast<size_t>(graph.inputs[0])];
  if (input.type != TensorType::kFloat32) {
    throw Error("cannot quantize", "input " + input.name,
                std::string("its type is ") + graph::name_of(input.type) + ", not FLOAT32",
                "give the float model");
  }
  return static_cast<size_t>(input.elements());
}

size_t pieces(size_t count, int threads, bool one_piece) {
  if (one_piece || count == 0) return 1;
  const int wanted = threads > 0 ? threads : available_cores();
  return std::min(count, static_cast<size_t>(std::max(1, wanted)));
}

void for_each_piece(size_t count, int threads, bool one_piece,
                    const std::function<void(size_t, size_t, size_t)>& body) {
  const size_t number = pieces(count, threads, one_piece);
  parallel_for(number, threads, [&](size_t piece) {
    body(piece, count * piece / number, count * (piece + 1) / number);
  });
}

}  // namespace stapes::quantization
