// front_end [WAV [EXPECTED]]: what a row of the spectrogram costs on this processor, with the
// settings of models/tutorial_numbers.toml. Without a WAV file the sound is noise. EXPECTED
// holds the rows that have to come out, as uint16.
//
// Both the plain loops and those of the processor run, and every row of the two must be the same.
// Prints lines of `name value`: instructions per row of each (reading the counter is taken off),
// what each loop takes of the processor's, and the number of values that differ. Exit code 0: none.
#include <cstring>

#include "device/frontend/front_end.h"
#include "firmware/apps/classify/wav.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"
#include "firmware/boards/common/instruction_counter.h"

namespace stapes::firmware {
namespace {

constexpr size_t kFileCapacity = 128 * 1024;
constexpr size_t kMemory = 24 * 1024;
constexpr int32_t kNoiseSamples = 16000;
constexpr int32_t kRowCapacity = 256;
constexpr int32_t kChannels = 40;

alignas(4) uint8_t file[kFileCapacity];
alignas(kTableAlignment) uint8_t memory[kMemory];
int16_t noise[kNoiseSamples];
uint16_t plain_rows[kRowCapacity * kChannels];
uint16_t expected_rows[kRowCapacity * kChannels];

FrontEndSettings settings() {
  FrontEndSettings settings;
  settings.window_size_ms = 30;
  settings.filterbank_n_channels = kChannels;
  settings.noise_reduction_enable = true;
  settings.noise_reduction_min_signal_remaining = 0.40F;
  settings.dc_notch_filter_enable = true;
  return settings;
}

// The loops with a counter around each.
enum Loop { kNotch, kWindow, kFft, kEnergies, kFilterbank, kMagnitudes, kLoops };
const char* const kLoopNames[kLoops] = {"dc_notch_instructions",   "window_instructions",
                                        "fft_instructions",        "energies_instructions",
                                        "filterbank_instructions", "magnitudes_instructions"};
const FrontEndKernels* counted = nullptr;
uint64_t spent[kLoops];
uint32_t calls[kLoops];

template <typename Function>
auto count(Loop loop, const Function& function) {
  struct Counter {
    Loop loop;
    uint64_t before = instructions();
    ~Counter() {
      spent[loop] += instructions() - before;
      ++calls[loop];
    }
  } counter{loop};
  return function();
}

const FrontEndKernels kCounting = {
    "counting",
    [](int16_t coefficient, const int16_t* input, int32_t size, DcNotch& state, int16_t* output) {
      count(kNotch, [&] { counted->dc_notch(coefficient, input, size, state, output); });
    },
    [](const int16_t* coefficients, const int16_t* samples, int32_t size, int16_t* output) {
      return count(kWindow,
                   [&] { return counted->apply_window(coefficients, samples, size, output); });
    },
    [](const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum) {
      count(kFft, [&] { counted->real_fft(tables, input, shift, spectrum); });
    },
    [](const int16_t* spectrum, int32_t first, int32_t end, int32_t* energies) {
      count(kEnergies, [&] { counted->bin_energies(spectrum, first, end, energies); });
    },
    [](const int32_t* energies, int32_t first, const int16_t* weights, const int16_t* unweights,
       const int16_t* ends, int32_t channels, uint64_t* sums) {
      count(kFilterbank, [&] {
        counted->filterbank(energies, first, weights, unweights, ends, channels, sums);
      });
    },
    [](const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output) {
      count(kMagnitudes, [&] { counted->channel_magnitudes(sums, channels, shift, output); });
    },
};

// What reading the counter twice costs.
int64_t cost_of_reading() {
  constexpr int64_t kReadings = 4096;
  const uint64_t before = instructions();
  for (int64_t i = 0; i < kReadings; ++i) instructions();
  return static_cast<int64_t>(instructions() - before) / (kReadings + 1);
}

struct Sound {
  const int16_t* samples;
  int32_t count;
};

// A step at a time, as a microphone delivers it. Returns the number of rows; their values that are
// not those of `rows` go into *different, or into `rows` when `different` is null.
int32_t process(FrontEnd& front_end, const Sound& sound, uint16_t* rows, int64_t* different,
                uint64_t* total) {
  const int32_t step = front_end.settings().step_samples();
  int32_t count = 0;
  *total = 0;
  for (int32_t done = 0; done < sound.count; done += step) {
    const int32_t part = sound.count - done < step ? sound.count - done : step;
    const uint16_t* row = nullptr;
    const uint64_t before = instructions();
    front_end.take(sound.samples + done, part, &row);
    const uint64_t after = instructions();
    if (row == nullptr || count == kRowCapacity) continue;
    *total += after - before;
    uint16_t* const to = rows + count++ * kChannels;
    for (int32_t c = 0; c < kChannels; ++c) {
      if (different == nullptr) {
        to[c] = row[c];
      } else if (to[c] != row[c]) {
        ++*different;
      }
    }
  }
  return count;
}

int run(char* const* words, int count) {
  Sound sound = {noise, kNoiseSamples};
  if (count > 1) {
    const int32_t size = read_file(words[1], file, sizeof(file));
    if (size <= 0) return fail(words[1], "cannot be read");
    Wav wav;
    if (const char* why = parse_wav(file, static_cast<size_t>(size), &wav))
      return fail(words[1], why);
    sound = {wav.samples, wav.count};
  } else {
    uint32_t state = 1;
    for (int16_t& sample : noise) {  // a sum of four, which is near enough to a normal distribution
      int32_t sum = 0;
      for (int i = 0; i < 4; ++i) {
        state = state * 1664525U + 1013904223U;
        sum += static_cast<int32_t>(state >> 20) - 2048;
      }
      sample = static_cast<int16_t>(sum);
    }
  }
  FrontEnd front_end;
  const Status status = front_end.initialize(settings(), memory, sizeof(memory));
  if (!status.ok()) return fail("front end", status);
  const int64_t cost = cost_of_reading();
  const auto per_row = [&](uint64_t total, int32_t rows) {
    return rows == 0 ? 0 : static_cast<int64_t>(total) / rows - cost;
  };

  uint64_t total = 0;
  front_end.use_kernels(plain_front_end_kernels());
  int32_t rows = process(front_end, sound, plain_rows, nullptr, &total);
  report("rows", rows);
  report("plain_instructions", per_row(total, rows));

  int64_t different = 0;
  front_end.use_kernels(best_front_end_kernels());
  front_end.reset();
  rows = process(front_end, sound, plain_rows, &different, &total);
  report("instructions", per_row(total, rows));

  counted = &best_front_end_kernels();
  front_end.use_kernels(kCounting);
  front_end.reset();
  process(front_end, sound, plain_rows, &different, &total);
  for (int loop = 0; loop < kLoops; ++loop) {
    report(kLoopNames[loop], per_row(spent[loop], static_cast<int32_t>(calls[loop])));
  }

  if (count > 2) {
    const int32_t size = read_file(words[2], expected_rows, sizeof(expected_rows));
    if (size != rows * kChannels * static_cast<int32_t>(sizeof(uint16_t))) {
      return fail(words[2], "does not have as many rows");
    }
    for (int32_t i = 0; i < rows * kChannels; ++i) {
      if (expected_rows[i] != plain_rows[i]) ++different;
    }
  }
  report("different", different);
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace stapes::firmware

int main() {
  const stapes::firmware::CommandLine line = stapes::firmware::read_command_line();
  return stapes::firmware::run(line.words, line.count);
}
