#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "device/graph/interpreter.h"
#include "device/spotter/model_settings.h"

// Any bytes as a model with its metadata, and any sound in pieces of any size: the last kControl
// bytes say what is heard and how it is cut, those before are the .tflite. The same sound is heard
// twice, cut differently, which must give the same inferences. Start it with a folder of models
// that have metadata as corpus:
//   fuzz_spotter corpus -max_len=32768 -timeout=20
namespace {

using namespace stapes;

constexpr size_t kControl = 64;
constexpr size_t kMemory = size_t{1} << 17;
constexpr int32_t kSamples = 16000 * 2 / 5;

// Samples from the control bytes: noise, tones, extremes and silence by turns.
std::vector<int16_t> sound(const uint8_t* control) {
  std::vector<int16_t> samples(kSamples);
  uint32_t noise = 1;
  for (int32_t i = 0; i < kSamples; ++i) {
    const uint8_t kind = control[static_cast<size_t>(i) / 800 % kControl];
    noise = noise * 1664525U + 1013904223U + kind;
    const auto random = static_cast<int16_t>(noise >> 16);
    samples[static_cast<size_t>(i)] =
        kind < 64 ? int16_t{0}
        : kind < 128
            ? random
            : (kind < 192 ? static_cast<int16_t>(i * kind * 64)
                          : (i / (kind - 191) % 2 == 0 ? int16_t{INT16_MAX} : int16_t{INT16_MIN}));
  }
  return samples;
}

struct Heard {
  std::vector<int64_t> numbers;
  bool good = true;
};

template <typename PieceSize>
Heard hear(Spotter& spotter, const std::vector<int16_t>& samples, int32_t classes,
           PieceSize&& piece_size) {
  Heard heard;
  spotter.reset();
  int32_t done = 0;
  for (int32_t n = 0; done < kSamples && heard.good; ++n) {
    const int32_t size = std::min(piece_size(n), kSamples - done);
    // A buffer of exactly that size, so that reading beyond it is seen.
    const std::vector<int16_t> piece(samples.begin() + done, samples.begin() + done + size);
    heard.good = spotter
                     .push(piece.data(), size,
                           [&](const Spotter::Inference& inference) {
                             heard.numbers.push_back(inference.time_ms);
                             heard.numbers.push_back(inference.detection.class_index);
                             heard.numbers.push_back(inference.detection.is_new ? 1 : 0);
                             heard.numbers.insert(heard.numbers.end(), inference.scores,
                                                  inference.scores + classes);
                           })
                     .ok();
    done += size;
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size <= kControl) return 0;
  const size_t model_size = size - kControl;
  const uint8_t* const control = data + model_size;
  alignas(Spotter::kAlignment) static uint8_t memory[kMemory];
  auto* model = static_cast<uint8_t*>(operator new(model_size, std::align_val_t(kArenaAlignment)));
  std::memcpy(model, data, model_size);
  static ModelSettings settings;
  Spotter spotter;
  if (read_model_settings(model, model_size, &settings).ok() &&
      spotter
          .initialize(settings.spotter, model, model_size, all_operators(), settings.labels,
                      settings.classes, memory, kMemory)
          .ok()) {
    const std::vector<int16_t> samples = sound(control);
    const Heard pieces = hear(spotter, samples, settings.classes, [&](int32_t n) {
      return 1 + control[static_cast<size_t>(n) % kControl] * 4;
    });
    const Heard whole = hear(spotter, samples, settings.classes, [](int32_t) { return kSamples; });
    if (pieces.good != whole.good || pieces.numbers != whole.numbers) {
      std::fputs("the pieces of the sound change what is heard\n", stderr);
      std::abort();
    }
  }
  operator delete(model, std::align_val_t(kArenaAlignment));
  return 0;
}
