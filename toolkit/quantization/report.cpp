#include "toolkit/quantization/report.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "toolkit/base/interrupt.h"
#include "toolkit/base/progress.h"
#include "toolkit/graph/executor.h"
#include "toolkit/quantization/single_operator.h"

namespace stapes::quantization {
namespace {

// A row of the report before it is measured: one output of one int8 operator.
struct Subject {
  size_t int8_operator = 0;
  size_t output = 0;           // which of the operator's outputs
  int32_t tensor = -1;         // in the int8 graph
  bool is_conversion = false;  // a QUANTIZE that was added: compared with its input as it is
};

struct Errors {
  double stddev = 0;
  double mean = 0;
  double max_abs = 0;
  double mean_squared = 0;
};

Errors errors_between(const std::vector<float>& int8_result,
                      const std::vector<float>& float_result) {
  Errors errors;
  double sum = 0;
  double squares = 0;
  for (size_t i = 0; i < int8_result.size(); ++i) {
    const double difference =
        static_cast<double>(int8_result[i]) - static_cast<double>(float_result[i]);
    sum += difference;
    squares += difference * difference;
    errors.max_abs = std::max(errors.max_abs, std::abs(difference));
  }
  const auto count = static_cast<double>(std::max<size_t>(1, int8_result.size()));
  errors.mean = sum / count;
  errors.mean_squared = squares / count;
  errors.stddev = std::sqrt(std::max(0.0, errors.mean_squared - errors.mean * errors.mean));
  return errors;
}

std::vector<Subject> subjects_of(const QuantizedGraph& quantized) {
  std::vector<Subject> result;
  const graph::Graph& graph = quantized.graph;
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const graph::Operator& op = graph.operators[i];
    const bool is_conversion = quantized.source_operators[i] < 0;
    if (is_conversion && (op.code != OperatorCode::kQuantize ||
                          std::count(graph.inputs.begin(), graph.inputs.end(), op.inputs[0]) > 0)) {
      continue;
    }
    for (size_t k = 0; k < op.outputs.size(); ++k) {
      if (graph.tensors[static_cast<size_t>(op.outputs[k])].type != TensorType::kInt8) continue;
      result.push_back({i, k, op.outputs[k], is_conversion});
    }
  }
  return result;
}

// The int8 model and, beside it, the float form of each of its operators.
class Bench {
 public:
  Bench(const graph::Graph& float_graph, const QuantizedGraph& quantized,
        const std::vector<Subject>& subjects)
      : quantized_(quantized),
        subjects_(subjects),
        int8_(quantized.graph, graph::Executor::Keep::kAllTensors),
        twins_(quantized.graph.operators.size()) {
    for (const Subject& subject : subjects) {
      if (subject.is_conversion || twins_[subject.int8_operator]) continue;
      const auto source = static_cast<size_t>(quantized.source_operators[subject.int8_operator]);
      SingleOperator single = single_operator(float_graph, source);
      graph::Executor executor(single.graph);
      twins_[subject.int8_operator].emplace(
          Twin{std::move(single.input_positions), std::move(single.graph), std::move(executor)});
    }
  }

  void reset() {
    int8_.reset();
    for (std::optional<Twin>& twin : twins_) {
      if (twin) twin->executor.reset();
    }
  }

  // Errors of every subject on one input. Continues from the state that the last call left.
  void run(std::span<const float> input, std::vector<Errors>& errors) {
    int8_.set_input(0, input);
    int8_.invoke();
    errors.resize(subjects_.size());
    for (size_t i = 0; i < subjects_.size(); ++i) {
      const Subject& subject = subjects_[i];
      const std::vector<float> expected =
          subject.is_conversion
              ? real_values(quantized_.graph.operators[subject.int8_operator].inputs[0])
              : float_result(subject);
      errors[i] = errors_between(real_values(subject.tensor), expected);
    }
  }

 private:
  struct Twin {
    std::vector<size_t> input_positions;
    graph::Graph graph;
    graph::Executor executor;
  };

  const graph::Tensor& tensor(int32_t index) const {
    return quantized_.graph.tensors[static_cast<size_t>(index)];
  }
  std::vector<float> real_values(int32_t index) const {
    return graph::dequantize(tensor(index), int8_.tensor(index));
  }

  std::vector<float> float_result(const Subject& subject) {
    Twin& twin = *twins_[subject.int8_operator];
    // An operator with several outputs runs once, for its first.
    if (subject.output == 0) {
      const graph::Operator& op = quantized_.graph.operators[subject.int8_operator];
      for (size_t i = 0; i < twin.input_positions.size(); ++i) {
        const int32_t input = op.inputs[twin.input_positions[i]];
        if (tensor(input).type == TensorType::kInt32) {
          twin.executor.set_input(i, int8_.tensor(input));
        } else {
          const std::vector<float> values = real_values(input);
          twin.executor.set_input(i, std::span<const float>(values));
        }
      }
      twin.executor.invoke();
    }
    return twin.executor.output_as_float(subject.output);
  }

  const QuantizedGraph& quantized_;
  const std::vector<Subject>& subjects_;
  graph::Executor int8_;
  std::vector<std::optional<Twin>> twins_;  // by int8 operator
};

ReportRow row_for(const QuantizedGraph& quantized, const Subject& subject) {
  const graph::Tensor& tensor = quantized.graph.tensors[static_cast<size_t>(subject.tensor)];
  ReportRow row;
  row.op_name = quantized.graph.operators[subject.int8_operator].name();
  row.tensor_idx = subject.tensor;
  row.num_elements = static_cast<double>(tensor.elements());
  row.scale = static_cast<double>(tensor.quantization.scale.at(0));
  row.zero_point = tensor.quantization.zero_point.at(0);
  row.tensor_name = tensor.name;
  row.range = 255.0 * row.scale;
  return row;
}

}  // namespace

std::vector<ReportRow> measure_report(const graph::Graph& float_graph,
                                      const QuantizedGraph& quantized, const Inputs& inputs,
                                      const ReportSettings& settings) {
  const std::vector<Subject> subjects = subjects_of(quantized);
  const size_t size = input_size(float_graph);
  std::vector<std::vector<Errors>> errors(inputs.count);
  {
    Progress progress("Measuring each operator", std::max<size_t>(1, inputs.count), "inputs");
    for_each_piece(inputs.count, settings.threads, settings.carry_state,
                   [&](size_t, size_t first, size_t last) {
                     Bench bench(float_graph, quantized, subjects);
                     std::vector<float> values(size);
                     for (size_t i = first; i < last; ++i) {
                       if (interrupted()) throw Interrupted();
                       inputs.fill(i, values);
                       if (!settings.carry_state) bench.reset();
                       bench.run(values, errors[i]);
                       progress.advance();
                     }
                   });
  }
  std::vector<ReportRow> rows;
  const auto count = static_cast<double>(inputs.count);
  for (size_t s = 0; s < subjects.size(); ++s) {
    ReportRow row = row_for(quantized, subjects[s]);
    for (const std::vector<Errors>& of_input : errors) {
      row.stddev += of_input[s].stddev / count;
      row.mean_error += of_input[s].mean / count;
      row.max_abs_error += of_input[s].max_abs / count;
      row.mean_squared_error += of_input[s].mean_squared / count;
    }
    row.rmse_per_scale = std::sqrt(row.mean_squared_error) / row.scale;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace stapes::quantization
