// Writes a folder of small float .tflite files, one for each operator and way of using it, for
// float_models_test.py to run in several runtimes.
#include <cstdio>
#include <functional>
#include <utility>

#include "tests/support/tutorial_network.h"
#include "tests/toolkit/graph/small_graph.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/network/network.h"
#include "toolkit/specification/specification.h"

namespace {

using namespace stapes;         // NOLINT: a program of its own
using namespace stapes::graph;  // NOLINT
using example::add_integers;
using example::add_random;
using example::add_value;

using Shape = std::vector<int32_t>;

struct Model {
  explicit Model(Shape input_shape) {
    last = add_value(graph, "input", std::move(input_shape));
    graph.inputs = {last};
  }

  // Appends an operator on the last value and `more` inputs.
  Operator& then(OperatorCode code, const Shape& shape, const std::vector<int32_t>& more = {}) {
    Operator op;
    op.code = code;
    op.inputs = {last};
    op.inputs.insert(op.inputs.end(), more.begin(), more.end());
    last = add_value(graph, "value" + std::to_string(graph.tensors.size()), shape);
    op.outputs = {last};
    graph.outputs = {last};
    graph.operators.push_back(op);
    return graph.operators.back();
  }
  int32_t random(const Shape& shape) {
    return add_random(graph, "constant" + std::to_string(graph.tensors.size()), shape);
  }
  int32_t integers(const std::vector<int32_t>& values) {
    return add_integers(graph, "integers" + std::to_string(graph.tensors.size()), values);
  }

