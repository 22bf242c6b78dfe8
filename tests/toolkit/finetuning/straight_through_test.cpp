#include "toolkit/finetuning/straight_through.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

namespace stapes::finetuning {
namespace {

at::Tensor floats(std::vector<float> values) {
  const auto size = static_cast<int64_t>(values.size());
  return at::from_blob(values.data(), {size}, at::kFloat).clone();
}

// Range -1 … 1.55 in steps of 0.01, zero point -28.
TEST(StraightThrough, ValuesAreTheStoredOnesAndGradientsThoseOfRoundingAndClipping) {
  const quantization::Affine affine{0.01F, -28};
  const at::Tensor x = floats({0.123F, -1.5F, 2.0F, 0.0F}).requires_grad_();
  const at::Tensor low = at::scalar_tensor(-1.0F).requires_grad_();
  const at::Tensor high = at::scalar_tensor(1.55F).requires_grad_();
  std::vector<int8_t> stored{-16, -128, 127, -28};
  const at::Tensor y =
      straight_through(x, at::from_blob(stored.data(), {4}, at::kChar), affine, low, high);
  EXPECT_TRUE(at::allclose(y, floats({0.12F, -1.0F, 1.55F, 0.0F})));
  const at::Tensor weights = floats({3.0F, 5.0F, 7.0F, 11.0F});
  const auto gradients = torch::autograd::grad({(y * weights).sum()}, {x, low, high});
  EXPECT_TRUE(at::allclose(gradients[0], floats({3.0F, 0.0F, 0.0F, 11.0F})));
  // Of 0.123 the nearest step is 0.12: moving the upper end moves it by (0.12 - 0.123) / 2.55.
  const double rounding = 3.0 * (0.12 - 0.123) / 2.55;
  EXPECT_NEAR(gradients[1].item<double>(), 5.0 - rounding, 1e-4);
  EXPECT_NEAR(gradients[2].item<double>(), 7.0 + rounding, 1e-4);
}

TEST(StraightThrough, WithoutATrainedRangeOnlyTheInputGetsAGradient) {
  const at::Tensor x = floats({0.4F, 9.0F}).requires_grad_();
  std::vector<int8_t> stored{0, 127};
  const at::Tensor y =
      straight_through(x, at::from_blob(stored.data(), {2}, at::kChar), {0.03F, 0}, {}, {});
  const auto gradients = torch::autograd::grad({y.sum()}, {x});
  EXPECT_TRUE(at::allclose(gradients[0], floats({1.0F, 0.0F})));
}

TEST(StraightThrough, WeightsPassTheirGradientOn) {
  const at::Tensor x = floats({0.4F, -2.0F}).requires_grad_();
  const at::Tensor y = straight_through(x, floats({0.5F, -2.0F}));
  EXPECT_TRUE(at::allclose(y, floats({0.5F, -2.0F})));
  const auto gradients = torch::autograd::grad({(y * y).sum()}, {x});
  EXPECT_TRUE(at::allclose(gradients[0], floats({1.0F, -4.0F})));
}

}  // namespace
}  // namespace stapes::finetuning
