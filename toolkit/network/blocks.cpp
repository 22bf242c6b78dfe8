#include "toolkit/network/blocks.h"

#include <fmt/format.h>

namespace stapes::network {
namespace {

constexpr float kInt8Steps = 255;

// What follows a convolution without a ReLU. Where it is bounded, the gammas begin where few values
// reach the bounds.
int linear_norm(Builder& builder, int input, const std::string& part, bool bounded,
                float rounding_noise) {
  const Initializer gamma = bounded ? Initializer::kQuarters : Initializer::kOnes;
  const int x = builder.batch_norm(input, part + "_norm", 0.99F, 1e-3F, gamma);
  if (!bounded) return x;
  return builder.activation(x, part + "_bounds", NodeKind::kReluN1To1,
                            rounding_noise * 2 / kInt8Steps);
}

int inverted_bottleneck(Builder& builder, int input, const std::string& name,
                        const TenetSettings& settings, int32_t stride) {
  const auto pointwise = [&](int from, const std::string& part, int32_t channels, int32_t step) {
    return builder.conv2d(from, name + "/" + part, channels, {1, 1, step, step, Padding::kSame},
                          false);
  };
  const auto activation = [&](int from, const std::string& part) {
    return builder.activation(from, name + "/" + part + "_relu",
                              settings.bounded ? NodeKind::kRelu6 : NodeKind::kRelu,
                              settings.rounding_noise * 6 / kInt8Steps);
  };
  const auto norm_and_activation = [&](int from, const std::string& part) {
    return activation(builder.batch_norm(from, name + "/" + part + "_norm"), part);
  };
  int x = norm_and_activation(pointwise(input, "expand", settings.channels * settings.expansion, 1),
                              "expand");
  x = builder.depthwise_conv2d(
      x, name + "/depthwise", {settings.kernel, 1, stride, stride, Padding::kSame, settings.causal},
      false);
  x = norm_and_activation(x, "depthwise");
  x = pointwise(x, "contract", settings.channels, 1);
  // The sum that follows has noise of its own.
  x = linear_norm(builder, x, name + "/contract", settings.bounded_contraction, 0);

  int shortcut = input;
  if (stride != 1) {
    shortcut =
        norm_and_activation(pointwise(input, "shortcut", settings.channels, stride), "shortcut");
  }
  return activation(builder.add(x, shortcut, name + "/add"), "add");
}

}  // namespace

int add_tenet(Builder& builder, int input, const std::string& name, const TenetSettings& settings) {
  int x = builder.conv2d(input, name + "/stem", settings.channels,
                         {settings.stem_kernel, 1, settings.stem_stride, settings.stem_stride,
                          Padding::kSame, settings.causal},
                         true);
  x = linear_norm(builder, x, name + "/stem", settings.bounded_stem, settings.rounding_noise);
  for (int32_t block = 0; block < settings.blocks; ++block) {
    for (int32_t layer = 0; layer < settings.block_depth; ++layer) {
      x = inverted_bottleneck(builder, x, fmt::format("{}/block{}_{}", name, block, layer),
                              settings, layer == 0 ? 2 : 1);
    }
  }
  return x;
}

int add_ds_cnn(Builder& builder, int input, const std::string& name,
               const DsCnnSettings& settings) {
  const auto norm_and_relu = [&](int from, const std::string& part) {
    return builder.activation(builder.batch_norm(from, part + "_norm"), part + "_relu",
                              NodeKind::kRelu);
  };
  int x = builder.conv2d(input, name + "/stem", settings.channels, settings.stem, false);
  x = norm_and_relu(x, name + "/stem");
  for (int32_t block = 0; block < settings.blocks; ++block) {
    const std::string depthwise = fmt::format("{}/depthwise{}", name, block);
    const std::string pointwise = fmt::format("{}/pointwise{}", name, block);
    x = norm_and_relu(builder.depthwise_conv2d(x, depthwise, settings.depthwise, false), depthwise);
    x = norm_and_relu(builder.conv2d(x, pointwise, settings.channels, {}, false), pointwise);
  }
  return x;
}

}  // namespace stapes::network
