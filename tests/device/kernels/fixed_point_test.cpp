#include "device/kernels/reference/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "toolkit/base/philox.h"

// The primitives against their definitions, computed slowly: exact integers, or long double.
namespace stapes::reference {
namespace {

std::vector<int32_t> interesting_numbers() {
  std::vector<int32_t> numbers = {0, 1, -1, 2, -2, 3, -3, INT32_MAX, INT32_MIN, INT32_MIN + 1};
  for (int bit = 1; bit < 31; ++bit) {
    for (const int32_t offset : {-1, 0, 1}) {
      numbers.push_back((1 << bit) + offset);
      numbers.push_back(-(1 << bit) + offset);
    }
  }
  Random random(1, Purpose::kTest);
  for (int i = 0; i < 200; ++i) numbers.push_back(static_cast<int32_t>(random.next()));
  return numbers;
}

// As the definition has it: nudged by half, then cut towards zero.
int32_t doubling_high_by_definition(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  const int64_t product = int64_t{a} * b;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}

TEST(FixedPoint, DoublingHighMultiplyEqualsItsDefinition) {
  const auto numbers = interesting_numbers();
  for (const int32_t a : numbers) {
    for (const int32_t b : numbers) {
      ASSERT_EQ(saturating_rounding_doubling_high_multiply(a, b), doubling_high_by_definition(a, b))
          << a << " * " << b;
    }
  }
}

TEST(FixedPoint, DivisionByPowerOfTwoRoundsTiesAwayFromZero) {
  for (const int32_t a : interesting_numbers()) {
    for (int32_t exponent = 0; exponent <= 31; ++exponent) {
      // roundl rounds ties away from zero, and the quotient is exact in long double.
      const auto expected =
          static_cast<int32_t>(std::roundl(std::ldexp(static_cast<long double>(a), -exponent)));
      ASSERT_EQ(rounding_divide_by_power_of_two(a, exponent), expected) << a << " >> " << exponent;
    }
    EXPECT_EQ(rounding_divide_by_power_of_two(a, 32), 0);
  }
}

TEST(FixedPoint, MultiplyByPowerOfTwoSaturates) {
  EXPECT_EQ(saturating_multiply_by_power_of_two(3, 2), 12);
  EXPECT_EQ(saturating_multiply_by_power_of_two(1 << 29, 2), INT32_MAX);
  EXPECT_EQ(saturating_multiply_by_power_of_two(-(1 << 29) - 1, 2), INT32_MIN);
  EXPECT_EQ(saturating_multiply_by_power_of_two(-(1 << 29), 2), INT32_MIN);
  EXPECT_EQ(saturating_multiply_by_power_of_two(INT32_MIN, 31), INT32_MIN);
}

TEST(FixedPoint, QuantizedMultiplierIsTheNearest) {
  Random random(2, Purpose::kTest);
  for (int i = 0; i < 20000; ++i) {
    const double real = std::exp(random.uniform(-20, 20));
    const Multiplier multiplier = quantize_multiplier(real);
    ASSERT_GE(multiplier.value, 1 << 30);
    const double back = std::ldexp(multiplier.value, multiplier.shift - 31);
    ASSERT_LE(std::abs(back / real - 1), std::ldexp(1.0, -31)) << real;
  }
}

TEST(FixedPoint, QuantizedMultiplierAtTheEdges) {
  EXPECT_EQ(quantize_multiplier(0).value, 0);
  EXPECT_EQ(quantize_multiplier(1).value, 1 << 30);
  EXPECT_EQ(quantize_multiplier(1).shift, 1);
  // Rounds up to 2^31, which becomes 2^30 with one place more.
  EXPECT_EQ(quantize_multiplier(std::nextafter(1.0, 0.0)).value, 1 << 30);
  EXPECT_EQ(quantize_multiplier(std::nextafter(1.0, 0.0)).shift, 1);
  EXPECT_EQ(quantize_multiplier(std::ldexp(1.0, -33)).value, 0);
  EXPECT_TRUE(is_usable(quantize_multiplier(std::ldexp(1.0, 29))));
  EXPECT_FALSE(is_usable(quantize_multiplier(std::ldexp(1.0, 30))));
}

TEST(FixedPoint, MultiplyRoundsTwice) {
  // 2^14 - 1 times 2^-15: one rounding would give 0. The multiplication rounds to 2^13, the
  // division that follows rounds 1/2 away from zero.
  EXPECT_EQ(multiply((1 << 14) - 1, {1 << 30, -14}), 1);
  // The multiplication rounds ties upwards: -8191.5 to -8191, which is not yet a half.
  EXPECT_EQ(multiply(-(1 << 14) + 1, {1 << 30, -14}), 0);
  EXPECT_EQ(multiply(100, {1 << 30, 1}), 100);
  EXPECT_EQ(multiply(-100, {1 << 30, 3}), -400);
  EXPECT_EQ(multiply(12345, {0, 0}), 0);
}

TEST(FixedPoint, MultiplyIsWithinOneOfTheProduct) {
  Random random(3, Purpose::kTest);
  for (int i = 0; i < 100000; ++i) {
    const auto a = static_cast<int32_t>(random.next()) >> 8;
    const double real = std::exp(random.uniform(-12, 4));
    const Multiplier multiplier = quantize_multiplier(real);
    ASSERT_NEAR(multiply(a, multiplier), a * real, 1.0 + std::abs(a * real) * 1e-8);
  }
}

TEST(FixedPoint, InverseSquareRoot) {
  Random random(4, Purpose::kTest);
  for (int i = 0; i < 20000; ++i) {
    const auto x = i < 5000 ? i + 1 : static_cast<int32_t>(random.next() >> (1 + i % 24));
    if (x == 0) continue;
    const Multiplier root = inverse_square_root(x);
    const double value = std::ldexp(root.value, root.shift - 31);
    ASSERT_NEAR(value * std::sqrt(x), 1.0, 2e-6) << x;  // five steps from 1
  }
  EXPECT_EQ(inverse_square_root(0).value, INT32_MAX);
  EXPECT_EQ(inverse_square_root(INT32_MAX).value, inverse_square_root(INT32_MAX - 1).value);
}

TEST(FixedPoint, CountLeadingZeros) {
  EXPECT_EQ(count_leading_zeros(0), 32);
  for (int bit = 0; bit < 32; ++bit) {
    EXPECT_EQ(count_leading_zeros(1U << bit), 31 - bit);
    EXPECT_EQ(count_leading_zeros(UINT32_MAX >> bit), bit);
  }
}

}  // namespace
}  // namespace stapes::reference
