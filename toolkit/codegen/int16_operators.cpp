#include "device/graph/operators/operators.h"
#include "device/kernels/reference/softmax_int16.h"
#include "device/kernels/reference/squash_int16.h"
#include "toolkit/codegen/emitter.h"

namespace stapes::codegen {
namespace {

// kernel(parameters, inputs…, output), with the parameters' text given.
void write_call(CallWriter& writer, const char* type, const std::string& parameters,
                const char* file, const char* function, int32_t inputs) {
  std::vector<std::string> arguments = {writer.constant(type, parameters)};
  for (int32_t i = 0; i < inputs; ++i) arguments.push_back(writer.input(i));
  arguments.push_back(writer.output(0));
  writer.call(file, function, arguments);
}

std::string name_of(const std::string& kernel, bool in_32_bits) {
  return in_32_bits ? kernel + "_in_32_bits" : kernel;
}

void write_convolution(CallWriter& writer, const std::string& function) {
  const auto& prepared = writer.prepared<PreparedInt16<reference::Conv2DParameters>>();
  const reference::Conv2DParameters& parameters = prepared.parameters;
  const auto channels = static_cast<size_t>(parameters.window.output_channels);
  const std::string table = writer.table({parameters.multipliers, channels});
  write_call(writer, "reference::Conv2DParameters", literal(parameters, table),
             "reference/conv_2d_int16", name_of(function, prepared.in_32_bits).c_str(), 3);
}
void conv_2d(CallWriter& writer) { write_convolution(writer, "reference::conv_2d"); }
void depthwise_conv_2d(CallWriter& writer) {
  write_convolution(writer, "reference::depthwise_conv_2d");
}

void fully_connected(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedInt16<reference::FullyConnectedParameters>>();
  const reference::FullyConnectedParameters& parameters = prepared.parameters;
  const size_t channels =
      parameters.multipliers == nullptr ? 0 : static_cast<size_t>(parameters.product.output_depth);
  const std::string table = writer.table({parameters.multipliers, channels});
  write_call(writer, "reference::FullyConnectedParameters", literal(parameters, table),
             "reference/fully_connected_int16",
             name_of("reference::fully_connected", prepared.in_32_bits).c_str(), 3);
}

void lstm(CallWriter& writer) {
  const auto& prepared = writer.prepared<PreparedLstmInt16>();
  const std::string constants =
      writer.constant("reference::LstmParameters", literal(prepared.parameters));
  std::string gates;
  for (int32_t g = 0; g < 4; ++g) {
    const reference::LstmGateInt16& gate = prepared.gates[g];
    gates += "\n    " +
             braces(writer.input(1 + g), writer.input(5 + g), writer.input(12 + g),
                    gate.input_multiplier, gate.recurrent_multiplier) +
             ",";
  }
  const std::string table = writer.constant("reference::LstmGateInt16[4]", "{" + gates + "}");
  const auto units = static_cast<size_t>(prepared.parameters.shape.units);
  writer.call("reference/lstm_int16", "reference::lstm",
              {constants, table, writer.input(0), writer.input(graph::lstm::kHiddenState),
               writer.input(graph::lstm::kCellState), writer.output(0),
               writer.scratch("int16_t", units * reference::kLstmScratch)});
}

template <const char* const& kFunction>
void elementwise(CallWriter& writer) {
  write_call(writer, "reference::ElementwiseParameters",
             literal(writer.prepared<reference::ElementwiseParameters>()), "reference/elementwise",
             kFunction, 2);
}
constexpr const char* kAdd = "reference::add";
constexpr const char* kSubtract = "reference::subtract";
constexpr const char* kMultiply = "reference::multiply_elements";
constexpr const char* kSquaredDifference = "reference::squared_difference";

void mean(CallWriter& writer) {
  write_call(writer, "reference::MeanParameters",
             literal(writer.prepared<reference::MeanParameters>()), "reference/mean",
             "reference::mean", 1);
}

void softmax(CallWriter& writer) {
  const auto& p = writer.prepared<reference::SoftmaxInt16Parameters>();
  write_call(writer, "reference::SoftmaxInt16Parameters", braces(p.rows, p.depth, p.multiplier),
             "reference/softmax_int16", "reference::softmax", 1);
}

template <const char* const& kFunction>
void squash(CallWriter& writer) {
  const auto& p = writer.prepared<reference::SquashInt16Parameters>();
  write_call(writer, "reference::SquashInt16Parameters", braces(p.elements, p.multiplier, p.shift),
             "reference/squash_int16", kFunction, 1);
}
constexpr const char* kLogistic = "reference::logistic";
constexpr const char* kTanh = "reference::tanh";

void relu(CallWriter& writer) {
  write_call(writer, "reference::ReluParameters",
             literal(writer.prepared<reference::ReluParameters>()), "reference/relu",
             "reference::relu", 1);
}

template <const char* const& kFunction>
void pool(CallWriter& writer) {
  write_call(writer, "reference::Pool2DParameters",
             literal(writer.prepared<reference::Pool2DParameters>()), "reference/pool_2d",
             kFunction, 1);
}
constexpr const char* kAveragePool = "reference::average_pool_2d";
constexpr const char* kMaxPool = "reference::max_pool_2d";

const Emitter kEmitters[] = {
    {&kConv2DInt16, conv_2d},
    {&kDepthwiseConv2DInt16, depthwise_conv_2d},
    {&kFullyConnectedInt16, fully_connected},
    {&kLstmInt16, lstm},
    {&kAddInt16, elementwise<kAdd>},
    {&kSubInt16, elementwise<kSubtract>},
    {&kMulInt16, elementwise<kMultiply>},
    {&kSquaredDifferenceInt16, elementwise<kSquaredDifference>},
    {&kMeanInt16, mean},
    {&kSoftmaxInt16, softmax},
    {&kLogisticInt16, squash<kLogistic>},
    {&kTanhInt16, squash<kTanh>},
    {&kReluInt16, relu},
    {&kRelu6Int16, relu},
    {&kAveragePool2DInt16, pool<kAveragePool>},
    {&kMaxPool2DInt16, pool<kMaxPool>},
};

}  // namespace

std::span<const Emitter> int16_emitters() { return kEmitters; }

}  // namespace stapes::codegen
