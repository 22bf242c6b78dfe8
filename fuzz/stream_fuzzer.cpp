#include <cstring>

#include "device/streaming/stream_interpreter.h"

// Any bytes as a .tflite file that is run frame by frame: initialize and, when they are accepted,
// some frames, a reset, and some more. Start it with a folder of causal models as corpus:
//   fuzz_stream corpus -max_len=16384 -timeout=10
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stapes;
  constexpr size_t kArenaBytes = size_t{1} << 15;
  alignas(kArenaAlignment) static uint8_t arena[kArenaBytes];
  auto* file = static_cast<uint8_t*>(operator new(size, std::align_val_t(kArenaAlignment)));
  std::memcpy(file, data, size);
  StreamInterpreter stream;
  StreamInterpreter::Options options;
  options.keep_all_tensors = size % 2 == 1;
  options.quantized_input = size / 4 % 2 == 1;
  if (stream.initialize(file, size, arena, kArenaBytes, all_operators(), options).ok()) {
    for (int pass = 0; pass < 2; ++pass) {
      for (int frame = 0; frame < 6; ++frame) {
        std::memset(stream.input().data, static_cast<int>(size) + frame, stream.input().bytes);
        if (!stream.step().ok()) break;
      }
      stream.reset();
    }
  }
  operator delete(file, std::align_val_t(kArenaAlignment));
  return 0;
}
