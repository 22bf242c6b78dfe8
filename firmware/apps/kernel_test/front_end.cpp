// front_end_test: the front end's loops that the board's processor selects against the plain ones,
// bit for bit, on random data and on the extremes (as tests/device/frontend/kernels_test.cpp does
// on the PC). Exit code 0: all equal.
#include <cstring>

#include "device/frontend/front_end.h"
#include "firmware/apps/common/app.h"
#include "firmware/boards/common/console.h"

namespace stapes::firmware {
namespace {

constexpr int32_t kLargestFft = 2048;
constexpr size_t kMemory = 64 * 1024;
constexpr int32_t kBins = 700;

alignas(kTableAlignment) uint8_t memory[kMemory];
int16_t samples[kLargestFft + 8];
int16_t coefficients[kLargestFft];
int16_t expected[kLargestFft + 8];
int16_t actual[kLargestFft + 8];
int32_t expected_energies[kBins];
int32_t energies[kBins];
uint64_t expected_sums[kBins];
uint64_t sums[kBins];
uint32_t expected_roots[kBins];
uint32_t roots[kBins];

const FrontEndKernels& plain() { return plain_front_end_kernels(); }
const FrontEndKernels& best() { return best_front_end_kernels(); }
int64_t cases = 0;
int64_t different = 0;

uint32_t state = 1;
uint32_t random_word() {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}
int32_t below(int32_t limit) {
  return static_cast<int32_t>(random_word() % static_cast<uint32_t>(limit));
}

void check(const char* loop, bool equal) {
  ++cases;
  if (equal) return;
  if (++different <= 10) {
    print("different: ");
    print(loop);
    print("\n");
  }
}
bool equal(const void* a, const void* b, size_t bytes) { return std::memcmp(a, b, bytes) == 0; }

// Each kind of data brings other parts of the number range together.
void fill_samples(int32_t count) {
  const int32_t kind = below(5);
  const int32_t loudness = below(16);
  for (int32_t i = 0; i < count; ++i) {
    const auto any = static_cast<int16_t>(random_word() >> 8);
    samples[i] = kind == 0   ? any
                 : kind == 1 ? static_cast<int16_t>(any >> loudness)
                 : kind == 2 ? (any < 0 ? int16_t{-32768} : int16_t{32767})
                 : kind == 3 ? (any < 0 ? int16_t{-32768} : static_cast<int16_t>(any & 1))
                             : int16_t{-32768};
  }
}

void test_dc_notch() {
  const int32_t count = below(200);
  const size_t bytes = static_cast<size_t>(count) * sizeof(int16_t);
  fill_samples(count);
  const auto coefficient = static_cast<int16_t>(below(32768));
  DcNotch expected_state;
  expected_state.last_input = static_cast<int16_t>(random_word());
  expected_state.last_output = static_cast<int16_t>(random_word());
  DcNotch actual_state = expected_state;
  plain().dc_notch(coefficient, samples, count, expected_state, expected);
  best().dc_notch(coefficient, samples, count, actual_state, samples);  // in place
  check("dc_notch", equal(samples, expected, bytes) &&
                        equal(&actual_state, &expected_state, sizeof(actual_state)));
}

void test_window() {
  const int32_t count = below(600);
  const int32_t from = below(2);  // an address that is not a multiple of four
  fill_samples(count + from);
  for (int32_t i = 0; i < count; ++i) {
    coefficients[i] = static_cast<int16_t>(below(8) == 0 ? 4096 : below(4097));
  }
  const int16_t greatest = plain().apply_window(coefficients, samples + from, count, expected);
  check("apply_window",
        best().apply_window(coefficients, samples + from, count, actual) == greatest &&
            equal(actual, expected, static_cast<size_t>(count) * sizeof(int16_t)));
}

void test_fft(int32_t size) {
  FrontEndSettings settings;
  settings.sample_rate_hz = 8 * size;
  settings.window_size_ms = settings.window_step_ms = 125;
  settings.filterbank_lower_band_limit = static_cast<float>(size);
  settings.filterbank_upper_band_limit = static_cast<float>(3 * size);
  FrontEndTables tables;
  if (!build_tables(settings, memory, sizeof(memory), tables).ok()) {
    check("tables of the FFT", false);
    return;
  }
  for (int round = 0; round < 30; ++round) {
    fill_samples(size);
    const int32_t shift = below(16);
    const FftTables fft = {size, tables.twiddles, tables.real_twiddles};
    plain().real_fft(fft, samples, shift, expected);
    best().real_fft(fft, samples, shift, actual);
    check("real_fft", equal(actual, expected, (static_cast<size_t>(size) + 2) * sizeof(int16_t)));
  }
}

void test_filterbank() {
  constexpr int32_t kChannels = 30;
  const int32_t first_bin = 1 + below(9);
  const int32_t channels = 1 + below(kChannels);
  int16_t ends[kChannels + 1];
  int32_t end_bin = first_bin;
  for (int32_t i = 0; i <= channels; ++i) {
    end_bin += below(below(2) == 0 ? 3 : 20);
    ends[i] = static_cast<int16_t>(end_bin);
  }
  const int32_t bins = end_bin - first_bin;
  fill_samples(2 * end_bin);
  plain().bin_energies(samples, first_bin, end_bin, expected_energies);
  best().bin_energies(samples, first_bin, end_bin, energies);
  check("bin_energies",
        equal(energies, expected_energies, static_cast<size_t>(bins) * sizeof(int32_t)));
  for (int32_t i = 0; i < 2 * bins; ++i) coefficients[i] = static_cast<int16_t>(below(4097));
  plain().filterbank(energies, first_bin, coefficients, coefficients + bins, ends, channels,
                     expected_sums);
  best().filterbank(energies, first_bin, coefficients, coefficients + bins, ends, channels, sums);
  check("filterbank", equal(sums, expected_sums, static_cast<size_t>(channels) * sizeof(uint64_t)));
}

// Any number, squares, and where rounding changes (r^2 + r), with their neighbours.
void test_magnitudes() {
  for (int32_t i = 0; i < kBins; i += 7) {
    const uint64_t any =
        ((uint64_t{random_word()} << 32) | random_word()) >> static_cast<uint32_t>(below(64));
    const uint64_t root = any >> below(33);
    sums[i] = any;
    sums[i + 1] = root * root;
    sums[i + 2] = root * root + 1;
    sums[i + 3] = root * root - 1;
    sums[i + 4] = root * root + root;
    sums[i + 5] = root * root + root + 1;
    sums[i + 6] = i % 2 == 0 ? uint64_t{0xFFFFFFFF} + static_cast<uint32_t>(below(3))
                             : ~uint64_t{0} >> below(20);
  }
  const int32_t shift = below(16);
  plain().channel_magnitudes(sums, kBins, shift, expected_roots);
  best().channel_magnitudes(sums, kBins, shift, roots);
  check("channel_magnitudes", equal(roots, expected_roots, sizeof(roots)));
}

int run() {
  for (int round = 0; round < 150; ++round) {
    test_dc_notch();
    test_window();
    test_filterbank();
    test_magnitudes();
  }
  for (int32_t size = kMinimumFftSize; size <= kLargestFft; size *= 2) test_fft(size);
  print("loops ");
  print(best().name);
  print("\n");
  report("cases", cases);
  report("different", different);
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace stapes::firmware

int main() { return stapes::firmware::run(); }
