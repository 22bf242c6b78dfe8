#include "device/frontend/fft.h"

namespace stapes {
namespace {

struct Complex {
  int16_t re;
  int16_t im;
};

int16_t wrap(int32_t value) { return static_cast<int16_t>(value); }

// Q15 -> integer, rounded half up.
int16_t rounded(int32_t product) { return wrap((product + (1 << 14)) >> 15); }

Complex load(const int16_t* at) { return {at[0], at[1]}; }

void store(int16_t* at, Complex value) {
  at[0] = value.re;
  at[1] = value.im;
}

// Division by the radix before the sums of a stage, as a product with floor(32767 / radix).
template <int32_t kRadix>
Complex divided(Complex x) {
  constexpr int32_t kFactor = 32767 / kRadix;
  return {rounded(x.re * kFactor), rounded(x.im * kFactor)};
}

Complex operator+(Complex a, Complex b) { return {wrap(a.re + b.re), wrap(a.im + b.im)}; }
Complex operator-(Complex a, Complex b) { return {wrap(a.re - b.re), wrap(a.im - b.im)}; }
Complex operator*(Complex a, Complex b) {
  return {rounded(a.re * b.re - a.im * b.im), rounded(a.re * b.im + a.im * b.re)};
}

// The transform of four points, in place.
inline void butterfly(Complex& a, Complex& b, Complex& c, Complex& d) {
  const Complex even_sum = a + c;
  const Complex even_difference = a - c;
  const Complex odd_sum = b + d;
  const Complex odd_difference = b - d;
  const Complex turned = {odd_difference.im, wrap(-odd_difference.re)};  // times -i
  a = even_sum + odd_sum;
  b = even_difference + turned;
  c = even_sum - odd_sum;
  d = even_difference - turned;
}

int32_t reverse_base_4(int32_t value, int32_t digits) {
  int32_t reversed = 0;
  for (int32_t i = 0; i < digits; ++i) {
    reversed = reversed * 4 + (value & 3);
    value >>= 2;
  }
  return reversed;
}

// The first stage reads its input in digit-reversed order. Its twiddle factors are 1, that is 32767
// in Q15; a product with it leaves values of at most 16383 as they are, which the division by the
// radix ensures.
template <int32_t kRadix>
void first_stage(const int16_t* input, int32_t shift, int32_t points, int16_t* output) {
  const int32_t blocks = points / kRadix;
  int32_t digits = 0;
  while ((1 << (2 * digits)) < blocks) ++digits;
  const auto shifted = [&](int32_t index) {
    const Complex x = load(input + 2 * index);
    return divided<kRadix>({wrap(static_cast<int32_t>(static_cast<uint32_t>(x.re) << shift)),
                            wrap(static_cast<int32_t>(static_cast<uint32_t>(x.im) << shift))});
  };
  for (int32_t block = 0; block < blocks; ++block) {
    const int32_t first = reverse_base_4(block, digits);
    int16_t* out = output + 2 * kRadix * block;
    if constexpr (kRadix == 4) {
      Complex a = shifted(first);
      Complex b = shifted(first + blocks);
      Complex c = shifted(first + 2 * blocks);
      Complex d = shifted(first + 3 * blocks);
      butterfly(a, b, c, d);
      store(out, a);
      store(out + 2, b);
      store(out + 4, c);
      store(out + 6, d);
    } else {
      const Complex a = shifted(first);
      const Complex b = shifted(first + blocks);
      store(out, a + b);
      store(out + 2, a - b);
    }
  }
}

// Combines transforms of length m into transforms of length 4m, in place.
void radix_4_stage(const int16_t* twiddles, int32_t m, int32_t points, int16_t* data) {
  for (int32_t block = 0; block < points; block += 4 * m) {
    int16_t* at = data + 2 * block;
    for (int32_t k = 0; k < m; ++k, at += 2) {
      Complex a = divided<4>(load(at));
      Complex b = divided<4>(load(at + 2 * m)) * load(twiddles + 2 * k);
      Complex c = divided<4>(load(at + 4 * m)) * load(twiddles + 2 * (m + k));
      Complex d = divided<4>(load(at + 6 * m)) * load(twiddles + 2 * (2 * m + k));
      butterfly(a, b, c, d);
      store(at, a);
      store(at + 2 * m, b);
      store(at + 4 * m, c);
      store(at + 6 * m, d);
    }
  }
}

// From the transform of n complex numbers to bins 0 … n of the 2n real ones, in place.
void separate(const int16_t* real_twiddles, int32_t n, int16_t* data) {
  const Complex zero = divided<2>(load(data));
  store(data, {wrap(zero.re + zero.im), 0});
  store(data + 2 * n, {wrap(zero.re - zero.im), 0});
  for (int32_t k = 1; k <= n / 2; ++k) {
    const Complex low = divided<2>(load(data + 2 * k));
    const Complex high = load(data + 2 * (n - k));
    const Complex mirrored = divided<2>({high.re, wrap(-high.im)});
    const Complex sum = low + mirrored;
    const Complex turned = (low - mirrored) * load(real_twiddles + 2 * (k - 1));
    store(data + 2 * k, {wrap((sum.re + turned.re) >> 1), wrap((sum.im + turned.im) >> 1)});
    store(data + 2 * (n - k), {wrap((sum.re - turned.re) >> 1), wrap((turned.im - sum.im) >> 1)});
  }
}

}  // namespace

int32_t twiddle_count(int32_t fft_size) {
  const int32_t points = fft_size / 2;
  int32_t m = 1;
  while (m < points) m *= 4;
  int32_t count = 0;
  for (m = m == points ? 4 : 2; m < points; m *= 4) count += 3 * m;
  return count;
}

void real_fft(const FftTables& tables, const int16_t* input, int32_t shift, int16_t* spectrum) {
  const int32_t points = tables.fft_size / 2;
  int32_t power_of_4 = 1;
  while (power_of_4 < points) power_of_4 *= 4;
  int32_t m = 4;
  if (power_of_4 == points) {
    first_stage<4>(input, shift, points, spectrum);
  } else {
    first_stage<2>(input, shift, points, spectrum);
    m = 2;
  }
  for (const int16_t* twiddles = tables.twiddles; m < points; twiddles += 6 * m, m *= 4) {
    radix_4_stage(twiddles, m, points, spectrum);
  }
  separate(tables.real_twiddles, points, spectrum);
}

}  // namespace stapes
