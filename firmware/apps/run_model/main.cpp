// run_model MODEL INPUT [EXPECTED]: runs a .tflite on the board and compares its output with the
// bytes that the same model gave on the PC. INPUT holds any number of inferences' inputs one after
// the other, EXPECTED their outputs; the state is reset before each. Prints the arena that was used
// and the instructions of each inference. Exit code 0: equal, 1: different, 2: could not run.
#include <cstring>

#include "device/graph/interpreter.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

namespace stapes::firmware {
namespace {

constexpr size_t kModelCapacity = 1200 * 1024;
constexpr size_t kArenaCapacity = 512 * 1024;
constexpr size_t kDataCapacity = 512 * 1024;

alignas(kArenaAlignment) uint8_t model[kModelCapacity];
alignas(kArenaAlignment) uint8_t arena[kArenaCapacity];
uint8_t input[kDataCapacity];
uint8_t expected[kDataCapacity];

int run(char* const* words, int count) {
  if (count < 3) return fail("usage", "run_model MODEL INPUT [EXPECTED]");
  const int32_t model_size = read_file(words[1], model, sizeof(model));
  const int32_t input_size = read_file(words[2], input, sizeof(input));
  if (model_size <= 0) return fail(words[1], "cannot be read");
  if (input_size <= 0) return fail(words[2], "cannot be read");
  const int32_t expected_size = count > 3 ? read_file(words[3], expected, sizeof(expected)) : 0;

  Interpreter interpreter;
  const Status status = interpreter.initialize(model, static_cast<size_t>(model_size), arena,
                                               sizeof(arena), all_operators());
  if (!status.ok()) return fail("initialize", status);
  report("arena_bytes", static_cast<int64_t>(interpreter.arena_used()));

  const size_t in_bytes = interpreter.input(0).bytes;
  const size_t out_bytes = interpreter.output(0).bytes;
  const size_t inferences = static_cast<size_t>(input_size) / in_bytes;
  int64_t different = 0;
  for (size_t i = 0; i < inferences; ++i) {
    std::memcpy(interpreter.input(0).data, input + i * in_bytes, in_bytes);
    interpreter.reset();
    const uint64_t before = instructions();
    const Status result = interpreter.invoke();
    const uint64_t after = instructions();
    if (!result.ok()) return fail("invoke", result);
    report("instructions", static_cast<int64_t>(after - before));
    if (count > 3) {
      const bool there = (i + 1) * out_bytes <= static_cast<size_t>(expected_size);
      if (!there ||
          std::memcmp(interpreter.output(0).data, expected + i * out_bytes, out_bytes) != 0) {
        ++different;
      }
    }
  }
  report("inferences", static_cast<int64_t>(inferences));
  if (count > 3) report("different", different);
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
