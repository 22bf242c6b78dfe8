// classify MODEL WAV [TAIL_MS]: what `stapes classify` does on a PC, on the board: the sound goes
// through front end, model and detector in pieces of 10 ms, as a microphone would bring it, and
// every detection is printed. The model's metadata says which front end and detector. WAV must be
// 16-bit mono at the model's rate; TAIL_MS of silence follow (500 without it).
// Exit code 2: could not run.
#include "device/graph/interpreter.h"
#include "device/spotter/model_settings.h"
#include "firmware/apps/classify/listen.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"

namespace stapes::firmware {
namespace {

constexpr size_t kModelCapacity = 1024 * 1024;
constexpr size_t kMemoryCapacity = 512 * 1024;

alignas(kArenaAlignment) uint8_t model[kModelCapacity];
alignas(4) uint8_t sound[kSoundCapacity];
alignas(Spotter::kAlignment) uint8_t memory[kMemoryCapacity];
ModelSettings settings;
Spotter spotter;

void show(const Spotter::Inference& inference) {
  const Detection& detection = inference.detection;
  if (!detection.is_new) return;
  print_detection(detection.class_index, settings.labels[detection.class_index], detection.score,
                  detection.time_ms);
}

int run(char* const* words, int count) {
  if (count < 3) return fail("usage", "classify MODEL WAV [TAIL_MS]");
  const int32_t model_size = read_file(words[1], model, sizeof(model));
  if (model_size <= 0) return fail(words[1], "cannot be read");
  if (static_cast<size_t>(model_size) == sizeof(model)) return fail(words[1], "is too large");

  Status status = read_model_settings(model, static_cast<size_t>(model_size), &settings);
  if (!status.ok()) return fail(words[1], status);
  status =
      spotter.initialize(settings.spotter, model, static_cast<size_t>(model_size), all_operators(),
                         settings.labels, settings.classes, memory, sizeof(memory));
  if (!status.ok()) return fail(words[1], status);
  return listen(words[2], settings.spotter.front_end.sample_rate_hz,
                count > 3 ? number_from(words[3]) : kDefaultTailMs, sound,
                [](const int16_t* samples, int32_t size) {
                  const Status pushed = spotter.push(samples, size, show);
                  if (!pushed.ok()) fail("push", pushed);
                  return pushed.ok();
                });
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
