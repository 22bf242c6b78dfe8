#pragma once
// Random networks that can be run frame by frame.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "toolkit/base/philox.h"
#include "toolkit/graph/graph.h"
#include "toolkit/network/network.h"
#include "toolkit/quantization/calibrate.h"
#include "toolkit/quantization/quantize.h"

namespace stapes::test {

inline network::Network causal_network(const std::string& layers, std::vector<int32_t> input) {
  const std::string head =
      "[[network.layers]]\ntype = \"dense\"\n[[network.layers]]\ntype = \"softmax\"\n";
  const Specification specification =
      parse_specification("[classes]\nkeywords = [\"a\", \"b\"]\n" + layers + head, "test");
  return network::expand(specification.network, std::move(input), 3);
}

// Initial weights, with everything that starts at 0 or 1 moved away from it.
inline network::Weights moved_weights(const network::Network& network, uint64_t seed) {
  network::Weights weights = network::initialize(network, seed);
  Random random(seed, Purpose::kTest);
  for (auto& [name, array] : weights) {
    if (name.ends_with("kernel")) continue;
    for (float& value : array.values) value += static_cast<float>(random.uniform(-0.3, 0.3));
  }
  return weights;
}

inline std::vector<float> random_values(uint64_t seed, size_t count) {
  Random random(seed, Purpose::kTest, 1);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

inline std::string layer(const std::string& type, const std::string& keys = "") {
  return fmt::format("[[network.layers]]\ntype = \"{}\"\n{}\n", type, keys);
}

// One of many kinds, chosen by `seed`: causal and VALID convolutions with strides, kernels over
// both axes, pools, TENet, DS-CNN, batch and layer norms, shortcuts, with and without LSTM.
inline std::string random_layers(uint64_t seed, bool* has_lstm) {
  Random random(seed, Purpose::kTest, 2);
  const auto pick = [&](int low, int high) {
    return low + static_cast<int>(random.below(static_cast<uint64_t>(high - low) + 1));
  };
  std::string text;
  switch (seed % 4) {
    case 0:
      text +=
          layer("tenet", fmt::format("channels = {}\nblocks = {}\nblock_depth = {}\nkernel = {}\n"
                                     "padding = \"causal\"",
                                     pick(3, 9), pick(1, 3), pick(1, 2), pick(1, 9)));
      break;
    case 1:
      text +=
          layer("ds_cnn", fmt::format("channels = {}\nblocks = {}\nstem_kernel = [{}, 3]\n"
                                      "stem_stride = [{}, 2]\nkernel = [{}, 3]\n"
                                      "padding = \"causal\"",
                                      pick(3, 9), pick(1, 3), pick(1, 8), pick(1, 3), pick(1, 4)));
      break;
    default:
      for (int i = pick(1, 4); i > 0; --i) {
        const bool valid = pick(0, 3) == 0;
        const char* padding = valid ? "valid" : "causal";
        if (pick(0, 1) == 0) {
          text += layer("conv2d", fmt::format("channels = {}\nkernel = [{}, {}]\nstride = [{}, 1]\n"
                                              "padding = \"{}\"",
                                              pick(1, 9), pick(1, valid ? 3 : 5),
                                              valid ? 1 : pick(1, 2), pick(1, 2), padding));
          text += layer("batch_norm") + layer("relu");
        } else {
          text +=
              layer("depthwise_conv2d", fmt::format("kernel = [{}, 1]\nstride = [{}, 1]\n"
                                                    "padding = \"{}\"",
                                                    pick(1, valid ? 3 : 6), pick(1, 2), padding));
        }
      }
      if (pick(0, 2) == 0) {
        text += layer(pick(0, 1) == 0 ? "average_pool" : "max_pool",
                      fmt::format("kernel = [{}, 1]\npadding = \"valid\"", pick(1, 3)));
      }
  }
  *has_lstm = random.below(2) == 0;
  if (random.below(4) == 0 && !*has_lstm) return text + layer("global_average_pool");
  text += layer("sequence");
  if (random.below(2) == 0) text += layer("layer_norm");
  if (*has_lstm) text += layer("lstm", fmt::format("units = {}", pick(2, 9)));
  if (random.below(2) == 0) text += layer("layer_norm");
  return text + layer("last_step");
}

// The same weights for windows of any length, as float and as int8 with the same scales.
class WindowsOfAnyLength {
 public:
  WindowsOfAnyLength(std::string layers, int32_t frames, int32_t width, int32_t channels,
                     uint64_t seed)
      : layers_(std::move(layers)), width_(width), channels_(channels) {
    const network::Network network = causal_network(layers_, {frames, width, channels});
    weights_ = moved_weights(network, seed);
    const graph::Graph graph = network::lower(network, weights_);
    const size_t values = quantization::input_size(graph);
    quantization::CalibrationSettings settings;
    settings.threads = 1;
    ranges_ = quantization::calibrate(
        graph, quantization::inputs_from(random_values(seed + 100, 8 * values), values), settings);
  }

  graph::Graph float_graph(int32_t frames) const {
    return network::lower(causal_network(layers_, {frames, width_, channels_}), weights_);
  }
  graph::Graph int8_graph(int32_t frames) const {
    return quantization::quantize(float_graph(frames), ranges_).graph;
  }
  size_t frame_values() const {
    return static_cast<size_t>(width_) * static_cast<size_t>(channels_);
  }

 private:
  std::string layers_;
  int32_t width_;
  int32_t channels_;
  network::Weights weights_;
  quantization::Ranges ranges_;
};

}  // namespace stapes::test
