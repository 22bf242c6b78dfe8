#include "cli/model_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace stapes::cli {
namespace {

const char* name_of(Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return "none";
    case Activation::kRelu:
      return "relu";
    case Activation::kReluN1To1:
      return "relu_n1_to_1";
    case Activation::kRelu6:
      return "relu6";
    case Activation::kTanh:
      return "tanh";
    case Activation::kSignBit:
      return "sign_bit";
  }
  return "unknown";
}

std::string window_text(const graph::Options& o) {
  return fmt::format("padding:{} stride:{}x{}", o.padding == Padding::kSame ? "same" : "valid",
                     o.stride_height, o.stride_width);
}

std::string dilation_text(const graph::Options& o) {
  if (o.dilation_height == 1 && o.dilation_width == 1) return "";
  return fmt::format(" dilation:{}x{}", o.dilation_height, o.dilation_width);
}

}  // namespace

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string tensor_text(const graph::Tensor& tensor) {
  std::vector<int32_t> shape = tensor.shape;
  if (!tensor.is_constant() && !tensor.is_variable && shape.size() > 1 && shape[0] == 1) {
    shape.erase(shape.begin());
  }
  return fmt::format("{} ({})", graph::shape_text(shape), lower_case(graph::name_of(tensor.type)));
}

std::string options_text(const graph::Operator& op) {
  const graph::Options& o = op.options;
  std::string activation = fmt::format("activation:{}", name_of(o.activation));
  switch (op.code) {
    case OperatorCode::kConv2D:
      return fmt::format("{}{} {}", window_text(o), dilation_text(o), activation);
    case OperatorCode::kDepthwiseConv2D:
      return fmt::format("multiplier:{} {}{} {}", o.depth_multiplier, window_text(o),
                         dilation_text(o), activation);
    case OperatorCode::kAveragePool2D:
    case OperatorCode::kMaxPool2D:
      return fmt::format("filter:{}x{} {} {}", o.filter_height, o.filter_width, window_text(o),
                         activation);
    case OperatorCode::kFullyConnected:
    case OperatorCode::kAdd:
    case OperatorCode::kMul:
    case OperatorCode::kSub:
      return activation;
    case OperatorCode::kConcatenation:
      return fmt::format("axis:{} {}", o.axis, activation);
    case OperatorCode::kSoftmax:
      return fmt::format("beta:{}", o.beta);
    case OperatorCode::kMean:
    case OperatorCode::kSum:
      return fmt::format("keep_dimensions:{}", o.keep_dimensions);
    case OperatorCode::kStridedSlice:
      return fmt::format("begin_mask:{} end_mask:{} shrink_axis_mask:{}", o.begin_mask, o.end_mask,
                         o.shrink_axis_mask);
    case OperatorCode::kSplit:
      return fmt::format("splits:{}", o.number_of_splits);
    case OperatorCode::kUnidirectionalSequenceLstm:
    case OperatorCode::kExtendedLstm:
      return fmt::format("time_major:{} {} cell_clip:{}", o.time_major, activation, o.cell_clip);
    default:
      return "";
  }
}

nlohmann::ordered_json parameters_json(const graph::Parameters& parameters) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [key, value] : parameters.entries()) {
    std::visit([&, name = key](const auto& content) { json[name] = content; }, value);
  }
  return json;
}

}  // namespace stapes::cli
