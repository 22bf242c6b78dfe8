#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.h"
#include "cli/model_text.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/executor.h"
#include "toolkit/graph/parameters.h"
#include "toolkit/graph/statistics.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::cli {
namespace {

using graph::Graph;
using nlohmann::ordered_json;

struct SummarizeOptions {
  std::string model;
  std::string output;
  bool json = false;
};

// What the board's runtime needs, or why it cannot be said.
struct Memory {
  std::optional<size_t> bytes;
  std::string why;
};

Memory memory_of(const Graph& model) {
  try {
    return {graph::Executor(model).arena_bytes(), ""};
  } catch (const Error& error) {
    return {std::nullopt, error.what()};
  }
}

// 5073720 -> "5.074 M"
std::string with_unit(double value, int decimals, const std::string& space) {
  static constexpr const char* kUnits[] = {"", "k", "M", "G", "T"};
  size_t unit = 0;
  while (value >= 1000 && unit < 4) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f}{}{}", value, decimals, space, kUnits[unit]);
}

// Columns of cells, each cell a list of lines.
using Row = std::vector<std::vector<std::string>>;

std::string table_text(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows[0].size(), 0);
  for (const Row& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      for (const std::string& line : row[c]) widths[c] = std::max(widths[c], line.size());
    }
  }
  std::string rule = "+";
  for (const size_t width : widths) rule += std::string(width + 2, '-') + "+";
  std::string text = rule + "\n";
  for (size_t r = 0; r < rows.size(); ++r) {
    size_t lines = 1;
    for (const auto& cell : rows[r]) lines = std::max(lines, cell.size());
    for (size_t line = 0; line < lines; ++line) {
      text += "|";
      for (size_t c = 0; c < widths.size(); ++c) {
        const std::string content = line < rows[r][c].size() ? rows[r][c][line] : "";
        text += fmt::format(" {:<{}} |", content, widths[c]);
      }
      text += "\n";
    }
    if (r == 0) text += rule + "\n";
  }
  return text + rule + "\n";
}

std::vector<std::string> tensors_text(const Graph& model, const std::vector<int32_t>& indices) {
  std::vector<std::string> lines;
  for (const int32_t index : indices) {
    if (index >= 0) lines.push_back(tensor_text(model.tensors[static_cast<size_t>(index)]));
  }
  return lines;
}

std::string count_text(int64_t count) { return count == 0 ? "" : fmt::format("{}", count); }

std::string operators_text(const Graph& model, const graph::Statistics& statistics) {
  std::vector<Row> rows = {{{"Index"},
                            {"OpCode"},
                            {"Input(s)"},
                            {"Output(s)"},
                            {"Config"},
                            {"MACs"},
                            {"LSTM MACs"},
                            {"OPs"}}};
  for (size_t i = 0; i < model.operators.size(); ++i) {
    const graph::Operator& op = model.operators[i];
    const graph::OperatorStatistics& counts = statistics.operators[i];
    rows.push_back({{fmt::format("{}", i)},
                    {lower_case(op.name())},
                    tensors_text(model, op.inputs),
                    tensors_text(model, op.outputs),
                    {options_text(op)},
                    {count_text(counts.macs)},
                    {count_text(counts.lstm_macs)},
                    {count_text(counts.operations)}});
  }
  return table_text(rows);
}

// Parameters that have a line of their own above the others.
bool is_heading(const std::string& key) {
  return key == "name" || key == "version" || key == "classes" || key == "runtime_memory_size";
}

