// The profile as text (declared in report.h).
#include <fmt/format.h>

#include <algorithm>

#include "toolkit/profiling/report.h"
#include "toolkit/profiling/table_text.h"
#include "toolkit/profiling/units.h"

namespace stapes::profiling {
namespace {

std::string ratio_text(int64_t instructions, int64_t products) {
  if (products == 0) return "";
  return fmt::format("{:.2f}", static_cast<double>(instructions) / static_cast<double>(products));
}

std::string counts_text(int64_t count) { return count == 0 ? "" : fmt::format("{}", count); }

std::string summary_text(const Profile& p, const graph::Graph& model) {
  const auto shape = [&](const std::vector<int32_t>& tensors) {
    std::string text;
    for (const int32_t index : tensors) {
      const graph::Tensor& tensor = model.tensors[static_cast<size_t>(index)];
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", graph::shape_text(tensor.shape),
                          graph::name_of(tensor.type));
    }
    return text;
  };
  std::string text = line("Name", p.name);
  text += line("Target", p.on_board() ? fmt::format("{} (QEMU, {})", p.target, p.board) : "host");
  text += line("Input", shape(model.inputs));
  text += line("Output", shape(model.outputs));
  if (p.on_board()) {
    text += line("Flash", bytes_text(static_cast<double>(p.flash_bytes())));
    text += line("  model", fmt::format("{} bytes", p.model_bytes));
    text += line("  program",
                 fmt::format("{} bytes: interpreter with {}, start-up, console", p.code_bytes,
                             p.firmware == "profile.elf" ? "all int8 operators"
                                                         : "all int8 and float32 operators"));
    for (const FlashSection& section : p.flash) {
      text += line(("    " + section.name).c_str(), fmt::format("{} bytes", section.bytes));
    }
    text += line("RAM", bytes_text(static_cast<double>(p.ram_bytes())));
    text += line("  stack", fmt::format("{} bytes", p.stack_bytes));
  } else {
    text += line("Model", fmt::format("{} bytes", p.model_bytes));
  }
  text += line("  arena", fmt::format("{} bytes", p.arena_bytes));
  text +=
      line("    records, constants", fmt::format("{} bytes", p.persistent_bytes - p.state_bytes));
  text += line("    state", fmt::format("{} bytes", p.state_bytes));
  text += line("    activations", fmt::format("{} bytes; no plan needs less than {}",
                                              p.activation_bytes, p.activation_lower_bound));
  text += line("Operators", fmt::format("{}", p.operators.size()));
  text += line("Operations", count_text(static_cast<double>(p.total.operations)));
  text += line("Multiply-accumulates", count_text(static_cast<double>(p.total.macs)));
  if (p.total.lstm_macs > 0) {
    text += line("  and in LSTMs", count_text(static_cast<double>(p.total.lstm_macs)));
  }
  if (!p.on_board()) {
    return text + line("Time", fmt::format("{} on this computer, one thread, median of {}",
                                           time_text(p.seconds()), p.repetitions));
  }
  text +=
      line("Instructions", fmt::format("{} (exact to {})", p.instructions, p.counter_granularity));
  if (p.products() > 0) {
    text += line("  per MAC", ratio_text(p.instructions, p.products()));
  }
  text += line("  to start up", fmt::format("{}, once", p.initialize_instructions));
  text += line("Clock", count_text(p.clock_hz) + "Hz");
  text += line("Cycles (estimated)",
               fmt::format("{}, supposing {} per instruction", count_text(p.estimated_cycles()),
                           p.cycles_per_instruction));
  text += line("Time (estimated)", fmt::format("{}, {:.1f} inferences a second",
                                               time_text(p.seconds()), 1.0 / p.seconds()));
  return text;
}

std::string amount_text(const Profile& profile, const OperatorProfile& op) {
  return profile.on_board() ? fmt::format("{}", op.instructions)
                            : fmt::format("{:.2f}", op.seconds * 1e6);
}

Row heading(const Profile& profile, Row first) {
  for (const char* label : {"MACs", profile.on_board() ? "Instructions" : "us"}) {
    first.emplace_back(label);
  }
  if (profile.on_board()) first.emplace_back("per MAC");
  first.emplace_back("Share");
  return first;
}

void append_amounts(const Profile& profile, const OperatorProfile& op, Row& row) {
  row.push_back(counts_text(op.products()));
  row.push_back(amount_text(profile, op));
  if (profile.on_board()) row.push_back(ratio_text(op.instructions, op.products()));
  row.push_back(fmt::format("{:.2f} %", 100.0 * profile.share_of(op)));
}

// Operators of one name together, the most expensive first.
std::string kinds_text(const Profile& profile, const graph::Graph& model) {
  struct Kind {
    std::string name;
    size_t count = 0;
    OperatorProfile sum;
  };
  std::vector<Kind> kinds;
  for (const OperatorProfile& op : profile.operators) {
    const std::string name = model.operators[static_cast<size_t>(op.index)].name();
    auto kind = std::find_if(kinds.begin(), kinds.end(),
                             [&](const Kind& each) { return each.name == name; });
    if (kind == kinds.end()) {
      kinds.push_back({name, 0, {}});
      kind = kinds.end() - 1;
    }
    ++kind->count;
    kind->sum.counts.macs += op.counts.macs;
    kind->sum.counts.lstm_macs += op.counts.lstm_macs;
    kind->sum.instructions += op.instructions;
    kind->sum.seconds += op.seconds;
  }
  std::stable_sort(kinds.begin(), kinds.end(), [&](const Kind& a, const Kind& b) {
    return profile.share_of(a.sum) > profile.share_of(b.sum);
  });
  std::vector<Row> rows = {heading(profile, {"Kind", "Count"})};
  for (const Kind& kind : kinds) {
    Row row = {kind.name, fmt::format("{}", kind.count)};
    append_amounts(profile, kind.sum, row);
    rows.push_back(row);
  }
  return columns_text(rows, 1);
}

std::string operators_text(const Profile& profile, const graph::Graph& model) {
  std::vector<Row> rows = {heading(profile, {"Index", "Operator", "Output"})};
  rows[0].emplace_back("RAM live");
  for (const OperatorProfile& op : profile.operators) {
    const graph::Operator& node = model.operators[static_cast<size_t>(op.index)];
    const int32_t output = node.outputs.empty() ? -1 : node.outputs[0];
    Row row = {
        fmt::format("{}", op.index), node.name(),
        output < 0 ? "" : graph::shape_text(model.tensors[static_cast<size_t>(output)].shape)};
    append_amounts(profile, op, row);
    row.push_back(fmt::format("{}", op.live_bytes));
    rows.push_back(row);
  }
  return columns_text(rows, 3);
}

}  // namespace

std::string profile_text(const Profile& profile, const graph::Graph& model) {
  return summary_text(profile, model) + "\n" + kinds_text(profile, model) + "\n" +
         operators_text(profile, model);
}

}  // namespace stapes::profiling
