#include "toolkit/training/cpu/plan.h"

#include <algorithm>

#include "toolkit/training/cpu/convolution.h"
#include "toolkit/training/cpu/steps.h"

namespace stapes::training::cpu {
namespace {

using network::Node;
using network::NodeKind;

bool is_convolution(const Node& node) {
  return node.kind == NodeKind::kConv2D || node.kind == NodeKind::kDepthwiseConv2D ||
         node.kind == NodeKind::kDense;
}

Bounds bounds_of(const Node& node) {
  const network::Bounds bounds = network::bounds_of(node.kind);
  return {bounds.lowest, bounds.highest};
}

// Rows of channels: [h, 1, c], [t, c] and [c].
bool along_time(const std::vector<int32_t>& shape) { return shape.size() < 3 || shape[1] == 1; }

class Planner {
 public:
  Planner(const network::Network& network, const ParameterLayout& layout, int logits_node)
      : network_(network), layout_(layout), last_(static_cast<size_t>(logits_node)) {
    readers_.resize(network.nodes.size());
    for (size_t i = 1; i <= last_; ++i) {
      for (const int input : network.nodes[i].inputs) {
        readers_[static_cast<size_t>(input)].push_back(i);
      }
    }
    of_node_.resize(network.nodes.size());
  }

  Plan run();

 private:
  // The only reader of a node, or 0.
  size_t only_reader(size_t i) const { return readers_[i].size() == 1 ? readers_[i][0] : 0; }
  const Node& node(size_t i) const { return network_.nodes[i]; }
  Value& value(int i) const { return *of_node_[static_cast<size_t>(i)]; }
  ParameterPlace place(const Node& node, const char* suffix) const;
  Value& new_value(const Node& node);
  void join(size_t i);
  void plan_convolution(size_t i);
  bool read_by_convolution_alone(size_t i) const;
  std::unique_ptr<Step> other_step(size_t i, Value& output) const;

  struct Joined {
    size_t norm = 0;  // 0: none
    size_t bounds_before_add = 0;
    size_t add = 0;
    size_t activation = 0;
    size_t end = 0;
  };

