#if defined(__ARM_FEATURE_DSP)
// All loops but the FFT.
#include "device/frontend/arm_dsp/loops.h"

#include "device/frontend/arm_dsp/lanes.h"
#include "device/frontend/square_root.h"

namespace stapes::arm_dsp {
namespace {

// As the plain loop: -32768, whose absolute value 16 bits cannot hold, does not count.
int16_t greatest_magnitude(const int16_t* values, int32_t count) {
  int16_t greatest = 0;
  for (int32_t i = 0; i < count; ++i) {
    const auto magnitude = static_cast<int16_t>(values[i] < 0 ? -values[i] : values[i]);
    if (magnitude > greatest) greatest = magnitude;
  }
  return greatest;
}

// sum += a * b.
inline void accumulate(int64_t& sum, int32_t a, int32_t b) {
  asm("smlal %Q0, %R0, %1, %2" : "+r"(sum) : "r"(a), "r"(b));
}

}  // namespace

void dc_notch(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
              int16_t* output) {
  int32_t last_input = state.last_input;
  int32_t last_output = state.last_output;  // the product takes its low half only
#pragma GCC unroll 4
  for (int32_t i = 0; i < count; ++i) {
    const int32_t sample = input[i];
    const int32_t decayed = __smlabb(coefficient, last_output, 1 << 14) >> 15;
    last_output = sample - last_input + decayed;
    last_input = sample;
    output[i] = static_cast<int16_t>(last_output);
  }
  state.last_input = static_cast<int16_t>(last_input);
  state.last_output = static_cast<int16_t>(last_output);
}

int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output) {
  // The greatest and the lowest value of each lane, by the flags of a subtraction.
  int32_t high = 0;
  int32_t low = 0;
  const int32_t fours = count & ~3;
  if (fours > 0) {
    const int16_t* const end = samples + fours;
    const int16_t* sample = samples;
    const int16_t* coefficient = coefficients;
    int16_t* to = output;
    int32_t x;
    int32_t y;
    int32_t z;
#define STAPES_TWO_SAMPLES           \
  "ldr %[x], [%[sample]], #4\n"      \
  "ldr %[y], [%[coefficient]], #4\n" \
  "smulbb %[z], %[x], %[y]\n"        \
  "smultt %[y], %[x], %[y]\n"        \
  "asr %[z], %[z], #12\n"            \
  "pkhbt %[y], %[z], %[y], lsl #4\n" \
  "ssub16 %[z], %[high], %[y]\n"     \
  "sel %[high], %[high], %[y]\n"     \
  "ssub16 %[z], %[low], %[y]\n"      \
  "sel %[low], %[y], %[low]\n"       \
  "str %[y], [%[to]], #4\n"
    asm volatile("1:\n" STAPES_TWO_SAMPLES STAPES_TWO_SAMPLES
                 "cmp %[sample], %[end]\n"
                 "bne 1b\n"
                 : [sample] "+&r"(sample), [coefficient] "+&r"(coefficient), [to] "+&r"(to),
                   [high] "+&r"(high), [low] "+&r"(low), [x] "=&r"(x), [y] "=&r"(y), [z] "=&r"(z)
                 : [end] "r"(end)
                 : "cc", "memory");
#undef STAPES_TWO_SAMPLES
  }
  int32_t lowest = static_cast<int16_t>(low) < low >> 16 ? static_cast<int16_t>(low) : low >> 16;
  int32_t highest =
      static_cast<int16_t>(high) > high >> 16 ? static_cast<int16_t>(high) : high >> 16;
  for (int32_t i = fours; i < count; ++i) {
    const auto value = static_cast<int16_t>((samples[i] * coefficients[i]) >> 12);
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    output[i] = value;
  }
  if (lowest == INT16_MIN) return greatest_magnitude(output, count);
  return static_cast<int16_t>(highest > -lowest ? highest : -lowest);
}

void bin_energies(const int16_t* spectrum, int32_t first_bin, int32_t end_bin, int32_t* energies) {
  const int16_t* bin = spectrum + 2 * first_bin;
#pragma GCC unroll 4
  for (int32_t left = end_bin - first_bin; left > 0; --left) {
    const int32_t x = load_lanes(bin);
    bin += 2;
    *energies++ = __smuad(x, x);
  }
}

void filterbank(const int32_t* energies, int32_t first_bin, const int16_t* weights,
                const int16_t* unweights, const int16_t* channel_ends, int32_t channels,
                uint64_t* sums) {
  int64_t falling = 0;
  int32_t i = 0;  // of the first bin
  for (int32_t channel = 0; channel <= channels; ++channel) {
    int64_t rising = falling;
    falling = 0;
    for (const int32_t end = channel_ends[channel] - first_bin; i < end; ++i) {
      const int32_t energy = energies[i];
      accumulate(rising, energy, weights[i]);
      accumulate(falling, energy, unweights[i]);
    }
    if (channel > 0) sums[channel - 1] = static_cast<uint64_t>(rising);
  }
}

#if defined(__ARM_FP)
namespace {

// From the floating-point unit's square root, whose error is put right in integers. REQUIRES:
// 2^32 <= value < 2^48: the root has 24 bits at most, and that of the float is off by less than 2.
uint32_t wide_root(uint64_t value) {
  const float approximate = static_cast<float>(static_cast<uint32_t>(value >> 16)) * 65536.0F;
  float root_float;
  asm("vsqrt.f32 %0, %1" : "=t"(root_float) : "t"(approximate));
  auto root = static_cast<uint32_t>(root_float);
  while (uint64_t{root} * root > value) --root;
  // The remainder has at most 25 bits once the root is right, but the estimate may be too low.
  while (value - uint64_t{root} * root > 2 * uint64_t{root}) ++root;
  const auto rest = static_cast<uint32_t>(value - uint64_t{root} * root);
  return rest > root ? root + 1 : root;
}

uint32_t narrow_root(uint32_t value) {
  const auto approximate = static_cast<float>(value);
  float root_float;
  asm("vsqrt.f32 %0, %1" : "=t"(root_float) : "t"(approximate));
  auto root = static_cast<uint32_t>(root_float);
  if (root > 0xFFFF) root = 0xFFFF;
  while (root * root > value) --root;
  while (value - root * root > 2 * root) ++root;
  return value - root * root > root && root != 0xFFFF ? root + 1 : root;
}

}  // namespace

void channel_magnitudes(const uint64_t* sums, int32_t channels, int32_t shift, uint32_t* output) {
  for (int32_t i = 0; i < channels; ++i) {
    const uint64_t sum = sums[i];
    const auto high = static_cast<uint32_t>(sum >> 32);
    const uint32_t root = high == 0           ? narrow_root(static_cast<uint32_t>(sum))
                          : (high >> 16) == 0 ? wide_root(sum)
                                              : square_root(sum);
    output[i] = root >> shift;
  }
}
#endif

}  // namespace stapes::arm_dsp
#endif
