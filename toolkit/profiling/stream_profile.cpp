#include "toolkit/profiling/stream_profile.h"

#include "toolkit/profiling/elf.h"

namespace stapes::profiling {

double StreamProfile::share_of(const Operator& op) const {
  int64_t sum = 0;
  for (const Operator& each : operators) sum += each.instructions;
  return sum > 0 ? static_cast<double>(op.instructions) / static_cast<double>(sum) : 0.0;
}

StreamProfile profile_stream_on_board(const Board& board, const Bytes& model,
                                      const graph::Graph& graph, const std::string& name,
                                      double frame_ms) {
  StreamProfile profile;
  profile.frame_ms = frame_ms;
  Path firmware;
  const Measurement measured =
      measure_on_board(board, "profile_stream", model, graph, {}, &firmware);
  profile.firmware = firmware.filename().string();
  for (const FlashSection& section : flash_sections(read_file(firmware), firmware.string())) {
    profile.code_bytes += section.bytes;
  }
  for (size_t i = 0; i < measured.operators.size(); ++i) {
    const Measurement::Operator& op = measured.operators[i];
    profile.operators.push_back({static_cast<int32_t>(i), op.instructions, op.runs, op.live_bytes});
  }
  profile.frames = measured.value("frames");
  profile.instructions = measured.value("instructions");
  profile.worst_instructions = measured.value("worst_instructions");
  profile.output_period = measured.value("output_period");
  profile.output_delay = measured.value("output_delay");
  profile.arena_bytes = measured.value("arena_bytes");
  profile.state_bytes = measured.value("state_bytes");
  profile.kept_bytes = measured.value("kept_bytes");
  profile.persistent_bytes = measured.value("persistent_bytes");
  profile.activation_bytes = measured.value("activation_bytes");
  profile.stack_bytes = measured.value("stack_bytes");
  profile.initialize_instructions = measured.value("initialize_instructions");
  profile.counter_granularity = measured.value("counter_granularity");
  profile.window = profile_on_board(board, model, graph, name, {});
  return profile;
}

}  // namespace stapes::profiling