  const network::Network& network_;
  const ParameterLayout& layout_;
  size_t last_;
  std::vector<std::vector<size_t>> readers_;
  std::vector<Value*> of_node_;
  std::vector<size_t> convolution_of_;  // by the last node of what is joined
  std::vector<Joined> joined_;          // by convolution
  std::vector<bool> taken_;
  Plan plan_;
};

ParameterPlace Planner::place(const Node& of, const char* suffix) const {
  const std::string name = of.name + "/" + suffix;
  for (const network::Parameter& parameter : of.parameters) {
    if (parameter.name != name) continue;
    const ParameterLayout::Entry& entry = layout_.entries()[layout_.index_of(name)];
    return {entry.offset, entry.size};
  }
  return {};
}

Value& Planner::new_value(const Node& made_by) {
  plan_.values.push_back(std::make_unique<Value>());
  Value& value = *plan_.values.back();
  const std::vector<int32_t>& shape = made_by.output_shape;
  for (size_t i = 0; i + 1 < shape.size(); ++i) value.frames *= static_cast<size_t>(shape[i]);
  value.channels = static_cast<size_t>(shape.back());
  value.columns = padded(value.channels);
  value.needs_gradient = made_by.kind != NodeKind::kInput;
  return value;
}

// Follows the only readers of convolution `i`.
void Planner::join(size_t i) {
  Joined joined;
  joined.end = i;
  size_t next = only_reader(i);
  if (next != 0 && node(next).kind == NodeKind::kBatchNorm) {
    joined.norm = joined.end = next;
    next = only_reader(next);
  }
  const auto can_add = [&](size_t add) {
    return add != 0 && node(add).kind == NodeKind::kAdd && !taken_[add] &&
           node(add).inputs[0] != node(add).inputs[1];
  };
  if (next != 0 && node(next).kind == NodeKind::kReluN1To1 && can_add(only_reader(next))) {
    joined.bounds_before_add = joined.end = next;
    next = only_reader(next);
  }
  if (can_add(next)) {
    joined.add = joined.end = next;
    next = only_reader(next);
  }
  if (next != 0 && network::is_activation(node(next).kind)) {
    joined.activation = joined.end = next;
  }
  for (const size_t part : {joined.norm, joined.bounds_before_add, joined.add, joined.activation}) {
    if (part != 0) taken_[part] = true;
  }
  taken_[i] = true;
  convolution_of_[joined.end] = i;
  joined_[i] = joined;
}

// Such a reader can apply what a value waits for.
bool Planner::read_by_convolution_alone(size_t i) const {
  const size_t reader = only_reader(i);
  if (reader == 0 || !is_convolution(node(reader))) return false;
  return node(reader).kind != NodeKind::kConv2D ||
         (node(reader).kernel_height == 1 && node(reader).stride_height == 1);
}

void Planner::plan_convolution(size_t i) {
  const Joined& joined = joined_[i];
  const Node& convolution = node(i);
  Value& input = value(convolution.inputs.at(0));
  Value& output = new_value(convolution);
  ConvolutionSettings settings;
  settings.taps = static_cast<size_t>(convolution.kernel_height);
  settings.stride = static_cast<size_t>(convolution.stride_height);
  if (convolution.kind != NodeKind::kDense && convolution.padding == Padding::kSame) {
    const size_t reach = (output.frames - 1) * settings.stride + settings.taps;
    settings.padding = reach > input.frames ? (reach - input.frames) / 2 : 0;
  }
  if (convolution.causal) settings.padding = settings.taps - 1;
  settings.kernel = place(convolution, "kernel");
  settings.bias = place(convolution, "bias");
  Normalization::Settings& after = settings.after;
  if (joined.norm != 0) {
    const Node& norm = node(joined.norm);
    after.batch_norm = true;
    after.gamma = place(norm, "gamma");
    after.beta = place(norm, "beta");
    after.moving_mean = place(norm, "moving_mean");
    after.moving_variance = place(norm, "moving_variance");
    after.epsilon = norm.epsilon;
  }
  if (joined.add != 0) {
    size_t own = joined.norm != 0 ? joined.norm : i;
    if (joined.bounds_before_add != 0) own = joined.bounds_before_add;
    const std::vector<int>& inputs = node(joined.add).inputs;
    after.shortcut = &value(static_cast<size_t>(inputs[0]) == own ? inputs[1] : inputs[0]);
  }
  if (joined.bounds_before_add != 0) {
    after.bounded_before_shortcut = true;
    after.bounds_before_shortcut = bounds_of(node(joined.bounds_before_add));
  }
  if (joined.activation != 0) {
    after.bounded = true;
    after.bounds = bounds_of(node(joined.activation));
    after.rounding_noise = node(joined.activation).rounding_noise;
    after.node = joined.activation;
  }
  after.written = joined.add != 0 || !read_by_convolution_alone(joined.end);
  plan_.steps.push_back(convolution.kind == NodeKind::kDepthwiseConv2D
                            ? make_depthwise(settings, input, output)
                            : make_convolution(settings, input, output));
  of_node_[joined.end] = &output;
}

std::unique_ptr<Step> Planner::other_step(size_t i, Value& output) const {
  const Node& made = node(i);
  Value& input = value(made.inputs.at(0));
  switch (made.kind) {
    case NodeKind::kLayerNorm:
      return make_layer_norm({made.epsilon, place(made, "gamma"), place(made, "beta")}, input,
                             output);
    case NodeKind::kRelu:
    case NodeKind::kRelu6:
    case NodeKind::kReluN1To1:
      return make_clamp(bounds_of(made), made.rounding_noise, i, input, output);
    case NodeKind::kAdd:
      return make_add(input, value(made.inputs.at(1)), output);
    case NodeKind::kGlobalAveragePool:
      return make_average_over_frames(input, output);
    case NodeKind::kLstm:
      return make_lstm({static_cast<size_t>(made.channels), made.cell_clip, place(made, "kernel"),
                        place(made, "recurrent_kernel"), place(made, "bias"), place(made, "gamma")},
                       input, output);
    case NodeKind::kLastStep:
      return make_last_step(input, output);
    case NodeKind::kNoise:
      return make_clamp({}, made.rounding_noise, i, input, output);
    case NodeKind::kDropout:
      return make_dropout(made.rate, i, network_.nodes.size(), input, output);
    default:  // can_plan() leaves this one
      return make_reshape(input, output);
  }
}

Plan Planner::run() {
  taken_.resize(network_.nodes.size());
  convolution_of_.resize(network_.nodes.size());
  joined_.resize(network_.nodes.size());
  for (size_t i = 1; i <= last_; ++i) {
    if (is_convolution(node(i))) join(i);
  }
  plan_.input = of_node_[0] = &new_value(node(0));
  for (size_t i = 1; i <= last_; ++i) {
    if (convolution_of_[i] != 0) plan_convolution(convolution_of_[i]);
    if (taken_[i]) continue;
    Value& output = new_value(node(i));
    plan_.steps.push_back(other_step(i, output));
    of_node_[i] = &output;
  }
  plan_.logits = of_node_[last_];
  return std::move(plan_);
}

bool can_plan_node(const network::Network& network, size_t i) {
  const Node& node = network.nodes[i];
  const auto input_shape = [&](size_t which) {
    return network.nodes[static_cast<size_t>(node.inputs.at(which))].output_shape;
  };
  switch (node.kind) {
    case NodeKind::kConv2D:
    case NodeKind::kDepthwiseConv2D:
      // A stride along the only column changes nothing.
      return along_time(input_shape(0)) && along_time(node.output_shape) && node.kernel_width == 1;
    case NodeKind::kBatchNorm: {
      const NodeKind before = network.nodes[static_cast<size_t>(node.inputs.at(0))].kind;
      size_t readers = 0;
      for (const Node& other : network.nodes) {
        readers += static_cast<size_t>(
            std::count(other.inputs.begin(), other.inputs.end(), node.inputs.at(0)));
      }
      return readers == 1 && (before == NodeKind::kConv2D || before == NodeKind::kDepthwiseConv2D ||
                              before == NodeKind::kDense);
    }
    case NodeKind::kAveragePool2D:
    case NodeKind::kMaxPool2D:
    case NodeKind::kSoftmax:
    case NodeKind::kInput:
      return false;
    default:
      return true;
  }
}

}  // namespace

bool can_plan(const network::Network& network, int logits_node) {
  if (network.nodes[static_cast<size_t>(logits_node)].output_shape.size() != 1) return false;
  for (size_t i = 1; i <= static_cast<size_t>(logits_node); ++i) {
    if (!can_plan_node(network, i)) return false;
  }
  return true;
}

Plan make_plan(const network::Network& network, const ParameterLayout& layout, int logits_node) {
  return Planner(network, layout, logits_node).run();
}

}  // namespace stapes::training::cpu
