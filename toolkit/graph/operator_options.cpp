#include "toolkit/graph/operator_options.h"

#include <cmath>

namespace stapes::graph {
namespace {

using Tag = format::OperatorOptions;

bool read_activation(int8_t stored, Options& options) {
  options.activation = static_cast<Activation>(stored);
  return stored >= 0 && stored <= static_cast<int8_t>(Activation::kSignBit);
}

bool read_padding(int8_t stored, Options& options) {
  options.padding = static_cast<Padding>(stored);
  return stored == 0 || stored == 1;
}

// What convolutions and pooling have in common.
template <typename Table>
std::string read_window(const Table& table, Options& options) {
  options.stride_width = table.stride_width();
  options.stride_height = table.stride_height();
  if (!read_padding(table.padding(), options)) return "its padding is unknown";
  if (!read_activation(table.activation(), options)) return "its activation is unknown";
  if (options.stride_width < 1 || options.stride_height < 1) return "its stride is below 1";
  return "";
}

template <typename Table>
std::string read_dilation(const Table& table, Options& options) {
  options.dilation_width = table.dilation_width();
  options.dilation_height = table.dilation_height();
  return options.dilation_width < 1 || options.dilation_height < 1 ? "its dilation is below 1" : "";
}

std::string read_lstm(const format::UnidirectionalSequenceLstmOptions& table, Options& options) {
  if (!read_activation(table.activation(), options)) return "its activation is unknown";
  options.cell_clip = table.cell_clip();
  options.projection_clip = table.projection_clip();
  options.time_major = table.time_major();
  if (!(options.cell_clip >= 0) || !(options.projection_clip >= 0)) {
    return "its clip is not a number from 0 up";
  }
  if (table.diagonal_recurrent_tensors()) return "diagonal recurrent weights are not supported";
  return "";
}

std::string read_strided_slice(const format::StridedSliceOptions& table, Options& options) {
  options.begin_mask = table.begin_mask();
  options.end_mask = table.end_mask();
  options.ellipsis_mask = table.ellipsis_mask();
  options.new_axis_mask = table.new_axis_mask();
  options.shrink_axis_mask = table.shrink_axis_mask();
  return table.offset() ? "ends relative to begins are not supported" : "";
}

std::string read_fully_connected(const format::FullyConnectedOptions& table, Options& options) {
  options.keep_dimensions = table.keep_dimensions();
  if (table.weights_format() != 0) return "shuffled weights are not supported";
  return read_activation(table.activation(), options) ? "" : "its activation is unknown";
}

std::vector<int32_t> copy(const flatbuffers::Vector<int32_t>* values) {
  return values == nullptr ? std::vector<int32_t>()
                           : std::vector<int32_t>(values->begin(), values->end());
}

// The tag that an operator's options must have if it has any.
Tag expected_tag(OperatorCode code) {
  switch (code) {
    case OperatorCode::kAdd:
      return Tag::AddOptions;
    case OperatorCode::kAveragePool2D:
    case OperatorCode::kMaxPool2D:
      return Tag::Pool2DOptions;
    case OperatorCode::kConcatenation:
      return Tag::ConcatenationOptions;
    case OperatorCode::kConv2D:
      return Tag::Conv2DOptions;
    case OperatorCode::kDepthwiseConv2D:
      return Tag::DepthwiseConv2DOptions;
    case OperatorCode::kDequantize:
      return Tag::DequantizeOptions;
    case OperatorCode::kFullyConnected:
      return Tag::FullyConnectedOptions;
    case OperatorCode::kL2Normalization:
      return Tag::L2NormOptions;
    case OperatorCode::kMul:
      return Tag::MulOptions;
    case OperatorCode::kReshape:
      return Tag::ReshapeOptions;
    case OperatorCode::kSoftmax:
      return Tag::SoftmaxOptions;
    case OperatorCode::kPad:
      return Tag::PadOptions;
    case OperatorCode::kTranspose:
      return Tag::TransposeOptions;
    case OperatorCode::kMean:
    case OperatorCode::kSum:
      return Tag::ReducerOptions;
    case OperatorCode::kSub:
      return Tag::SubOptions;
    case OperatorCode::kSqueeze:
      return Tag::SqueezeOptions;
    case OperatorCode::kUnidirectionalSequenceLstm:
    case OperatorCode::kExtendedLstm:
      return Tag::UnidirectionalSequenceLstmOptions;
    case OperatorCode::kStridedSlice:
      return Tag::StridedSliceOptions;
    case OperatorCode::kSplit:
      return Tag::SplitOptions;
    case OperatorCode::kCast:
      return Tag::CastOptions;
    case OperatorCode::kExpandDims:
      return Tag::ExpandDimsOptions;
    case OperatorCode::kShape:
      return Tag::ShapeOptions;
    case OperatorCode::kPack:
      return Tag::PackOptions;
    case OperatorCode::kSquaredDifference:
      return Tag::SquaredDifferenceOptions;
    case OperatorCode::kQuantize:
      return Tag::QuantizeOptions;
    default:
      return Tag::NONE;
  }
}

// Operators that mean nothing without their options.
bool needs_options(Tag tag) {
  return tag == Tag::Conv2DOptions || tag == Tag::DepthwiseConv2DOptions ||
         tag == Tag::Pool2DOptions || tag == Tag::SoftmaxOptions || tag == Tag::SplitOptions ||
         tag == Tag::ConcatenationOptions || tag == Tag::UnidirectionalSequenceLstmOptions;
}

}  // namespace

std::string read_options(const format::Operator& stored, Operator& op) {
  const Tag expected = expected_tag(op.code);
  const Tag tag = stored.options_type();
  if (tag == Tag::NONE || stored.options() == nullptr) {
    return needs_options(expected) ? "its options are missing" : "";
  }
  if (std::string(name_of(op.code)) == "UNKNOWN" || op.code == OperatorCode::kCustom) return "";
  // RELU, LOGISTIC and the like have none; some converters give them an empty table.
  if (expected == Tag::NONE) return "";
  if (tag != expected) return "its options are those of another operator";

  Options& options = op.options;
  const void* table = stored.options();
  const auto activation = [&](int8_t value) -> std::string {
    return read_activation(value, options) ? "" : "its activation is unknown";
  };
  switch (tag) {
    case Tag::Conv2DOptions: {
      const auto& t = *static_cast<const format::Conv2DOptions*>(table);
      const std::string why = read_window(t, options);
      return why.empty() ? read_dilation(t, options) : why;
    }
    case Tag::DepthwiseConv2DOptions: {
      const auto& t = *static_cast<const format::DepthwiseConv2DOptions*>(table);
      options.depth_multiplier = t.depth_multiplier();
      const std::string why = read_window(t, options);
      return why.empty() ? read_dilation(t, options) : why;
    }
    case Tag::Pool2DOptions: {
      const auto& t = *static_cast<const format::Pool2DOptions*>(table);
      options.filter_width = t.filter_width();
      options.filter_height = t.filter_height();
      if (options.filter_width < 1 || options.filter_height < 1) return "its filter is empty";
      return read_window(t, options);
    }
    case Tag::FullyConnectedOptions:
      return read_fully_connected(*static_cast<const format::FullyConnectedOptions*>(table),
                                  options);
    case Tag::SoftmaxOptions:
      options.beta = static_cast<const format::SoftmaxOptions*>(table)->beta();
      return std::isfinite(options.beta) ? "" : "its beta is not a number";
    case Tag::ConcatenationOptions: {
      const auto& t = *static_cast<const format::ConcatenationOptions*>(table);
      options.axis = t.axis();
      return activation(t.activation());
    }
    case Tag::AddOptions:
      return activation(static_cast<const format::AddOptions*>(table)->activation());
    case Tag::L2NormOptions:
      return activation(static_cast<const format::L2NormOptions*>(table)->activation());
    case Tag::MulOptions:
      return activation(static_cast<const format::MulOptions*>(table)->activation());
    case Tag::SubOptions:
      return activation(static_cast<const format::SubOptions*>(table)->activation());
    case Tag::ReshapeOptions:
      options.new_shape = copy(static_cast<const format::ReshapeOptions*>(table)->new_shape());
      return "";
    case Tag::ReducerOptions:
      options.keep_dimensions =
          static_cast<const format::ReducerOptions*>(table)->keep_dimensions();
      return "";
    case Tag::SqueezeOptions:
      options.squeeze_dimensions =
          copy(static_cast<const format::SqueezeOptions*>(table)->squeeze_dimensions());
      return "";
    case Tag::StridedSliceOptions:
      return read_strided_slice(*static_cast<const format::StridedSliceOptions*>(table), options);
    case Tag::SplitOptions:
      options.number_of_splits =
          static_cast<const format::SplitOptions*>(table)->number_of_splits();
      return "";
    case Tag::PackOptions:
      options.axis = static_cast<const format::PackOptions*>(table)->axis();
      return "";
    case Tag::UnidirectionalSequenceLstmOptions:
      return read_lstm(*static_cast<const format::UnidirectionalSequenceLstmOptions*>(table),
                       options);
    default:
      return "";
  }
}

StoredOptions write_options(flatbuffers::FlatBufferBuilder& builder, const Operator& op,
                            const Graph& graph) {
  const Options& o = op.options;
  const auto padding = static_cast<int8_t>(o.padding);
  const auto activation = static_cast<int8_t>(o.activation);
  const Tag tag = expected_tag(op.code);
  const auto stored = [&](auto table) { return StoredOptions{tag, table.Union()}; };
  switch (tag) {
    case Tag::Conv2DOptions:
      return stored(format::CreateConv2DOptions(builder, padding, o.stride_width, o.stride_height,
                                                activation, o.dilation_width, o.dilation_height));
    case Tag::DepthwiseConv2DOptions:
      return stored(format::CreateDepthwiseConv2DOptions(
          builder, padding, o.stride_width, o.stride_height, o.depth_multiplier, activation,
          o.dilation_width, o.dilation_height));
    case Tag::Pool2DOptions:
      return stored(format::CreatePool2DOptions(builder, padding, o.stride_width, o.stride_height,
                                                o.filter_width, o.filter_height, activation));
    case Tag::FullyConnectedOptions:
      return stored(format::CreateFullyConnectedOptions(builder, activation, 0, o.keep_dimensions));
    case Tag::SoftmaxOptions:
      return stored(format::CreateSoftmaxOptions(builder, o.beta));
    case Tag::ConcatenationOptions:
      return stored(format::CreateConcatenationOptions(builder, o.axis, activation));
    case Tag::AddOptions:
      return stored(format::CreateAddOptions(builder, activation));
    case Tag::L2NormOptions:
      return stored(format::CreateL2NormOptions(builder, activation));
    case Tag::MulOptions:
      return stored(format::CreateMulOptions(builder, activation));
    case Tag::SubOptions:
      return stored(format::CreateSubOptions(builder, activation));
    case Tag::ReshapeOptions:
      if (o.new_shape.empty()) return {};
      return stored(format::CreateReshapeOptionsDirect(builder, &o.new_shape));
    case Tag::ReducerOptions:
      return stored(format::CreateReducerOptions(builder, o.keep_dimensions));
    case Tag::SqueezeOptions:
      return stored(format::CreateSqueezeOptionsDirect(builder, &o.squeeze_dimensions));
    case Tag::StridedSliceOptions:
      return stored(format::CreateStridedSliceOptions(
          builder, o.begin_mask, o.end_mask, o.ellipsis_mask, o.new_axis_mask, o.shrink_axis_mask));
    case Tag::SplitOptions:
      return stored(format::CreateSplitOptions(builder, o.number_of_splits));
    case Tag::PackOptions:
      return stored(
          format::CreatePackOptions(builder, static_cast<int32_t>(op.inputs.size()), o.axis));
    case Tag::CastOptions:
    case Tag::ShapeOptions: {
      const auto type_of = [&](const std::vector<int32_t>& list) {
        if (list.empty() || list[0] < 0) return static_cast<int8_t>(0);
        return static_cast<int8_t>(graph.tensors[static_cast<size_t>(list[0])].type);
      };
      if (tag == Tag::ShapeOptions) {
        return stored(format::CreateShapeOptions(builder, type_of(op.outputs)));
      }
      return stored(format::CreateCastOptions(builder, type_of(op.inputs), type_of(op.outputs)));
    }
    case Tag::UnidirectionalSequenceLstmOptions:
      return stored(format::CreateUnidirectionalSequenceLstmOptions(
          builder, activation, o.cell_clip, o.projection_clip, o.time_major));
    case Tag::PadOptions:
      return stored(format::CreatePadOptions(builder));
    case Tag::TransposeOptions:
      return stored(format::CreateTransposeOptions(builder));
    case Tag::ExpandDimsOptions:
      return stored(format::CreateExpandDimsOptions(builder));
    case Tag::SquaredDifferenceOptions:
      return stored(format::CreateSquaredDifferenceOptions(builder));
    default:
      return {};
  }
}

}  // namespace stapes::graph
