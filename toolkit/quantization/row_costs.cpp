#include "toolkit/quantization/row_costs.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolkit/base/progress.h"

namespace stapes::quantization {
namespace {

// The float model's operator that a row stands for; none for a conversion that was added.
std::optional<size_t> source_of(const ReportRow& row, const QuantizedGraph& quantized) {
  for (size_t i = 0; i < quantized.graph.operators.size(); ++i) {
    const std::vector<int32_t>& outputs = quantized.graph.operators[i].outputs;
    if (std::find(outputs.begin(), outputs.end(), row.tensor_idx) == outputs.end()) continue;
    const int32_t source = quantized.source_operators[i];
    if (source < 0) return std::nullopt;
    return static_cast<size_t>(source);
  }
  return std::nullopt;
}

// Constants as the model has them, so that weights that were rounded jointly stay so.
void take_constants(const graph::Graph& from, graph::Graph& to) {
  for (graph::Tensor& tensor : to.tensors) {
    if (tensor.data.empty()) continue;
    const auto same = [&](const graph::Tensor& other) {
      return other.name == tensor.name && other.type == tensor.type &&
             other.shape == tensor.shape && other.data.size() == tensor.data.size() &&
             other.quantization.scale == tensor.quantization.scale;
    };
    const auto found = std::find_if(from.tensors.begin(), from.tensors.end(), same);
    if (found != from.tensors.end()) tensor.data = found->data;
  }
}

// Every operator in float but one.
graph::Graph alone_in_int8(const QuantizedModel& model, size_t source) {
  QuantizeOptions options = model.options;
  options.float_operators.assign(model.float_graph.operators.size(), true);
  options.float_operators[source] = false;
  graph::Graph graph = quantize(model.float_graph, model.ranges, options).graph;
  take_constants(model.quantized.graph, graph);
  return graph;
}

// Converters join the names of all that they made one tensor of.
std::string first_name(const std::string& names) { return names.substr(0, names.find(';')); }

std::vector<RowCost> costliest(std::vector<RowCost> costs, size_t count) {
  std::erase_if(costs, [](const RowCost& cost) { return !cost.alone; });
  std::stable_sort(costs.begin(), costs.end(), [](const RowCost& a, const RowCost& b) {
    return a.alone->rms_difference > b.alone->rms_difference;
  });
  costs.resize(std::min(costs.size(), count));
  return costs;
}

std::string name_of(const ReportRow& row) {
  return fmt::format("{} (tensor {}, {})", row.op_name, row.tensor_idx,
                     first_name(row.tensor_name));
}

}  // namespace

std::vector<RowCost> row_costs(const QuantizedModel& model, const std::vector<ReportRow>& rows,
                               const std::vector<std::vector<float>>& expected,
                               const std::vector<int>& classes, const Inputs& inputs,
                               const ReportSettings& settings) {
  std::vector<RowCost> costs;
  Progress progress("Each operator alone in int8", std::max<size_t>(1, rows.size()), "operators");
  for (const ReportRow& row : rows) {
    RowCost cost{row, std::nullopt};
    if (const std::optional<size_t> source = source_of(row, model.quantized)) {
      cost.alone = compare(
          expected,
          outputs_of(alone_in_int8(model, *source), inputs, settings.carry_state, settings.threads),
          classes);
    }
    costs.push_back(std::move(cost));
    progress.advance();
  }
  return costs;
}

std::vector<ReportRow> costliest_rows(std::vector<RowCost> costs, size_t count) {
  std::vector<ReportRow> rows;
  for (const RowCost& cost : costliest(std::move(costs), count)) rows.push_back(cost.row);
  return rows;
}

std::string costliest_rows_text(std::vector<RowCost> costs, size_t count,
                                const std::string& indent) {
  std::string text;
  for (const RowCost& cost : costliest(std::move(costs), count)) {
    text += fmt::format("{}{:.4f} rms, {} of {} inputs decided otherwise: {}, rmse/scale {:.2f}\n",
                        indent, cost.alone->rms_difference,
                        cost.alone->inputs - cost.alone->same_decision, cost.alone->inputs,
                        name_of(cost.row), cost.row.rmse_per_scale);
  }
  return text;
}

std::string accuracy_text(std::vector<RowCost> costs, size_t count, const std::string& indent) {
  const bool known = std::any_of(costs.begin(), costs.end(), [](const RowCost& cost) {
    return cost.alone && cost.alone->outcomes;
  });
  if (!known) return indent + "not known: the inputs have no classes\n";
  const auto loss = [](const RowCost& cost) {
    if (!cost.alone || !cost.alone->outcomes) return std::ptrdiff_t{0};
    return static_cast<std::ptrdiff_t>(cost.alone->outcomes->lost) -
           static_cast<std::ptrdiff_t>(cost.alone->outcomes->won);
  };
  std::erase_if(costs, [&](const RowCost& cost) { return loss(cost) <= 0; });
  if (costs.empty()) return indent + "none: no operator alone loses more inputs than it wins\n";
  std::stable_sort(costs.begin(), costs.end(),
                   [&](const RowCost& a, const RowCost& b) { return loss(a) > loss(b); });
  const size_t others = costs.size() - std::min(costs.size(), count);
  costs.resize(std::min(costs.size(), count));
  std::string text;
  for (const RowCost& cost : costs) {
    text += fmt::format(
        "{}{} of {} inputs wrong that float has right, {} right that float has wrong: {}\n", indent,
        cost.alone->outcomes->lost, cost.alone->inputs, cost.alone->outcomes->won,
        name_of(cost.row));
  }
  if (others > 0) text += fmt::format("{}and {} more\n", indent, others);
  return text;
}

std::string worst_rows_text(std::vector<RowCost> costs, size_t count, const std::string& indent) {
  std::stable_sort(costs.begin(), costs.end(),
                   [](const RowCost& a, const RowCost& b) { return is_worse(a.row, b.row); });
  costs.resize(std::min(costs.size(), count));
  std::string text;
  for (const RowCost& cost : costs) {
    text += fmt::format("{}{:.2f} {}", indent, cost.row.rmse_per_scale, name_of(cost.row));
    if (cost.alone) {
      text +=
          fmt::format(": alone it changes the scores by {:.4f} rms", cost.alone->rms_difference);
    }
    text += "\n";
  }
  return text;
}

}  // namespace stapes::quantization
