// chosen_operators MODEL: runs a .tflite of dense layers once, with a table of the operators that
// such a model needs. What the table does not list is not linked, so this program is an example of
// how a firmware stays small; a test looks into it for other operators. Exit code 0: ran, 2: could
// not run.
#include "device/graph/interpreter.h"
#include "device/graph/operators/operators.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"

namespace stapes::firmware {
namespace {

alignas(kArenaAlignment) uint8_t model[64 * 1024];
alignas(kArenaAlignment) uint8_t arena[32 * 1024];

const OperatorKernel* const kOperators[] = {
    &kQuantizeFloat32, &kFullyConnectedInt8, &kReshape, &kSoftmaxInt8, &kDequantizeInt8,
};

int run(char* const* words, int count) {
  if (count < 2) return fail("usage", "chosen_operators MODEL");
  const int32_t size = read_file(words[1], model, sizeof(model));
  if (size <= 0) return fail(words[1], "cannot be read");
  Interpreter interpreter;
  Status status = interpreter.initialize(model, static_cast<size_t>(size), arena, sizeof(arena),
                                         make_table(kOperators));
  if (!status.ok()) return fail("initialize", status);
  status = interpreter.invoke();
  return status.ok() ? 0 : fail("invoke", status);
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