std::string summary_text(const Graph& model, const std::string& path, size_t file_size) {
  const graph::Statistics statistics = graph::count_operations(model);
  const graph::Parameters parameters = graph::read_parameters(model);
  std::string text = operators_text(model, statistics);
  text += fmt::format("Total MACs: {}\n",
                      with_unit(static_cast<double>(statistics.total.macs), 3, " "));
  if (statistics.total.lstm_macs > 0) {
    text += fmt::format("LSTM MACs (not in the total): {}\n",
                        with_unit(static_cast<double>(statistics.total.lstm_macs), 3, " "));
  }
  text += fmt::format("Total OPs: {}\n",
                      with_unit(static_cast<double>(statistics.total.operations), 3, " "));
  const auto text_of = [&](const std::string& key, const std::string& otherwise) {
    const graph::ParameterValue* value = parameters.find(key);
    return value == nullptr ? otherwise : graph::to_text(*value);
  };
  text += fmt::format("Name: {}\n", text_of("name", Path(path).stem().string()));
  text += fmt::format("Version: {}\n", text_of("version", "1"));
  text += fmt::format("Description: {}\n", model.description);
  if (parameters.contains("classes")) text += fmt::format("Classes: {}\n", text_of("classes", ""));
  const Memory memory = memory_of(model);
  if (memory.bytes) {
    text += fmt::format("Runtime memory size (RAM): {}\n",
                        with_unit(static_cast<double>(*memory.bytes), 3, " "));
  } else {
    text += fmt::format("Runtime memory size (RAM): not known, {}\n", memory.why);
  }
  for (const auto& [key, value] : parameters.entries()) {
    const std::string content = graph::to_text(value);
    const bool may_be_empty = key != "hash" && key != "date";
    if (is_heading(key) || (content.empty() && !may_be_empty)) continue;
    text += fmt::format("{}: {}\n", key, content);
  }
  text += fmt::format(".tflite file size: {}B\n", with_unit(static_cast<double>(file_size), 1, ""));
  return text;
}

ordered_json tensors_json(const Graph& model, const std::vector<int32_t>& indices) {
  ordered_json list = ordered_json::array();
  for (const int32_t index : indices) {
    if (index < 0) {
      list.push_back(nullptr);
      continue;
    }
    const graph::Tensor& tensor = model.tensors[static_cast<size_t>(index)];
    ordered_json item = {{"index", index},
                         {"name", tensor.name},
                         {"type", graph::name_of(tensor.type)},
                         {"shape", tensor.shape}};
    if (tensor.quantization.scale.size() == 1) {
      item["scale"] = tensor.quantization.scale[0];
      item["zero_point"] = tensor.quantization.zero_point[0];
    }
    list.push_back(item);
  }
  return list;
}

std::string summary_json(const Graph& model, const std::string& path, size_t file_size) {
  const graph::Statistics statistics = graph::count_operations(model);
  const graph::Parameters parameters = graph::read_parameters(model);
  ordered_json operators = ordered_json::array();
  for (size_t i = 0; i < model.operators.size(); ++i) {
    const graph::Operator& op = model.operators[i];
    operators.push_back({{"index", i},
                         {"operator", op.name()},
                         {"inputs", tensors_json(model, op.inputs)},
                         {"outputs", tensors_json(model, op.outputs)},
                         {"options", options_text(op)},
                         {"macs", statistics.operators[i].macs},
                         {"lstm_macs", statistics.operators[i].lstm_macs},
                         {"operations", statistics.operators[i].operations}});
  }
  const Memory memory = memory_of(model);
  ordered_json summary = {{"file", path},
                          {"file_size", file_size},
                          {"description", model.description},
                          {"inputs", tensors_json(model, model.inputs)},
                          {"outputs", tensors_json(model, model.outputs)},
                          {"macs", statistics.total.macs},
                          {"lstm_macs", statistics.total.lstm_macs},
                          {"operations", statistics.total.operations},
                          {"runtime_memory_size", nullptr},
                          {"operators", operators},
                          {"parameters", parameters_json(parameters)}};
  if (memory.bytes) summary["runtime_memory_size"] = *memory.bytes;
  return summary.dump(2) + "\n";
}

void summarize(const SummarizeOptions& options) {
  const Path path = options.model;
  const graph::ModelFile file = graph::read_model_file(path);
  const std::string text = options.json ? summary_json(file.graph, options.model, file.model_bytes)
                                        : summary_text(file.graph, options.model, file.model_bytes);
  if (options.output.empty()) {
    fmt::print("{}", text);
  } else {
    write_text_file(options.output, text);
    fmt::print("wrote {}\n", options.output);
  }
}

}  // namespace

void add_summarize(Command& app) {
  auto options = std::make_shared<SummarizeOptions>();
  Command command = app.add_command(
      "summarize", "Show a model's operators, computation, memory, parameters and size.");
  command.add_option("model", options->model, "A .tflite file or an .mltk.zip archive").required();
  command.add_option("-o,--output", options->output, "Write to this file instead of printing");
  command.add_flag("--json", options->json, "As JSON");
  command.callback([options] { summarize(*options); });
}

}  // namespace stapes::cli
