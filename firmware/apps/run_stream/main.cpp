// run_stream MODEL INPUT EXPECTED: runs a .tflite frame by frame on the board and compares its
// outputs with the bytes that the same stream gave on the PC. INPUT holds frames, EXPECTED the
// outputs of those frames that had one; the stream is run twice, with a reset between. Exit code 0:
// equal, 1: different, 2: could not run.
#include <cstring>

#include "device/streaming/stream_interpreter.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"

namespace stapes::firmware {
namespace {

constexpr size_t kModelCapacity = 1200 * 1024;
constexpr size_t kArenaCapacity = 512 * 1024;
constexpr size_t kDataCapacity = 512 * 1024;

alignas(kArenaAlignment) uint8_t model[kModelCapacity];
alignas(kArenaAlignment) uint8_t arena[kArenaCapacity];
uint8_t input[kDataCapacity];
uint8_t expected[kDataCapacity];

// Adds the outputs and those that aren't the expected ones.
Status compare(StreamInterpreter& stream, size_t frames, size_t expected_bytes, int64_t* outputs,
               int64_t* different) {
  const size_t in_bytes = stream.input().bytes;
  const size_t out_bytes = stream.output(0).bytes;
  size_t at = 0;
  for (size_t f = 0; f < frames; ++f) {
    std::memcpy(stream.input().data, input + f * in_bytes, in_bytes);
    STAPES_RETURN_IF_ERROR(stream.step());
    if (!stream.has_new_output()) continue;
    ++*outputs;
    const bool there = at + out_bytes <= expected_bytes;
    if (!there || std::memcmp(stream.output(0).data, expected + at, out_bytes) != 0) ++*different;
    at += out_bytes;
  }
  if (at != expected_bytes) ++*different;
  return Status::success();
}

int run(char* const* words, int count) {
  if (count < 4) return fail("usage", "run_stream MODEL INPUT EXPECTED");
  const int32_t model_size = read_file(words[1], model, sizeof(model));
  const int32_t input_size = read_file(words[2], input, sizeof(input));
  const int32_t expected_size = read_file(words[3], expected, sizeof(expected));
  if (model_size <= 0) return fail(words[1], "cannot be read");
  if (input_size <= 0) return fail(words[2], "cannot be read");
  if (expected_size <= 0) return fail(words[3], "cannot be read");

  StreamInterpreter stream;
  Status status = stream.initialize(model, static_cast<size_t>(model_size), arena, sizeof(arena),
                                    all_operators());
  if (!status.ok()) return fail("initialize", status);
  report("arena_bytes", static_cast<int64_t>(stream.arena_used()));
  int64_t outputs = 0;
  int64_t different = 0;
  for (int pass = 0; pass < 2 && status.ok(); ++pass) {
    stream.reset();
    status = compare(stream, static_cast<size_t>(input_size) / stream.input().bytes,
                     static_cast<size_t>(expected_size), &outputs, &different);
  }
  if (!status.ok()) return fail("step", status);
  report("outputs", outputs);
  report("different", different);
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
