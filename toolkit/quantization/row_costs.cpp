#include "toolkit/quantization/row_costs.h"

#include <fmt/format.h>

#include <algorithm>

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

// Converters join the names of all that they made one tensor of.
std::string first_name(const std::string& names) { return names.substr(0, names.find(';')); }

}  // namespace

std::vector<RowCost> costs_of_worst_rows(const QuantizedModel& model,
                                         const std::vector<ReportRow>& rows, size_t count,
                                         const std::vector<std::vector<float>>& expected,
                                         const Inputs& inputs, const ReportSettings& settings) {
  std::vector<RowCost> costs;
  for (const ReportRow& row : worst_rows(rows, count)) {
    RowCost cost{row, std::nullopt};
    if (const std::optional<size_t> source = source_of(row, model.quantized)) {
      QuantizeOptions options = model.options;
      options.float_operators.resize(model.float_graph.operators.size());
      options.float_operators[*source] = true;
      QuantizedGraph without = quantize(model.float_graph, model.ranges, options);
      take_constants(model.quantized.graph, without.graph);
      cost.without = compare(
          expected, outputs_of(without.graph, inputs, settings.carry_state, settings.threads));
    }
    costs.push_back(std::move(cost));
  }
  return costs;
}

std::string row_costs_text(const std::vector<RowCost>& costs, const Agreement& as_it_is,
                           const std::string& indent) {
  std::string text;
  for (const RowCost& cost : costs) {
    const ReportRow& row = cost.row;
    text += fmt::format("{}{:.2f} {} (tensor {}, {})", indent, row.rmse_per_scale, row.op_name,
                        row.tensor_idx, first_name(row.tensor_name));
    if (cost.without) {
      text += fmt::format(": in float, scores would differ by {:.4f} rms instead of {:.4f}",
                          cost.without->rms_difference, as_it_is.rms_difference);
    }
    text += "\n";
  }
  return text;
}

}  // namespace stapes::quantization
