#include "toolkit/network/blocks.h"

#include <fmt/format.h>

namespace stapes::network {
namespace {

int inverted_bottleneck(Builder& builder, int input, const std::string& name,
                        const TenetSettings& settings, int32_t stride) {
  const auto pointwise = [&](int from, const std::string& part, int32_t channels, int32_t step) {
    const int conv = builder.conv2d(from, name + "/" + part, channels,
                                    {1, 1, step, step, Padding::kSame}, false);
    return builder.batch_norm(conv, name + "/" + part + "_norm");
  };
  int x = pointwise(input, "expand", settings.channels * settings.expansion, 1);
  x = builder.relu(x, name + "/expand_relu");
  x = builder.depthwise_conv2d(
      x, name + "/depthwise", {settings.kernel, 1, stride, stride, Padding::kSame, settings.causal},
      false);
  x = builder.batch_norm(x, name + "/depthwise_norm");
  x = builder.relu(x, name + "/depthwise_relu");
  x = pointwise(x, "contract", settings.channels, 1);

  int shortcut = input;
  if (stride != 1) {
    shortcut = pointwise(input, "shortcut", settings.channels, stride);
    shortcut = builder.relu(shortcut, name + "/shortcut_relu");
  }
  x = builder.add(x, shortcut, name + "/add");
  return builder.relu(x, name + "/add_relu");
}

}  // namespace

int add_tenet(Builder& builder, int input, const std::string& name, const TenetSettings& settings) {
  int x = builder.conv2d(input, name + "/stem", settings.channels,
                         {3, 1, 1, 1, Padding::kSame, settings.causal}, true);
  x = builder.batch_norm(x, name + "/stem_norm");
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
    return builder.relu(builder.batch_norm(from, part + "_norm"), part + "_relu");
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
