// profile MODEL [INPUT]: what one inference of a .tflite costs on this processor: instructions of
// each operator and of the whole, arena and state. INPUT is the first input's bytes; without it
// every input is zero. The state is reset before each inference.
//
// Prints lines of `name value`, and one line per operator:
//   operator INDEX instructions N live BYTES
// where BYTES is what activations and scratch take while it runs. `instructions` is one invoke();
// the operators are measured in a second one, so their sum lacks what lies between them. What
// reading the counter costs is measured first and subtracted everywhere. Each number is exact to
// `counter_granularity`, and `counter_of_200000` is what the counter says of a loop of 200,000.
#include <cstring>

#include "device/graph/interpreter.h"
#include "firmware/apps/common/app.h"
#include "firmware/apps/profile/measuring.h"
#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

#ifndef STAPES_PROFILE_OPERATORS
#define STAPES_PROFILE_OPERATORS integer_operators
#endif

namespace stapes::firmware {
namespace {

constexpr size_t kModelCapacity = 2048 * 1024;
constexpr size_t kArenaCapacity = 1024 * 1024;
constexpr size_t kInputCapacity = 256 * 1024;

alignas(kArenaAlignment) uint8_t model[kModelCapacity];
alignas(kArenaAlignment) uint8_t arena[kArenaCapacity];
uint8_t input[kInputCapacity];
uint32_t live_bytes[Model::kMaximumOperators];
uint32_t measured[Model::kMaximumOperators];

// A long inference may outlast the timer, a single operator does not.
int64_t unwrapped(int64_t whole, int64_t sum_of_operators) {
  constexpr auto kWrap = static_cast<int64_t>(kCounterWrap);
  while (whole + kWrap / 2 < sum_of_operators) whole += kWrap;
  return whole;
}

void fill_inputs(const Interpreter& interpreter, size_t given) {
  for (int32_t i = 0; i < interpreter.inputs(); ++i) {
    std::memset(interpreter.input(i).data, 0, interpreter.input(i).bytes);
  }
  if (given > 0) std::memcpy(interpreter.input(0).data, input, given);
}

int run(char* const* words, int count) {
  if (count < 2) return fail("usage", "profile MODEL [INPUT]");
  const int32_t size = read_file(words[1], model, sizeof(model));
  if (size <= 0) return fail(words[1], "cannot be read");
  if (static_cast<size_t>(size) == sizeof(model)) return fail(words[1], "is larger than 2 MiB");
  const int32_t given = count > 2 ? read_file(words[2], input, sizeof(input)) : 0;
  if (given < 0) return fail(words[2], "cannot be read");

  const auto bytes = static_cast<size_t>(size);
  const OperatorTable operators = STAPES_PROFILE_OPERATORS();
  size_t needed = 0;
  Status status = Interpreter::required_arena(model, bytes, operators, {}, arena, sizeof(arena),
                                              &needed, live_bytes, Model::kMaximumOperators);
  if (!status.ok()) return fail("required_arena", status);
  const int64_t cost = cost_of_reading();
  Interpreter interpreter;
  const uint64_t start = instructions();
  status = interpreter.initialize(model, bytes, arena, sizeof(arena), operators);
  const uint64_t end = instructions();
  if (!status.ok()) return fail("initialize", status);
  if (given > 0 && static_cast<size_t>(given) != interpreter.input(0).bytes) {
    return fail(words[2], "is not of the size of the model's first input");
  }
  report("counter_granularity", kCounterGranularity);
  report("counter_cost", cost);
  report("counter_of_200000", count_known_loop() - cost);
  report("initialize_instructions", without(cost, start, end));
  report("arena_bytes", static_cast<int64_t>(needed));
  report("state_bytes", static_cast<int64_t>(interpreter.state().bytes));
  report("persistent_bytes", static_cast<int64_t>(interpreter.persistent_bytes()));
  report("activation_bytes", static_cast<int64_t>(interpreter.activation_bytes()));
  report("activation_lower_bound", static_cast<int64_t>(interpreter.activation_lower_bound()));

  fill_inputs(interpreter, static_cast<size_t>(given));
  interpreter.reset();
  const uint8_t* const stack = paint_stack();
  const uint64_t before = instructions();
  status = interpreter.invoke();
  const uint64_t after = instructions();
  if (!status.ok()) return fail("invoke", status);
  report("stack_bytes", stack_used(stack));
  const int64_t whole = without(cost, before, after);

  int64_t sum = 0;
  fill_inputs(interpreter, static_cast<size_t>(given));
  interpreter.reset();
  for (int32_t i = 0; i < interpreter.operators(); ++i) {
    const uint64_t from = instructions();
    status = interpreter.invoke_operator(i);
    const uint64_t to = instructions();
    if (!status.ok()) return fail("invoke", status);
    measured[i] = static_cast<uint32_t>(without(cost, from, to));
    sum += measured[i];
  }
  report("instructions", unwrapped(whole, sum));
  for (int32_t i = 0; i < interpreter.operators(); ++i) {
    print("operator ");
    print_number(i);
    print(" instructions ");
    print_number(measured[i]);
    print(" live ");
    print_number(live_bytes[i]);
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
