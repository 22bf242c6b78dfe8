// compiled_model: what `stapes compile` wrote, on the board. Runs its self-test, which compares the
// answers with those of the interpreter on the PC, and prints the instructions of one inference.
// Exit code 0: equal, 1: different.
#include STAPES_COMPILED_HEADER

#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

namespace firmware = stapes::firmware;

namespace {
STAPES_COMPILED_NAME::Model compiled;
}

int main() {
  if (!compiled.self_test()) {
    firmware::print("self-test FAILED\n");
    return 1;
  }
  firmware::print("self-test passed\ninstructions ");
  const uint64_t before = firmware::instructions();
  const bool done = compiled.invoke();
  firmware::print_number(static_cast<int64_t>(firmware::instructions() - before));
  firmware::print("\n");
  return done ? 0 : 1;
}