  Graph graph;
  int32_t last = 0;
};

Graph convolution(OperatorCode code, const Shape& input, const Shape& filter, const Shape& output,
                  const std::function<void(Options&)>& change) {
  Model model(input);
  const int32_t weights = model.random(filter);
  Operator& op = model.then(code, output, {weights, model.random({output[3]})});
  change(op.options);
  const bool dilated = op.options.dilation_height > 1 || op.options.dilation_width > 1;
  if (code == OperatorCode::kDepthwiseConv2D && dilated) op.version = 2;
  return model.graph;
}

Graph pool(OperatorCode code) {
  Model model({1, 9, 5, 6});
  Options& options = model.then(code, {1, 5, 5, 6}).options;
  options.filter_height = 3;
  options.filter_width = 2;
  options.stride_height = 2;
  return model.graph;
}

Graph elementwise(OperatorCode code, const Shape& second, Activation activation) {
  Model model({2, 7, 5});
  model.then(code, {2, 7, 5}, {model.random(second)}).options.activation = activation;
  return model.graph;
}

Graph same_shape(OperatorCode code) {
  Model model({3, 11});
  model.then(code, {3, 11});
  return model.graph;
}

Graph reduction(OperatorCode code, const Shape& input, const std::vector<int32_t>& axes,
                const Shape& output, bool keep) {
  Model model(input);
  model.then(code, output, {model.integers(axes)}).options.keep_dimensions = keep;
  return model.graph;
}

// 1 / sqrt(x^2 + c): the root's argument must be positive.
Graph inverse_root() {
  Model model({4, 6});
  const int32_t input = model.last;
  model.then(OperatorCode::kMul, {4, 6}, {input});
  Tensor epsilon;
  epsilon.name = "epsilon";
  epsilon.data = example::to_bytes(std::vector<float>{0.001F});
  model.then(OperatorCode::kAdd, {4, 6}, {model.graph.add_tensor(epsilon)});
  model.then(OperatorCode::kRsqrt, {4, 6});
  return model.graph;
}

// mean, difference, squared difference, mean, epsilon, inverse root, product: a layer norm.
Graph layer_norm() {
  Model model({1, 7, 40});
  const int32_t input = model.last;
  const int32_t axes = model.integers({2});
  model.then(OperatorCode::kMean, {1, 7, 1}, {axes}).options.keep_dimensions = true;
  const int32_t mean = model.last;
  model.then(OperatorCode::kSquaredDifference, {1, 7, 40}, {input});
  model.then(OperatorCode::kMean, {1, 7, 1}, {axes}).options.keep_dimensions = true;
  Tensor epsilon;
  epsilon.name = "epsilon";
  epsilon.data = example::to_bytes(std::vector<float>{0.001F});
  model.then(OperatorCode::kAdd, {1, 7, 1}, {model.graph.add_tensor(epsilon)});
  model.then(OperatorCode::kRsqrt, {1, 7, 1});
  const int32_t root = model.last;
  model.last = input;
  model.then(OperatorCode::kSub, {1, 7, 40}, {mean});
  model.then(OperatorCode::kMul, {1, 7, 40}, {root});
  return model.graph;
}

Graph lstm_model(const Shape& shape, int32_t units, float cell_clip, bool time_major) {
  Model model(shape);
  model.last = example::add_lstm(model.graph, model.last, units, cell_clip);
  Operator& op = model.graph.operators.back();
  op.options.time_major = time_major;
  if (time_major) {  // the state is [batch, units]
    for (const size_t state : {lstm::kHiddenState, lstm::kCellState}) {
      model.graph.tensors[static_cast<size_t>(op.inputs[state])].shape = {shape[1], units};
    }
  }
  model.graph.outputs = {model.last};
  return model.graph;
}

Graph layer_norm_lstm() {
  Model model({2, 9, 5});
  model.last = example::add_lstm(model.graph, model.last, 7, 10.0F);
  for (size_t gate = 0; gate < 4; ++gate) {
    const int32_t coefficients =
        example::add_random(model.graph, "lstm/" + std::to_string(gate) + "/n", {7});
    model.graph.operators.back().inputs[lstm::kLayerNorm + gate] = coefficients;
  }
  model.graph.outputs = {model.last};
  return model.graph;
}

Graph strided_slice(const std::vector<int32_t>& begin, const std::vector<int32_t>& end,
                    const std::vector<int32_t>& strides, const Shape& output,
                    const std::function<void(Options&)>& change) {
  Model model({1, 7, 6});
  const std::vector<int32_t> more = {model.integers(begin), model.integers(end),
                                     model.integers(strides)};
  change(model.then(OperatorCode::kStridedSlice, output, more).options);
  return model.graph;
}

Graph split_and_concatenate() {
  Model model({1, 6, 4});
  Operator split;
  split.code = OperatorCode::kSplit;
  Tensor axis;
  axis.name = "axis";
  axis.type = TensorType::kInt32;
  axis.data = example::to_bytes(std::vector<int32_t>{1});
  split.inputs = {model.graph.add_tensor(axis), model.last};
  split.outputs = {add_value(model.graph, "first", {1, 3, 4}),
                   add_value(model.graph, "second", {1, 3, 4})};
  split.options.number_of_splits = 2;
  const int32_t second = split.outputs[0];
  model.last = split.outputs[1];
  model.graph.operators.push_back(split);
  model.then(OperatorCode::kConcatenation, {1, 3, 8}, {second}).options.axis = 2;
  return model.graph;
}

Graph pad() {
  Model model({1, 5, 3, 2});
  const int32_t amounts = model.integers({0, 0, 2, 1, 1, 0, 0, 0});
  model.graph.tensors[static_cast<size_t>(amounts)].shape = {4, 2};
  model.then(OperatorCode::kPad, {1, 8, 4, 2}, {amounts});
  return model.graph;
}

// A model that could hear frame by frame, on a whole window: PAD in front of VALID convolutions.
Graph causal_keyword_model() {
  const Specification specification =
      parse_specification(test::tutorial_specification(8, 2, "units = 6", "causal"), "causal");
  const network::Network network = network::expand(specification.network, {33, 1, 8}, 4);
  return network::lower(network, network::initialize(network, 1));
}

Graph transpose() {
  Model model({2, 3, 4, 5});
  model.then(OperatorCode::kTranspose, {4, 2, 5, 3}, {model.integers({2, 0, 3, 1})});
  return model.graph;
}

Graph fully_connected(const Shape& input, int32_t outputs, const Shape& output, bool with_bias,
                      bool keep) {
  Model model(input);
  std::vector<int32_t> more = {model.random({outputs, input.back()})};
  more.push_back(with_bias ? model.random({outputs}) : -1);
  Operator& op = model.then(OperatorCode::kFullyConnected, output, more);
  op.options.activation = with_bias ? Activation::kRelu : Activation::kNone;
  op.options.keep_dimensions = keep;
  if (keep) op.version = 5;
  return model.graph;
}

std::vector<std::pair<std::string, Graph>> models() {
  const auto conv = OperatorCode::kConv2D;
  const auto depthwise = OperatorCode::kDepthwiseConv2D;
  const auto nothing = [](Options&) {};
  return {
      {"conv_2d_1x1", convolution(conv, {1, 49, 1, 40}, {120, 1, 1, 40}, {1, 49, 1, 120}, nothing)},
      {"conv_2d_same", convolution(conv, {2, 13, 7, 5}, {19, 3, 3, 5}, {2, 7, 4, 19},
                                   [](Options& o) {
                                     o.stride_height = 2;
                                     o.stride_width = 2;
                                     o.activation = Activation::kRelu;
                                   })},
      {"conv_2d_valid_dilated", convolution(conv, {1, 12, 9, 3}, {7, 3, 2, 3}, {1, 8, 6, 7},
                                            [](Options& o) {
                                              o.padding = Padding::kValid;
                                              o.dilation_height = 2;
                                              o.dilation_width = 3;
                                              o.activation = Activation::kRelu6;
                                            })},
      {"conv_2d_groups", convolution(conv, {2, 9, 3, 12}, {140, 3, 1, 6}, {2, 5, 2, 140},
                                     [](Options& o) { o.stride_height = o.stride_width = 2; })},
      {"depthwise_conv_2d_9x1",
       convolution(depthwise, {1, 49, 1, 60}, {1, 9, 1, 60}, {1, 25, 1, 60},
                   [](Options& o) { o.stride_height = o.stride_width = 2; })},
      {"depthwise_conv_2d_multiplier",
       convolution(depthwise, {1, 8, 6, 5}, {1, 3, 3, 10}, {1, 8, 6, 10},
                   [](Options& o) { o.depth_multiplier = 2; })},
      {"average_pool_2d", pool(OperatorCode::kAveragePool2D)},
      {"max_pool_2d", pool(OperatorCode::kMaxPool2D)},
      {"fully_connected", fully_connected({3, 37}, 21, {3, 21}, true, false)},
      {"fully_connected_no_bias", fully_connected({1, 37}, 5, {1, 5}, false, false)},
      {"fully_connected_3d", fully_connected({1, 6, 9}, 5, {1, 6, 5}, true, true)},
      {"lstm", lstm_model({1, 12, 9}, 14, 10.0F, false)},
      {"lstm_clipped", lstm_model({1, 12, 9}, 14, 0.2F, false)},
      {"lstm_batches", lstm_model({3, 5, 4}, 6, 0.0F, false)},
      {"lstm_time_major", lstm_model({5, 3, 4}, 6, 0.0F, true)},
      {"lstm_layer_norm", layer_norm_lstm()},
      {"add_relu6", elementwise(OperatorCode::kAdd, {2, 7, 5}, Activation::kRelu6)},
      {"add_broadcast", elementwise(OperatorCode::kAdd, {7, 1}, Activation::kNone)},
      {"sub", elementwise(OperatorCode::kSub, {5}, Activation::kNone)},
      {"mul", elementwise(OperatorCode::kMul, {1}, Activation::kRelu)},
      {"squared_difference",
       elementwise(OperatorCode::kSquaredDifference, {7, 5}, Activation::kNone)},
      {"mean_last", reduction(OperatorCode::kMean, {1, 7, 40}, {-1}, {1, 7, 1}, true)},
      {"mean_image", reduction(OperatorCode::kMean, {1, 7, 3, 20}, {1, 2}, {1, 20}, false)},
      {"sum", reduction(OperatorCode::kSum, {2, 7, 9}, {0, 2}, {7}, false)},
      {"rsqrt", inverse_root()},
      {"layer_norm", layer_norm()},
      {"l2_normalization", same_shape(OperatorCode::kL2Normalization)},
      {"softmax", same_shape(OperatorCode::kSoftmax)},
      {"logistic", same_shape(OperatorCode::kLogistic)},
      {"tanh", same_shape(OperatorCode::kTanh)},
      {"relu", same_shape(OperatorCode::kRelu)},
      {"relu6", same_shape(OperatorCode::kRelu6)},
      {"transpose", transpose()},
      {"pad", pad()},
      {"split_and_concatenate", split_and_concatenate()},
      {"last_step", strided_slice({0, -1, 0}, {0, 0, 6}, {1, 1, 1}, {1, 6},
                                  [](Options& o) {
                                    o.begin_mask = 5;
                                    o.end_mask = 5;
                                    o.shrink_axis_mask = 2;
                                  })},
      {"strided_slice", strided_slice({0, 6, 1}, {1, 0, 6}, {1, -2, 3}, {1, 3, 2}, nothing)},
      {"keyword_model", example::small_graph()},
      {"causal_keyword_model", causal_keyword_model()},
  };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_float_models FOLDER\n");
    return 2;
  }
  for (const auto& [name, graph] : models()) {
    write_tflite(Path(argv[1]) / (name + ".tflite"), graph);
  }
  return 0;
}
