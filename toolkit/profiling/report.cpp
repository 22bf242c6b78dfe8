#include "toolkit/profiling/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace stapes::profiling {
namespace {

const graph::Operator& operator_of(const graph::Graph& model, const OperatorProfile& op) {
  return model.operators[static_cast<size_t>(op.index)];
}

// Shapes of the activations among some tensors: "1x98x1x40,1x98x1x40".
std::string shapes_text(const graph::Graph& model, const std::vector<int32_t>& tensors) {
  std::string text;
  for (const int32_t index : tensors) {
    if (index < 0) continue;
    const graph::Tensor& tensor = model.tensors[static_cast<size_t>(index)];
    if (tensor.is_constant() || tensor.is_variable) continue;
    text += (text.empty() ? "" : ",") + graph::shape_text(tensor.shape);
  }
  return text;
}

// Null where nothing is multiplied.
nlohmann::ordered_json per_mac(double amount, int64_t products) {
  if (products == 0) return nullptr;
  return amount / static_cast<double>(products);
}

nlohmann::ordered_json operator_json(const Profile& profile, const graph::Graph& model,
                                     const OperatorProfile& op) {
  const graph::Operator& node = operator_of(model, op);
  nlohmann::ordered_json row = {{"index", op.index},
                                {"operator", node.name()},
                                {"input_shapes", shapes_text(model, node.inputs)},
                                {"output_shapes", shapes_text(model, node.outputs)},
                                {"operations", op.counts.operations},
                                {"macs", op.counts.macs},
                                {"lstm_macs", op.counts.lstm_macs}};
  if (profile.on_board()) {
    row["instructions"] = op.instructions;
    row["instructions_per_mac"] = per_mac(static_cast<double>(op.instructions), op.products());
    row["estimated_seconds"] = profile.seconds_of(op);
  } else {
    row["seconds"] = op.seconds;
  }
  row["share"] = profile.share_of(op);
  row["live_bytes"] = op.live_bytes;
  return row;
}

nlohmann::ordered_json summary_json(const Profile& profile) {
  nlohmann::ordered_json summary = {{"name", profile.name},
                                    {"target", profile.target},
                                    {"model_bytes", profile.model_bytes},
                                    {"arena_bytes", profile.arena_bytes},
                                    {"state_bytes", profile.state_bytes},
                                    {"persistent_bytes", profile.persistent_bytes},
                                    {"activation_bytes", profile.activation_bytes},
                                    {"activation_lower_bound", profile.activation_lower_bound},
                                    {"operator_count", profile.operators.size()},
                                    {"operations", profile.total.operations},
                                    {"macs", profile.total.macs},
                                    {"lstm_macs", profile.total.lstm_macs}};
  if (!profile.on_board()) {
    summary["seconds"] = profile.seconds_of_inference;
    summary["repetitions"] = profile.repetitions;
    return summary;
  }
  nlohmann::ordered_json sections;
  for (const FlashSection& section : profile.flash) sections[section.name] = section.bytes;
  summary["board"] = profile.board;
  summary["firmware"] = profile.firmware;
  summary["code_bytes"] = profile.code_bytes;
  summary["code_sections"] = sections;
  summary["flash_bytes"] = profile.flash_bytes();
  summary["stack_bytes"] = profile.stack_bytes;
  summary["ram_bytes"] = profile.ram_bytes();
  summary["instructions"] = profile.instructions;
  summary["instructions_per_mac"] =
      per_mac(static_cast<double>(profile.instructions), profile.products());
  summary["counter_granularity"] = profile.counter_granularity;
  summary["initialize_instructions"] = profile.initialize_instructions;
  summary["clock_hz"] = profile.clock_hz;
  summary["assumed_cycles_per_instruction"] = profile.cycles_per_instruction;
  summary["estimated_cycles"] = profile.estimated_cycles();
  summary["estimated_seconds"] = profile.seconds();
  summary["estimated_inferences_per_second"] = 1.0 / profile.seconds();
  return summary;
}

}  // namespace

std::string profile_json(const Profile& profile, const graph::Graph& model) {
  nlohmann::ordered_json json;
  json["summary"] = summary_json(profile);
  json["operators"] = nlohmann::ordered_json::array();
  for (const OperatorProfile& op : profile.operators) {
    json["operators"].push_back(operator_json(profile, model, op));
  }
  return json.dump(2) + "\n";
}

std::string profile_csv(const Profile& profile, const graph::Graph& model) {
  std::string text =
      "index,operator,input_shapes,output_shapes,operations,macs,lstm_macs,instructions,"
      "instructions_per_mac,seconds,share,live_bytes\n";
  for (const OperatorProfile& op : profile.operators) {
    const graph::Operator& node = operator_of(model, op);
    const std::string instructions =
        profile.on_board() ? fmt::format("{}", op.instructions) : std::string();
    const std::string each = profile.on_board() && op.products() > 0
                                 ? fmt::format("{:.3f}", static_cast<double>(op.instructions) /
                                                             static_cast<double>(op.products()))
                                 : std::string();
    text +=
        fmt::format("{},{},\"{}\",\"{}\",{},{},{},{},{},{:.9f},{:.6f},{}\n", op.index, node.name(),
                    shapes_text(model, node.inputs), shapes_text(model, node.outputs),
                    op.counts.operations, op.counts.macs, op.counts.lstm_macs, instructions, each,
                    profile.seconds_of(op), profile.share_of(op), op.live_bytes);
  }
  return text;
}

}  // namespace stapes::profiling
