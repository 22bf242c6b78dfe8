// The profile of a stream as people and programs read it (declared in stream_profile.h).
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "toolkit/profiling/stream_profile.h"
#include "toolkit/profiling/table_text.h"
#include "toolkit/profiling/units.h"

namespace stapes::profiling {
namespace {

std::string output_shape(const graph::Graph& model, const graph::Operator& node) {
  if (node.outputs.empty() || node.outputs[0] < 0) return "";
  return graph::shape_text(model.tensors[static_cast<size_t>(node.outputs[0])].shape);
}

}  // namespace

std::string stream_profile_text(const StreamProfile& p, const graph::Graph& model) {
  const Profile& w = p.window;
  const auto bytes = [](int64_t count) { return fmt::format("{} bytes", count); };
  const auto whole = [](double count) { return fmt::format("{:.0f}", count); };
  std::string text = line("Name", w.name);
  text += line("Target", fmt::format("{} (QEMU, {})", w.target, w.board));
  text += line("Frame", fmt::format("{:g} ms; an output every {} frames, the first with frame {}",
                                    p.frame_ms, p.output_period, p.output_delay));
  text += line("Instructions per 10 ms",
               fmt::format("{:.0f} on average, of {} frames", p.per_10_ms(), p.frames));
  text += line("  worst frame",
               fmt::format("{} (exact to {})", p.worst_instructions, p.counter_granularity));
  text += line("  load (estimated)",
               fmt::format("{:.2f} % at {}Hz, supposing {} cycles per instruction",
                           100.0 * p.load(), count_text(w.clock_hz), w.cycles_per_instruction));
  text += line("On a whole window", fmt::format("{} instructions for each inference, as many as {} "
                                                "of the stream",
                                                w.instructions,
                                                time_text(static_cast<double>(w.instructions) /
                                                          p.per_frame() * p.frame_ms / 1000.0)));
  text +=
      line("Flash", fmt::format("{} model, {} program", bytes(w.model_bytes), bytes(p.code_bytes)));
  text += line("Stack", bytes(p.stack_bytes));
  text +=
      line("Arena", fmt::format("{}; on a whole window {}", bytes(p.arena_bytes), w.arena_bytes));
  text += line("  records, constants", bytes(p.persistent_bytes - p.state_bytes));
  text += line("  LSTM state", bytes(p.state_bytes));
  text += line("  kept rows", bytes(p.kept_bytes));
  text += line("  other activations", bytes(p.activation_bytes - p.kept_bytes));

  std::vector<Row> rows = {{"Index", "Operator", "Output of the window", "Runs", "Per run",
                            "Per 10 ms", "Share", "On the window", "RAM live"}};
  for (const StreamProfile::Operator& op : p.operators) {
    const graph::Operator& node = model.operators[static_cast<size_t>(op.index)];
    const auto count = static_cast<double>(op.instructions);
    rows.push_back({fmt::format("{}", op.index), node.name(), output_shape(model, node),
                    fmt::format("{} of {}", op.runs, p.frames),
                    op.runs == 0 ? "" : whole(count / static_cast<double>(op.runs)),
                    whole(count / static_cast<double>(p.frames) * 10.0 / p.frame_ms),
                    fmt::format("{:.2f} %", 100.0 * p.share_of(op)),
                    fmt::format("{}", w.operators[static_cast<size_t>(op.index)].instructions),
                    fmt::format("{}", op.live_bytes)});
  }
  return text + "\n" + columns_text(rows, 3);
}

std::string stream_profile_json(const StreamProfile& p, const graph::Graph& model) {
  const Profile& w = p.window;
  nlohmann::ordered_json json;
  json["summary"] = {{"name", w.name},
                     {"target", w.target},
                     {"board", w.board},
                     {"firmware", p.firmware},
                     {"frame_ms", p.frame_ms},
                     {"frames", p.frames},
                     {"output_period_frames", p.output_period},
                     {"output_delay_frames", p.output_delay},
                     {"instructions", p.instructions},
                     {"instructions_per_frame", p.per_frame()},
                     {"instructions_per_10_ms", p.per_10_ms()},
                     {"worst_frame_instructions", p.worst_instructions},
                     {"counter_granularity", p.counter_granularity},
                     {"initialize_instructions", p.initialize_instructions},
                     {"clock_hz", w.clock_hz},
                     {"assumed_cycles_per_instruction", w.cycles_per_instruction},
                     {"estimated_load", p.load()},
                     {"model_bytes", w.model_bytes},
                     {"code_bytes", p.code_bytes},
                     {"arena_bytes", p.arena_bytes},
                     {"persistent_bytes", p.persistent_bytes},
                     {"state_bytes", p.state_bytes},
                     {"kept_bytes", p.kept_bytes},
                     {"activation_bytes", p.activation_bytes},
                     {"stack_bytes", p.stack_bytes},
                     {"window_instructions", w.instructions},
                     {"window_arena_bytes", w.arena_bytes}};
  json["operators"] = nlohmann::ordered_json::array();
  for (const StreamProfile::Operator& op : p.operators) {
    const graph::Operator& node = model.operators[static_cast<size_t>(op.index)];
    json["operators"].push_back(
        {{"index", op.index},
         {"operator", node.name()},
         {"output_shape", output_shape(model, node)},
         {"runs", op.runs},
         {"instructions", op.instructions},
         {"share", p.share_of(op)},
         {"window_instructions", w.operators[static_cast<size_t>(op.index)].instructions},
         {"live_bytes", op.live_bytes}});
  }
  return json.dump(2) + "\n";
}

}  // namespace stapes::profiling
