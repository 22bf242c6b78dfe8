#include "toolkit/codegen/operators.h"

#include <optional>
#include <stdexcept>

#include "device/graph/operators/operators.h"
#include "device/kernels/float32/lstm.h"
#include "device/kernels/packed_channels.h"
#include "toolkit/codegen/emitter.h"
#include "toolkit/codegen/packed_constants.h"

namespace stapes::codegen {
namespace {

template <typename Parameters>
std::string parameters(CallWriter& writer, const char* type) {
  return writer.constant(type, literal(writer.prepared<Parameters>()));
}

// Kernels of the form kernel(parameters, inputs…, output).
template <typename Parameters>
void write_plain(CallWriter& writer, const char* type, const char* file, const char* function,
                 int32_t inputs, bool may_fail = false) {
  std::vector<std::string> arguments = {parameters<Parameters>(writer, type)};
  for (int32_t i = 0; i < inputs; ++i) arguments.push_back(writer.input(i));
  arguments.push_back(writer.output(0));
  writer.call(file, function, arguments, may_fail);
}

// A convolution of few enough channels keeps their constants in packed form, which is unpacked onto
// the stack (device/kernels/packed_channels.h). `filter` as kernels::`function` reads it.
void write_convolution(CallWriter& writer, const std::string& file, const std::string& function,
                       const std::string& filter) {
  const auto& prepared = writer.prepared<reference::Conv2DParameters>();
  const auto channels = static_cast<size_t>(prepared.window.output_channels);
  const std::span multipliers(prepared.multipliers, channels);
  const std::optional<PackedMultipliers> packed =
      channels <= size_t{kMostPackedChannels} ? pack_multipliers(multipliers) : std::nullopt;
  const auto values = writer.values<int32_t>(2);
  const std::optional<std::vector<int16_t>> bias = values ? pack_bias(*values) : std::nullopt;
  if (!packed || !bias) {
    const std::string table = writer.table(multipliers);
    writer.call(file, function,
                {writer.constant("reference::Conv2DParameters", literal(prepared, table)),
                 writer.input(0), filter, writer.input(2), writer.output(0)});
    return;
  }
  const std::string words = writer.array("uint32_t", packed->words);
  const std::string biases = bias->empty() ? "nullptr" : writer.array("int16_t", *bias);
  const std::string parameters =
      writer.constant("reference::Conv2DParameters", literal(prepared, "nullptr"));
  const std::string channels_name =
      writer.constant("PackedChannels", braces(words, biases, packed->smallest_shift));
  writer.call("packed_channels", "convolve_packed",
              {writer.function(file, function), parameters, channels_name, writer.input(0), filter,
               writer.output(0)});
}

void conv_2d(CallWriter& writer) {
  write_convolution(writer, "reference/conv_2d", "kernels::conv_2d", writer.input(1));
}

// Its filter is stored by channel where Arm's kernels read it faster so (packed_constants.h).
void depthwise_conv_2d(CallWriter& writer) {
  const std::string file = "reference/depthwise_conv_2d";
  const auto& prepared = writer.prepared<reference::Conv2DParameters>();
  const auto filter = writer.values<int8_t>(1);
  const auto bias = writer.values<int32_t>(2);
  if (writer.target().has_dsp && filter && bias &&
      is_faster_by_channel(prepared, bias->empty() ? nullptr : bias->data())) {
    write_convolution(
        writer, file, "kernels::depthwise_conv_2d_by_channel",
        writer.reordered_input(1, "ByChannel", filter_by_channel(*filter, prepared.window)));
  } else {
    write_convolution(writer, file, "kernels::depthwise_conv_2d", writer.input(1));
  }
}

void fully_connected(CallWriter& writer) {
  const auto& prepared = writer.prepared<reference::FullyConnectedParameters>();
  const size_t channels =
      prepared.multipliers == nullptr ? 0 : static_cast<size_t>(prepared.product.output_depth);
  const std::string table = writer.table({prepared.multipliers, channels});
  writer.call("reference/fully_connected", "kernels::fully_connected",
              {writer.constant("reference::FullyConnectedParameters", literal(prepared, table)),
               writer.input(0), writer.input(1), writer.input(2), writer.output(0)});
}

void lstm(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedLstm>();
  const std::string constants =
      writer.constant("reference::LstmParameters", literal(prepared.parameters));
  std::string gates;
  for (int32_t g = 0; g < 4; ++g) {
    gates +=
        "\n    " +
        literal(prepared.gates[g], writer.input(1 + g), writer.input(5 + g), writer.input(12 + g)) +
        ",";
  }
  const std::string table = writer.constant("reference::LstmGate[4]", "{" + gates + "}");
  const auto units = static_cast<size_t>(prepared.parameters.shape.units);
  std::vector<std::string> arguments = {constants,
                                        table,
                                        writer.input(0),
                                        writer.input(graph::lstm::kHiddenState),
                                        writer.input(graph::lstm::kCellState),
                                        writer.output(0),
                                        writer.scratch("int16_t", units * reference::kLstmScratch)};
  if (prepared.normalizations == nullptr) {
    writer.call("reference/lstm", "kernels::lstm", arguments);
    return;
  }
  std::string normalizations;
  for (int32_t g = 0; g < 4; ++g) {
    normalizations += "\n    " +
                      literal(prepared.normalizations[g],
                              writer.input(static_cast<int32_t>(graph::lstm::kLayerNorm) + g),
                              writer.input(12 + g)) +
                      ",";
  }
  arguments.insert(arguments.begin() + 2,
                   writer.constant("reference::LstmNormalization[4]", "{" + normalizations + "}"));
  writer.call("reference/layer_norm_lstm", "kernels::layer_norm_lstm", arguments);
}

void extended_lstm(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedExtendedLstm>();
  const auto units = static_cast<size_t>(prepared.parameters.lstm.shape.units);
  const auto table = [&](const reference::RowMultipliers& rows) {
    return writer.table({rows.values, rows.step == 0 ? 1 : units});
  };
  std::string gates;
  for (int32_t g = 0; g < 4; ++g) {
    const reference::ExtendedLstmGate& gate = prepared.gates[g];
    gates += "\n    " +
             literal(gate, writer.input(1 + g), writer.input(5 + g), writer.input(12 + g),
                     table(gate.input_multipliers), table(gate.recurrent_multipliers)) +
             ",";
  }
  const std::string parameters =
      writer.constant("reference::ExtendedLstmParameters", literal(prepared.parameters));
  writer.call("reference/extended_lstm", "kernels::extended_lstm",
              {parameters, writer.constant("reference::ExtendedLstmGate[4]", "{" + gates + "}"),
               writer.input(0), writer.input(graph::lstm::kHiddenState),
               writer.input(graph::lstm::kCellState), writer.output(0),
               writer.scratch("int16_t", units * reference::kLstmScratch)});
}

template <const char* const& kFunction>
void elementwise(CallWriter& writer) {
  write_plain<reference::ElementwiseParameters>(writer, "reference::ElementwiseParameters",
                                                "reference/elementwise", kFunction, 2);
}
constexpr const char* kAdd = "kernels::add";
constexpr const char* kSubtract = "kernels::subtract";
constexpr const char* kMultiply = "kernels::multiply_elements";
constexpr const char* kSquaredDifference = "kernels::squared_difference";

void mean(CallWriter& writer) {
  write_plain<reference::MeanParameters>(writer, "reference::MeanParameters", "reference/mean",
                                         "kernels::mean", 1);
}
void rsqrt(CallWriter& writer) {
  write_plain<reference::RsqrtParameters>(writer, "reference::RsqrtParameters", "reference/rsqrt",
                                          "reference::rsqrt", 1, true);
}
void softmax(CallWriter& writer) {
  write_plain<reference::SoftmaxParameters>(writer, "reference::SoftmaxParameters",
                                            "reference/softmax", "reference::softmax", 1);
}
void relu(CallWriter& writer) {
  write_plain<reference::ReluParameters>(writer, "reference::ReluParameters", "reference/relu",
                                         "reference::relu", 1);
}
void logistic(CallWriter& writer) {
  write_plain<reference::SquashParameters>(writer, "reference::SquashParameters",
                                           "reference/squash", "reference::logistic", 1);
}
void tanh(CallWriter& writer) {
  write_plain<reference::SquashParameters>(writer, "reference::SquashParameters",
                                           "reference/squash", "reference::tanh", 1);
}
void l2_normalization(CallWriter& writer) {
  write_plain<reference::L2NormalizationParameters>(writer, "reference::L2NormalizationParameters",
                                                    "reference/l2_normalization",
                                                    "kernels::l2_normalization", 1);
}
void average_pool_2d(CallWriter& writer) {
  write_plain<reference::Pool2DParameters>(writer, "reference::Pool2DParameters",
                                           "reference/pool_2d", "kernels::average_pool_2d", 1);
}
void max_pool_2d(CallWriter& writer) {
  write_plain<reference::Pool2DParameters>(writer, "reference::Pool2DParameters",
                                           "reference/pool_2d", "reference::max_pool_2d", 1);
}
void requantize(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedRequantization>();
  writer.call("reference/quantize", "kernels::requantize",
              {writer.constant("reference::RequantizeParameters", literal(prepared.parameters)),
               writer.input(0), writer.output(0)});
}

void write_affine(CallWriter& writer, const char* function) {
  const auto& prepared = writer.prepared<PreparedAffine>();
  writer.call("reference/quantize", function,
              {writer.input(0), literal(prepared.elements), literal(prepared.scale),
               literal(prepared.zero_point), writer.output(0)});
}
void quantize(CallWriter& writer) {
  write_affine(writer, quantize_function(writer.prepared<PreparedAffine>().type));
}
void dequantize(CallWriter& writer) { write_affine(writer, "reference::dequantize"); }

void copy(CallWriter& writer) {
  if (writer.is_in_place()) {
    writer.skip("the same bytes in the same place");
    return;
  }
  writer.call("reference/copy", "reference::copy",
              {writer.input(0), literal(uint64_t{writer.prepared<PreparedCopy>().bytes}),
               writer.output(0)});
}

void strided_copy(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedStridedCopy>();
  writer.call("reference/strided_copy", "reference::strided_copy",
              {writer.constant("StridedCopy", literal(prepared.copy)),
               literal(prepared.element_bytes), writer.input(0), writer.output(0)});
}

void pad(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedPad>();
  writer.call("reference/pad", "reference::pad",
              {writer.constant("Padded", literal(prepared.padded)), literal(prepared.element_bytes),
               literal(prepared.value) + "LL", writer.input(0), writer.output(0)});
}

// The whole starts `offset` bytes further on for every part.
std::string advanced(const std::string& pointer, const char* byte_type, uint64_t offset) {
  return fmt::format("reinterpret_cast<{}*>({}) + {}", byte_type, pointer, offset);
}

void concatenation(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedParts>();
  uint64_t offset = 0;
  for (int32_t i = 0; i < prepared.parts; ++i) {
    const uint64_t bytes = prepared.part_bytes[i];
    writer.call("reference/chunks", "reference::copy_chunks",
                {writer.input(i), literal(bytes), advanced(writer.output(0), "uint8_t", offset),
                 literal(uint64_t{prepared.whole_step}), literal(bytes), literal(prepared.chunks)});
    offset += bytes;
  }
}

void split(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedParts>();
  uint64_t offset = 0;
  for (int32_t i = 0; i < prepared.parts; ++i) {
    const uint64_t bytes = prepared.part_bytes[i];
    writer.call(
        "reference/chunks", "reference::copy_chunks",
        {advanced(writer.input(1), "const uint8_t", offset), literal(uint64_t{prepared.whole_step}),
         writer.output(i), literal(bytes), literal(bytes), literal(prepared.chunks)});
    offset += bytes;
  }
}

void float_conv_2d(CallWriter& writer) {
  const auto& prepared = writer.prepared<float32::Conv2DParameters>();
  const auto scratch = static_cast<size_t>(float32::conv_2d_scratch(prepared.window));
  writer.call(
      "float32/conv_2d", "float32::conv_2d",
      {writer.constant("float32::Conv2DParameters", literal(prepared)), writer.input(0),
       writer.input(1), writer.input(2), writer.scratch("float", scratch), writer.output(0)});
}
void float_depthwise_conv_2d(CallWriter& writer) {
  write_plain<float32::Conv2DParameters>(writer, "float32::Conv2DParameters",
                                         "float32/depthwise_conv_2d", "float32::depthwise_conv_2d",
                                         3);
}
void float_fully_connected(CallWriter& writer) {
  const auto& prepared = writer.prepared<float32::FullyConnectedParameters>();
  const auto scratch = static_cast<size_t>(float32::fully_connected_scratch(prepared.product));
  writer.call(
      "float32/fully_connected", "float32::fully_connected",
      {writer.constant("float32::FullyConnectedParameters", literal(prepared)), writer.input(0),
       writer.input(1), writer.input(2), writer.scratch("float", scratch), writer.output(0)});
}

void float_lstm(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedFloatLstm>();
  const auto gates = [&](int32_t first) {
    return braces(writer.input(first), writer.input(first + 1), writer.input(first + 2),
                  writer.input(first + 3));
  };
  const auto scratch = static_cast<size_t>(float32::lstm_scratch(prepared.shape));
  const std::string shape = writer.constant("LstmShape", literal(prepared.shape));
  const std::string weights =
      writer.constant("float32::LstmWeights", braces(gates(1), gates(5), gates(12), gates(20)));
  writer.call("float32/lstm", "float32::lstm",
              {shape, literal(prepared.cell_clip), writer.input(0), weights,
               writer.input(graph::lstm::kHiddenState), writer.input(graph::lstm::kCellState),
               writer.scratch("float", scratch), writer.output(0)});
}

template <const char* const& kFunction>
void float_elementwise(CallWriter& writer) {
  write_plain<float32::ElementwiseParameters>(writer, "float32::ElementwiseParameters",
                                              "float32/elementwise", kFunction, 2);
}
constexpr const char* kFloatAdd = "float32::add";
constexpr const char* kFloatSub = "float32::sub";
constexpr const char* kFloatMul = "float32::mul";
constexpr const char* kFloatSquaredDifference = "float32::squared_difference";

void float_mean(CallWriter& writer) {
  write_plain<Reduction>(writer, "Reduction", "float32/reduction", "float32::mean", 1);
}
void float_sum(CallWriter& writer) {
  write_plain<Reduction>(writer, "Reduction", "float32/reduction", "float32::sum", 1);
}

void float_softmax(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedFloatRows>();
  writer.call("float32/rows", "float32::softmax",
              {writer.input(0), literal(prepared.rows), literal(prepared.depth),
               literal(prepared.beta), writer.output(0)});
}
void float_l2_normalization(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedFloatRows>();
  writer.call("float32/rows", "float32::l2_normalization",
              {writer.input(0), literal(prepared.rows), literal(prepared.depth), writer.output(0)});
}

template <const char* const& kFunction>
void float_activation(CallWriter& writer) {
  writer.call("float32/activation", kFunction,
              {writer.input(0), literal(writer.prepared<PreparedFloatActivation>().elements),
               writer.output(0)});
}
constexpr const char* kFloatLogistic = "float32::logistic";
constexpr const char* kFloatTanh = "float32::tanh";
constexpr const char* kFloatRsqrt = "float32::rsqrt";

void write_float_clamp(CallWriter& writer, float maximum) {
  writer.call("float32/activation", "float32::clamp",
              {writer.input(0), literal(writer.prepared<PreparedFloatActivation>().elements),
               literal(0.0F), literal(maximum), writer.output(0)});
}
void float_relu(CallWriter& writer) {
  write_float_clamp(writer, std::numeric_limits<float>::infinity());
}
void float_relu6(CallWriter& writer) { write_float_clamp(writer, 6.0F); }

void float_average_pool_2d(CallWriter& writer) {
  write_plain<float32::Conv2DParameters>(writer, "float32::Conv2DParameters", "float32/pool",
                                         "float32::average_pool_2d", 1);
}
void float_max_pool_2d(CallWriter& writer) {
  write_plain<float32::Conv2DParameters>(writer, "float32::Conv2DParameters", "float32/pool",
                                         "float32::max_pool_2d", 1);
}

const Emitter kEmitters[] = {
    {&kConv2DInt8, conv_2d},
    {&kDepthwiseConv2DInt8, depthwise_conv_2d},
    {&kFullyConnectedInt8, fully_connected},
    {&kLstmInt8, lstm},
    {&kExtendedLstmInt8, extended_lstm},
    {&kAddInt8, elementwise<kAdd>},
    {&kSubInt8, elementwise<kSubtract>},
    {&kMulInt8, elementwise<kMultiply>},
    {&kSquaredDifferenceInt8, elementwise<kSquaredDifference>},
    {&kMeanInt8, mean},
    {&kRsqrtInt8, rsqrt},
    {&kSoftmaxInt8, softmax},
    {&kQuantizeFloat32, quantize},
    {&kRequantizeInt8, requantize},
    {&kRequantizeInt16, requantize},
    {&kDequantizeInt8, dequantize},
    {&kDequantizeInt16, dequantize},
    {&kLogisticInt8, logistic},
    {&kTanhInt8, tanh},
    {&kReluInt8, relu},
    {&kRelu6Int8, relu},
    {&kL2NormalizationInt8, l2_normalization},
    {&kAveragePool2DInt8, average_pool_2d},
    {&kMaxPool2DInt8, max_pool_2d},
    {&kReshape, copy},
    {&kSqueeze, copy},
    {&kExpandDims, copy},
    {&kTranspose, strided_copy},
    {&kStridedSlice, strided_copy},
    {&kPad, pad},
    {&kConcatenation, concatenation},
    {&kSplit, split},
    {&kConv2DFloat32, float_conv_2d},
    {&kDepthwiseConv2DFloat32, float_depthwise_conv_2d},
    {&kFullyConnectedFloat32, float_fully_connected},
    {&kUnidirectionalSequenceLstmFloat32, float_lstm},
    {&kAddFloat32, float_elementwise<kFloatAdd>},
    {&kSubFloat32, float_elementwise<kFloatSub>},
    {&kMulFloat32, float_elementwise<kFloatMul>},
    {&kSquaredDifferenceFloat32, float_elementwise<kFloatSquaredDifference>},
    {&kMeanFloat32, float_mean},
    {&kSumFloat32, float_sum},
    {&kSoftmaxFloat32, float_softmax},
    {&kL2NormalizationFloat32, float_l2_normalization},
    {&kLogisticFloat32, float_activation<kFloatLogistic>},
    {&kTanhFloat32, float_activation<kFloatTanh>},
    {&kRsqrtFloat32, float_activation<kFloatRsqrt>},
    {&kReluFloat32, float_relu},
    {&kRelu6Float32, float_relu6},
    {&kAveragePool2DFloat32, float_average_pool_2d},
    {&kMaxPool2DFloat32, float_max_pool_2d},
};

}  // namespace

const char* quantize_function(TensorType output) {
  return output == TensorType::kInt8 ? "kernels::quantize" : "reference::quantize";
}

OperatorTable compilable_operators() {
  static const std::vector<const OperatorKernel*> kernels = [] {
    std::vector<const OperatorKernel*> result;
    for (const Emitter& emitter : kEmitters) result.push_back(emitter.kernel);
    for (const Emitter& emitter : int16_emitters()) result.push_back(emitter.kernel);
    return result;
  }();
  return {kernels.data(), static_cast<int32_t>(kernels.size()), nullptr};
}

void write_operator(const OperatorKernel* kernel, CallWriter& writer) {
  for (const Emitter& emitter : kEmitters) {
    if (emitter.kernel == kernel) return emitter.write(writer);
  }
  for (const Emitter& emitter : int16_emitters()) {
    if (emitter.kernel == kernel) return emitter.write(writer);
  }
  throw std::logic_error("an operator of the table has no emitter");
}

}  // namespace stapes::codegen
