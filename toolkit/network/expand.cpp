#include <fmt/format.h>

#include <functional>
#include <map>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/network/blocks.h"
#include "toolkit/network/layer_reader.h"
#include "toolkit/network/network.h"

namespace stapes::network {
namespace {

// What a layer is built from: where it is appended, its keys, and the names that earlier layers
// carry (for "add").
struct Context {
  Builder& builder;
  LayerReader& reader;
  std::string name;
  int input;
  int classes;
  const std::map<std::string, int>& named;
};

constexpr int32_t kLimit = 4096;  // channels, kernels, strides: larger is a slip of the pen

void read_padding(LayerReader& reader, const std::vector<std::string>& allowed,
                  Builder::Window& window) {
  const std::string padding = reader.choice("padding", allowed);
  window.padding = padding == "valid" ? Padding::kValid : Padding::kSame;
  window.causal = padding == "causal";
}

Builder::Window window_of(LayerReader& reader, std::pair<int32_t, int32_t> kernel) {
  const auto [kernel_height, kernel_width] = reader.height_and_width("kernel", kernel);
  const auto [stride_height, stride_width] = reader.height_and_width("stride", {1, 1});
  Builder::Window window{kernel_height, kernel_width, stride_height, stride_width};
  read_padding(reader, {"same", "valid", "causal"}, window);
  return window;
}

Builder::Window pool_window_of(LayerReader& reader) {
  const auto [kernel_height, kernel_width] = reader.height_and_width("kernel", {2, 2});
  const auto [stride_height, stride_width] =
      reader.height_and_width("stride", {kernel_height, kernel_width});
  Builder::Window window{kernel_height, kernel_width, stride_height, stride_width};
  read_padding(reader, {"same", "valid"}, window);
  return window;
}

int tenet(Context& c) {
  TenetSettings settings;
  settings.channels = c.reader.integer("channels", settings.channels, 1, kLimit);
  settings.blocks = c.reader.integer("blocks", settings.blocks, 1, 100);
  settings.block_depth = c.reader.integer("block_depth", settings.block_depth, 1, 100);
  settings.expansion = c.reader.integer("expansion", settings.expansion, 1, 100);
  settings.kernel = c.reader.integer("kernel", settings.kernel, 1, kLimit);
  settings.stem_kernel = c.reader.integer("stem_kernel", settings.stem_kernel, 1, kLimit);
  settings.stem_stride = c.reader.integer("stem_stride", settings.stem_stride, 1, kLimit);
  settings.causal = c.reader.choice("padding", {"same", "causal"}) == "causal";
  settings.bounded = c.reader.choice("activation", {"relu", "relu6"}) == "relu6";
  settings.bounded_contraction =
      c.reader.choice("contraction", {"linear", "relu_n1_to_1"}) == "relu_n1_to_1";
  settings.bounded_stem = c.reader.choice("stem", {"linear", "relu_n1_to_1"}) == "relu_n1_to_1";
  settings.rounding_noise = static_cast<float>(c.reader.number("rounding_noise", 0.0, 0.0, 255.0));
  if (settings.rounding_noise > 0 && !settings.bounded) {
    c.reader.fail("rounding_noise is measured in parts of a range, and relu has none",
                  "set activation = \"relu6\"");
  }
  return add_tenet(c.builder, c.input, c.name, settings);
}

int ds_cnn(Context& c) {
  DsCnnSettings settings;
  settings.channels = c.reader.integer("channels", settings.channels, 1, kLimit);
  settings.blocks = c.reader.integer("blocks", settings.blocks, 0, 100);
  const auto [kernel_height, kernel_width] = c.reader.height_and_width("stem_kernel", {10, 4});
  const auto [stride_height, stride_width] = c.reader.height_and_width("stem_stride", {2, 2});
  const auto [height, width] = c.reader.height_and_width("kernel", {3, 3});
  const bool causal = c.reader.choice("padding", {"same", "causal"}) == "causal";
  settings.stem = {kernel_height, kernel_width,   stride_height,
                   stride_width,  Padding::kSame, causal};
  settings.depthwise = {height, width, 1, 1, Padding::kSame, causal};
  return add_ds_cnn(c.builder, c.input, c.name, settings);
}

int conv2d(Context& c) {
  const int32_t channels = c.reader.required_integer("channels", 1, kLimit);
  const Builder::Window window = window_of(c.reader, {1, 1});
  return c.builder.conv2d(c.input, c.name, channels, window, c.reader.boolean("bias", true));
}

int depthwise_conv2d(Context& c) {
  const Builder::Window window = window_of(c.reader, {3, 3});
  return c.builder.depthwise_conv2d(c.input, c.name, window, c.reader.boolean("bias", true));
}

int batch_norm(Context& c) {
  const double momentum = c.reader.number("momentum", 0.99, 0.0, 1.0);
  const double epsilon = c.reader.number("epsilon", 1e-3, 1e-9, 1.0);
  return c.builder.batch_norm(c.input, c.name, static_cast<float>(momentum),
                              static_cast<float>(epsilon));
}

int layer_norm(Context& c) {
  return c.builder.layer_norm(c.input, c.name,
                              static_cast<float>(c.reader.number("epsilon", 1e-3, 1e-9, 1.0)));
}

int add(Context& c) {
  const std::string with = c.reader.text("with", "");
  const auto found = c.named.find(with);
  if (found == c.named.end()) {
    std::vector<std::string> names;
    for (const auto& [name, node] : c.named) names.push_back(name);
    c.reader.fail("no layer before it has the name \"" + with + "\"", suggestion(with, names));
  }
  return c.builder.add(c.input, found->second, c.name);
}

int sequence(Context& c) {
  const std::vector<int32_t>& shape = c.builder.shape(c.input);
  if (shape.size() < 2) c.reader.fail("it needs time steps and gets " + shape_text(shape));
  return c.builder.reshape(c.input, c.name, {shape[0], -1});
}

int reshape(Context& c) { return c.builder.reshape(c.input, c.name, c.reader.integers("shape")); }

int lstm(Context& c) {
  const int32_t units = c.reader.required_integer("units", 1, kLimit);
  const double cell_clip = c.reader.number("cell_clip", 10.0, 0.0, 1000.0);
  return c.builder.lstm(c.input, c.name, units, static_cast<float>(cell_clip),
                        c.reader.boolean("layer_norm", false));
}

int dense(Context& c) {
  const int32_t units = c.reader.integer("units", c.classes, 1, kLimit);
  return c.builder.dense(c.input, c.name, units, c.reader.boolean("bias", true));
}

int dropout(Context& c) {
  return c.builder.dropout(c.input, c.name,
                           static_cast<float>(c.reader.number("rate", 0.2, 0.0, 0.99)));
}

int noise(Context& c) {
  return c.builder.noise(c.input, c.name,
                         static_cast<float>(c.reader.number("width", 0.5, 0.0, 1000.0)));
}

const std::map<std::string, std::function<int(Context&)>>& makers() {
  static const std::map<std::string, std::function<int(Context&)>> all = {
      {"tenet", tenet},
      {"ds_cnn", ds_cnn},
      {"conv2d", conv2d},
      {"depthwise_conv2d", depthwise_conv2d},
      {"batch_norm", batch_norm},
      {"layer_norm", layer_norm},
      {"noise", noise},
      {"relu", [](Context& c) { return c.builder.activation(c.input, c.name, NodeKind::kRelu); }},
      {"relu6", [](Context& c) { return c.builder.activation(c.input, c.name, NodeKind::kRelu6); }},
      {"add", add},
      {"average_pool",
       [](Context& c) {
         return c.builder.pool(c.input, c.name, NodeKind::kAveragePool2D, pool_window_of(c.reader));
       }},
      {"max_pool",
       [](Context& c) {
         return c.builder.pool(c.input, c.name, NodeKind::kMaxPool2D, pool_window_of(c.reader));
       }},
      {"global_average_pool",
       [](Context& c) { return c.builder.global_average_pool(c.input, c.name); }},
      {"sequence", sequence},
      {"reshape", reshape},
      {"flatten", [](Context& c) { return c.builder.reshape(c.input, c.name, {-1}); }},
      {"lstm", lstm},
      {"last_step", [](Context& c) { return c.builder.last_step(c.input, c.name); }},
      {"dense", dense},
      {"dropout", dropout},
      {"softmax", [](Context& c) { return c.builder.softmax(c.input, c.name); }},
  };
  return all;
}

void check_output(const Builder& builder, const Network& network, int classes) {
  const Node& output = network.nodes.back();
  if (output.kind != NodeKind::kSoftmax) {
    builder.fail("the network ends with it", "let the last layer be of type \"softmax\"");
  }
  if (output.output_shape[0] != classes) {
    builder.fail(fmt::format("it has {} outputs for {} classes", output.output_shape[0], classes),
                 "leave out the last dense layer's units");
  }
}

}  // namespace

Network expand(const NetworkSettings& settings, std::vector<int32_t> input_shape, int classes) {
  if (settings.layers.empty()) {
    throw Error("cannot build the network", "", "the specification has no layers",
                "add [[network.layers]] tables");
  }
  Builder builder(std::move(input_shape));
  std::map<std::string, int> named;
  std::map<std::string, int> counts;
  for (const LayerSettings& layer : settings.layers) {
    LayerReader reader(layer);
    builder.set_context(layer.type, layer.where);
    const auto maker = makers().find(layer.type);
    if (maker == makers().end()) {
      std::vector<std::string> types;
      for (const auto& [type, function] : makers()) types.push_back(type);
      reader.fail("this type is not known", suggestion(layer.type, types));
    }
    // Unnamed layers are called after their type: lstm, layer_norm, layer_norm_2, …
    const int number = ++counts[layer.type];
    const std::string automatic =
        number == 1 ? layer.type : fmt::format("{}_{}", layer.type, number);
    Context context{builder,        reader,  reader.text("name", automatic),
                    builder.last(), classes, named};
    const int output = maker->second(context);
    reader.finish();
    named[context.name] = output;
  }
  Network network = builder.take();
  check_output(builder, network, classes);
  return network;
}

std::vector<const Parameter*> Network::parameters() const {
  std::vector<const Parameter*> all;
  for (const Node& node : nodes) {
    for (const Parameter& parameter : node.parameters) all.push_back(&parameter);
  }
  return all;
}

namespace {

int64_t count(const Network& network, bool with_statistics) {
  int64_t total = 0;
  for (const Parameter* parameter : network.parameters()) {
    int64_t elements = 1;
    for (const int64_t dimension : parameter->shape) elements *= dimension;
    if (parameter->trainable || with_statistics) total += elements;
  }
  return total;
}

}  // namespace

int64_t Network::trainable_parameters() const { return count(*this, false); }
int64_t Network::total_parameters() const { return count(*this, true); }

}  // namespace stapes::network
