// classify MODEL WAV [TAIL_MS]: what `stapes classify` does on a PC, on the board: the sound goes
// through front end, model and detector in pieces of 10 ms, as a microphone would bring it, and
// every detection is printed. The model's metadata says which front end and detector. WAV must be
// 16-bit mono at the model's rate; TAIL_MS of silence follow (500 without it).
// Exit code 2: could not run.
#include <cstring>

#include "device/spotter/model_settings.h"
#include "firmware/apps/classify/wav.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

namespace stapes::firmware {
namespace {

constexpr size_t kModelCapacity = 1024 * 1024;
constexpr size_t kSoundCapacity = 2048 * 1024;
constexpr size_t kMemoryCapacity = 512 * 1024;
constexpr int32_t kDefaultTailMs = 500;

alignas(kArenaAlignment) uint8_t model[kModelCapacity];
alignas(4) uint8_t sound[kSoundCapacity];
alignas(Spotter::kAlignment) uint8_t memory[kMemoryCapacity];
ModelSettings settings;
Spotter spotter;

void show(const Spotter::Inference& inference) {
  const Detection& detection = inference.detection;
  if (!detection.is_new) return;
  print("Detected class=");
  print_number(detection.class_index);
  print(" label=");
  print(settings.labels[detection.class_index]);
  print(" score=");
  print_number(detection.score);
  print(" @");
  print_number(detection.time_ms);
  print("ms\n");
}

int32_t number_from(const char* text) {
  int32_t value = 0;
  for (; *text >= '0' && *text <= '9' && value < 100000; ++text) value = value * 10 + (*text - '0');
  return value;
}

int run(char* const* words, int count) {
  if (count < 3) return fail("usage", "classify MODEL WAV [TAIL_MS]");
  const int32_t model_size = read_file(words[1], model, sizeof(model));
  if (model_size <= 0) return fail(words[1], "cannot be read");
  if (static_cast<size_t>(model_size) == sizeof(model)) return fail(words[1], "is too large");
  const int32_t sound_size = read_file(words[2], sound, sizeof(sound));
  if (sound_size <= 0) return fail(words[2], "cannot be read");
  if (static_cast<size_t>(sound_size) == sizeof(sound)) return fail(words[2], "is too large");

  Status status = read_model_settings(model, static_cast<size_t>(model_size), &settings);
  if (!status.ok()) return fail(words[1], status);
  status =
      spotter.initialize(settings.spotter, model, static_cast<size_t>(model_size), all_operators(),
                         settings.labels, settings.classes, memory, sizeof(memory));
  if (!status.ok()) return fail(words[1], status);
  const int32_t rate_hz = settings.spotter.front_end.sample_rate_hz;
  Wav wav;
  const char* const fault = parse_wav(sound, static_cast<size_t>(sound_size), &wav);
  if (fault != nullptr) return fail(words[2], fault);
  if (wav.rate_hz != rate_hz) return fail(words[2], "is not at the model's sample rate");

  const int32_t piece = rate_hz / 100;
  for (int32_t done = 0; done < wav.count; done += piece) {
    const int32_t left = wav.count - done;
    status = spotter.push(wav.samples + done, left < piece ? left : piece, show);
    if (!status.ok()) return fail("push", status);
  }
  constexpr int16_t kSilence[64] = {};
  const int32_t tail_ms = count > 3 ? number_from(words[3]) : kDefaultTailMs;
  const auto tail = static_cast<int32_t>(int64_t{tail_ms} * rate_hz / 1000);
  for (int32_t done = 0; done < tail; done += 64) {
    status = spotter.push(kSilence, tail - done < 64 ? tail - done : 64, show);
    if (!status.ok()) return fail("push", status);
  }
  return 0;
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
