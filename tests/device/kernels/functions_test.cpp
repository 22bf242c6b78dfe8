#include <gtest/gtest.h>

#include <cmath>

#include "device/kernels/reference/fixed_point_functions.h"
#include "device/kernels/reference/lookup_functions.h"

// Approximations of functions against the functions. The bounds are those of the approximations,
// not of this machine: all arithmetic in them is integer.
namespace stapes::reference {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(LookupFunctions, SigmoidIsWithinOneStep) {
  for (int x = INT16_MIN; x <= INT16_MAX; ++x) {
    const double exact = 32768 * sigmoid(x / 4096.0);
    ASSERT_NEAR(sigmoid_of_q3(static_cast<int16_t>(x)), exact, 1.05) << x;
  }
}

// Values that TensorFlow Lite Micro's kernel gives.
TEST(LookupFunctions, SigmoidAtTheEdges) {
  EXPECT_EQ(sigmoid_of_q3(0), 16384);
  EXPECT_EQ(sigmoid_of_q3(-1), 16382);
  EXPECT_EQ(sigmoid_of_q3(INT16_MIN), 11);
  EXPECT_EQ(sigmoid_of_q3(INT16_MAX), 32757);
}

TEST(LookupFunctions, TanhIsWithinTwoSteps) {
  for (int power = -17; power <= -9; ++power) {
    for (int x = INT16_MIN; x <= INT16_MAX; x += 7) {
      const double exact = 32768 * std::tanh(std::ldexp(x, power));
      // Below -12 the input itself is rounded, to 1/3 of 2^-12.
      ASSERT_NEAR(tanh_of_scaled(static_cast<int16_t>(x), power), exact, power < -12 ? 3.1 : 1.55)
          << x << " * 2^" << power;
    }
  }
}

TEST(LookupFunctions, TanhAtTheEdges) {
  EXPECT_EQ(tanh_of_scaled(0, -12), 0);
  EXPECT_EQ(tanh_of_scaled(-1, -12), -8);
  EXPECT_EQ(tanh_of_scaled(INT16_MAX, -12), 32767);
  EXPECT_EQ(tanh_of_scaled(INT16_MIN, -12), -32767);
}

TEST(FixedPointFunctions, ExpOfNegative) {
  EXPECT_EQ(exp_of_negative(0, 5), INT32_MAX);
  for (int bits : {4, 5}) {
    for (double x = -std::ldexp(1.0, bits); x < 0; x += 0.0137) {
      const auto fixed = static_cast<int32_t>(std::ldexp(x, 31 - bits));
      EXPECT_NEAR(std::ldexp(exp_of_negative(fixed, bits), -31),
                  std::exp(std::ldexp(fixed, bits - 31)), 3e-6)
          << x;
    }
  }
}

TEST(FixedPointFunctions, LogisticAndTanh) {
  for (double x = -15.9; x < 15.9; x += 0.0119) {
    const auto fixed = static_cast<int32_t>(std::ldexp(x, 27));
    EXPECT_NEAR(std::ldexp(logistic_of_q4(fixed), -31), sigmoid(x), 3e-6) << x;
    EXPECT_NEAR(std::ldexp(tanh_of_q4(fixed), -31), std::tanh(x), 3e-6) << x;
  }
  EXPECT_EQ(logistic_of_q4(0), 1 << 30);
  EXPECT_EQ(tanh_of_q4(0), 0);
}

TEST(FixedPointFunctions, Reciprocal) {
  for (int32_t x = 1; x > 0 && x < INT32_MAX / 3; x = x * 3 + 1) {
    int32_t bits = 0;
    const int32_t result = reciprocal(x, 12, &bits);
    const double exact = 1 / std::ldexp(x, 12 - 31);
    EXPECT_NEAR(std::ldexp(result, -31 - bits) / exact, 1, 1e-6) << x;
  }
}

}  // namespace
}  // namespace stapes::reference
