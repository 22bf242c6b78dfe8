#include <cstring>

#include "device/graph/interpreter.h"

// Any bytes as a .tflite file: initialize and, when they are accepted, run twice with a reset
// between, with packed weights or without. Start it with a folder of models as corpus, such as
// those that tests/conformance/write_random_models writes, and the ones that ship:
//   cp models/*/*.tflite corpus && fuzz_interpreter corpus -max_len=65536 -timeout=10
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stapes;
  constexpr size_t kArenaBytes = size_t{1} << 20;
  alignas(kArenaAlignment) static uint8_t arena[kArenaBytes];
  // A copy with the alignment of a file in flash, and exactly as long.
  auto* file = static_cast<uint8_t*>(operator new(size, std::align_val_t(kArenaAlignment)));
  std::memcpy(file, data, size);
  Interpreter interpreter;
  Interpreter::Options options;
  options.keep_all_tensors = size % 2 == 1;
  options.quantized_input = size / 4 % 2 == 1;
  const OperatorTable operators = size / 2 % 2 == 1 ? packing_operators() : all_operators();
  if (interpreter.initialize(file, size, arena, kArenaBytes, operators, options).ok()) {
    for (int32_t i = 0; i < interpreter.inputs(); ++i) {
      const TensorView input = interpreter.input(i);
      std::memset(input.data, static_cast<int>(size), input.bytes);
    }
    (void)interpreter.invoke();
    interpreter.reset();
    (void)interpreter.invoke();
  }
  operator delete(file, std::align_val_t(kArenaAlignment));
  return 0;
}
