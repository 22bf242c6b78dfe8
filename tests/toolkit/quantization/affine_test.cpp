#include "toolkit/quantization/affine.h"

#include <gtest/gtest.h>

#include <cmath>

namespace stapes::quantization {
namespace {

TEST(NudgedAffine, RangeFromZero) {
  // 0 … 2.55: 255 steps of 0.01, and 0 is the lowest stored value.
  const Affine affine = nudged_affine({0.0F, 2.55F});
  EXPECT_FLOAT_EQ(affine.scale, 0.01F);
  EXPECT_EQ(affine.zero_point, -128);
}

TEST(NudgedAffine, RangeIsExtendedToContainZero) {
  EXPECT_EQ(nudged_affine({1.0F, 2.55F}), nudged_affine({0.0F, 2.55F}));
  EXPECT_EQ(nudged_affine({-2.55F, -1.0F}), nudged_affine({-2.55F, 0.0F}));
  EXPECT_EQ(nudged_affine({-2.55F, -1.0F}).zero_point, 127);
}

TEST(NudgedAffine, ZeroPointMovesToTheNearestWholeNumber) {
  // -1 … 1 in 255 steps: 0 would be stored as -0.5; the tie goes away from zero.
  const Affine even = nudged_affine({-1.0F, 1.0F});
  EXPECT_FLOAT_EQ(even.scale, 2.0F / 255.0F);
  EXPECT_TRUE(even.zero_point == 0 || even.zero_point == -1);
  // -1 … 3: 0 lies at -128 + 63.75.
  EXPECT_EQ(nudged_affine({-1.0F, 3.0F}).zero_point, -64);
  // -3 … 1: 0 lies at 127 - 63.75.
  EXPECT_EQ(nudged_affine({-3.0F, 1.0F}).zero_point, 63);
}

TEST(NudgedAffine, RangeWithoutExtent) {
  EXPECT_EQ(nudged_affine({0.0F, 0.0F}), (Affine{1.0F, 0}));
}

TEST(SymmetricScale, UsesTheNarrowRange) { EXPECT_FLOAT_EQ(symmetric_scale(1.27F), 0.01F); }

TEST(CellStateScale, SmallestPowerOfTwoThatHolds) {
  EXPECT_EQ(cell_state_scale(10.0F), std::ldexp(16.0F, -15));
  EXPECT_EQ(cell_state_scale(8.0F), std::ldexp(8.0F, -15));
  EXPECT_EQ(cell_state_scale(8.001F), std::ldexp(16.0F, -15));
  EXPECT_EQ(cell_state_scale(0.3F), std::ldexp(0.5F, -15));
  EXPECT_EQ(cell_state_scale(0.0F), std::ldexp(1.0F, -15));
}

TEST(QuantizeToInt8, RoundsHalfAwayFromZeroAndSaturates) {
  const Affine affine = {0.5F, 10};
  EXPECT_EQ(quantize_to_int8(0.0F, affine), 10);
  EXPECT_EQ(quantize_to_int8(0.25F, affine), 11);
  EXPECT_EQ(quantize_to_int8(-0.25F, affine), 9);
  EXPECT_EQ(quantize_to_int8(1000.0F, affine), 127);
  EXPECT_EQ(quantize_to_int8(-1000.0F, affine), -128);
}

TEST(BiasScale, IsTheFloat32Product) {
  // Figures of a converter's file: commands12_tensorflow215_int8, the LSTM's input gate.
  EXPECT_NEAR(bias_scale(0.0256325F, 0.00473418F), 0.000121349F, 1e-9F);
  EXPECT_EQ(bias_scale(0.1F, 0.3F), 0.1F * 0.3F);
}

}  // namespace
}  // namespace stapes::quantization
