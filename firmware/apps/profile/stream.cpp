// profile_stream MODEL: what a frame of a .tflite costs on this processor that is run frame by
// frame (device/streaming). Every frame is zero.
//
// Operators behind strides do not run with every frame, so a whole pattern of frames is measured,
// after the first output. Prints lines of `name value`, and one line per operator:
//   operator INDEX instructions N live BYTES runs COUNT
// where N are those of all its runs in the pattern. `instructions` are those of the `frames` of the
// pattern, measured as a whole, and `worst_instructions` those of the frame that takes most. What
// reading the counter costs is subtracted; each reading is exact to `counter_granularity`.
#include <cstring>

#include "device/streaming/stream_interpreter.h"
#include "firmware/apps/common/app.h"
#include "firmware/apps/profile/measuring.h"
#include "firmware/boards/common/console.h"

#ifndef STAPES_PROFILE_OPERATORS
#define STAPES_PROFILE_OPERATORS integer_operators
#endif

namespace stapes::firmware {
namespace {

constexpr size_t kModelCapacity = 2048 * 1024;
constexpr size_t kArenaCapacity = 1024 * 1024;
constexpr int32_t kMostFrames = 1024;  // of a pattern

alignas(kArenaAlignment) uint8_t model[kModelCapacity];
alignas(kArenaAlignment) uint8_t arena[kArenaCapacity];
uint32_t live_bytes[Model::kMaximumOperators];
uint64_t measured[Model::kMaximumOperators];
uint32_t runs[Model::kMaximumOperators];

Status step(StreamInterpreter& stream) {
  std::memset(stream.input().data, 0, stream.input().bytes);
  return stream.step();
}

// Until the pattern repeats itself.
Status warm_up(StreamInterpreter& stream) {
  stream.reset();
  const int32_t frames = stream.pattern_frames();
  for (int32_t f = 0; f <= stream.output_delay() || f % frames != 0; ++f) {
    STAPES_RETURN_IF_ERROR(step(stream));
  }
  return Status::success();
}

struct Frames {
  int64_t sum = 0;
  int64_t worst = 0;
};

Status measure_frames(StreamInterpreter& stream, int64_t cost, Frames* frames) {
  STAPES_RETURN_IF_ERROR(warm_up(stream));
  for (int32_t f = 0; f < stream.pattern_frames(); ++f) {
    std::memset(stream.input().data, 0, stream.input().bytes);
    const uint64_t before = instructions();
    const Status status = stream.step();
    const uint64_t after = instructions();
    if (!status.ok()) return status;
    const int64_t frame = without(cost, before, after);
    frames->sum += frame;
    if (frame > frames->worst) frames->worst = frame;
  }
  return Status::success();
}

Status measure_operators(StreamInterpreter& stream, int64_t cost) {
  STAPES_RETURN_IF_ERROR(warm_up(stream));
  for (int32_t f = 0; f < stream.pattern_frames(); ++f) {
    std::memset(stream.input().data, 0, stream.input().bytes);
    for (int32_t i = 0; i < stream.operators(); ++i) {
      const uint64_t before = instructions();
      const Status status = stream.step_operator(i);
      const uint64_t after = instructions();
      if (!status.ok()) return status;
      if (!stream.operator_ran(i)) continue;
      measured[i] += static_cast<uint64_t>(without(cost, before, after));
      ++runs[i];
    }
    stream.end_frame();
  }
  return Status::success();
}

int run(char* const* words, int count) {
  if (count < 2) return fail("usage", "profile_stream MODEL");
  const int32_t size = read_file(words[1], model, sizeof(model));
  if (size <= 0) return fail(words[1], "cannot be read");
  if (static_cast<size_t>(size) == sizeof(model)) return fail(words[1], "is larger than 2 MiB");

  const auto bytes = static_cast<size_t>(size);
  const OperatorTable operators = STAPES_PROFILE_OPERATORS();
  size_t needed = 0;
  Status status =
      StreamInterpreter::required_arena(model, bytes, operators, {}, arena, sizeof(arena), &needed,
                                        live_bytes, Model::kMaximumOperators);
  if (!status.ok()) return fail("required_arena", status);
  const int64_t cost = cost_of_reading();
  StreamInterpreter stream;
  const uint64_t start = instructions();
  status = stream.initialize(model, bytes, arena, sizeof(arena), operators);
  const uint64_t end = instructions();
  if (!status.ok()) return fail("initialize", status);
  if (stream.pattern_frames() > kMostFrames) {
    return fail(words[1], "its strides repeat after more than 1024 frames only");
  }
  report("counter_granularity", kCounterGranularity);
  report("counter_cost", cost);
  report("counter_of_200000", count_known_loop() - cost);
  report("initialize_instructions", without(cost, start, end));
  report("arena_bytes", static_cast<int64_t>(needed));
  report("state_bytes", static_cast<int64_t>(stream.state_bytes()));
  report("kept_bytes", static_cast<int64_t>(stream.kept_bytes()));
  report("persistent_bytes", static_cast<int64_t>(stream.persistent_bytes()));
  report("activation_bytes", static_cast<int64_t>(stream.activation_bytes()));
  report("frames", stream.pattern_frames());
  report("output_period", stream.output_period());
  report("output_delay", stream.output_delay());

  status = warm_up(stream);
  const uint8_t* const stack = paint_stack();
  for (int32_t f = 0; f < stream.pattern_frames() && status.ok(); ++f) status = step(stream);
  report("stack_bytes", stack_used(stack));
  Frames frames;
  if (status.ok()) status = measure_frames(stream, cost, &frames);
  if (status.ok()) status = measure_operators(stream, cost);
  if (!status.ok()) return fail("step", status);
  report("instructions", frames.sum);
  report("worst_instructions", frames.worst);
  for (int32_t i = 0; i < stream.operators(); ++i) {
    print("operator ");
    print_number(i);
    print(" instructions ");
    print_number(static_cast<int64_t>(measured[i]));
    print(" live ");
    print_number(live_bytes[i]);
    print(" runs ");
    print_number(runs[i]);
    print("\n");
  }
  print("done\n");
  return 0;
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
