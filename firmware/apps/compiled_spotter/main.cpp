// compiled_spotter WAV [TAIL_MS]: like the app classify, with what `stapes compile --spotter` wrote
// in place of the interpreter: the same lines, to the last digit. The last line has the
// instructions of the whole sound. Exit code 2: could not run.
#include STAPES_COMPILED_SPOTTER

#include "firmware/apps/classify/listen.h"
#include "firmware/boards/common/instruction_counter.h"

#define STAPES_JOIN_AGAIN(a, b) a##b
#define STAPES_JOIN(a, b) STAPES_JOIN_AGAIN(a, b)
#define STAPES_INFERENCE STAPES_JOIN(STAPES_COMPILED_NAME, _inference)

namespace stapes::firmware {
namespace {

alignas(4) uint8_t sound[kSoundCapacity];
STAPES_COMPILED_NAME::Spotter spotter;
uint64_t spent = 0;

int run(char* const* words, int count) {
  if (count < 2) return fail("usage", "compiled_spotter WAV [TAIL_MS]");
  if (!spotter.initialize()) return fail("initialize", "refused");
  const int result =
      listen(words[1], STAPES_COMPILED_RATE_HZ, count > 2 ? number_from(words[2]) : kDefaultTailMs,
             sound, [](const int16_t* samples, int32_t size) {
               const uint64_t before = instructions();
               const bool done = spotter.push(samples, size, [](const STAPES_INFERENCE& inference) {
                 if (!inference.is_new) return;
                 print_detection(inference.class_index, inference.label, inference.score,
                                 inference.time_ms);
               });
               spent += instructions() - before;
               return done;
             });
  if (result == 0) report("instructions", static_cast<int64_t>(spent));
  return result;
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
