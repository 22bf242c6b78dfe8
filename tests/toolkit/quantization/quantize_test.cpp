#include "toolkit/quantization/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"

namespace stapes::quantization {
namespace {

// Every tensor takes -1 … 3, every cell up to 5.
Ranges plain_ranges(const graph::Graph& graph) {
  Ranges ranges;
  ranges.tensors.assign(graph.tensors.size(), ValueRange{-1.0F, 3.0F});
  for (size_t i = 0; i < graph.operators.size(); ++i) ranges.cell_magnitude[i] = 5.0F;
  return ranges;
}

const graph::Tensor& tensor_of(const graph::Graph& graph, size_t op, size_t input) {
  return graph.tensors[static_cast<size_t>(graph.operators[op].inputs[input])];
}
const graph::Tensor& output_of(const graph::Graph& graph, size_t op) {
  return graph.tensors[static_cast<size_t>(graph.operators[op].outputs[0])];
}

graph::Graph convolution() {
  GraphBuilder builder({1, 4, 1, 2});
  const int32_t weights = builder.constant({3, 1, 1, 2}, {1.0F, -0.5F, 0.0F, 0.0F, 0.1F, 0.254F});
  const int32_t bias = builder.constant({3}, {0.5F, -0.25F, 1.0F});
  return builder.finish(
      builder.add(OperatorCode::kConv2D, {builder.input(), weights, bias}, {1, 4, 1, 3}));
}

TEST(Quantize, FloatInputAndOutputAtTheEnds) {
  const graph::Graph source = convolution();
  const QuantizedGraph result = quantize(source, plain_ranges(source));
  ASSERT_EQ(result.graph.operators.size(), 3U);
  EXPECT_EQ(result.graph.operators[0].code, OperatorCode::kQuantize);
  EXPECT_EQ(result.graph.operators[1].code, OperatorCode::kConv2D);
  EXPECT_EQ(result.graph.operators[2].code, OperatorCode::kDequantize);
  EXPECT_EQ(result.graph.operators[1].version, 3);
  EXPECT_EQ(result.graph.operators[2].version, 2);
  EXPECT_EQ(result.source_operators, (std::vector<int32_t>{-1, 0, -1}));
  EXPECT_EQ(tensor_of(result.graph, 0, 0).type, TensorType::kFloat32);
  EXPECT_EQ(output_of(result.graph, 2).type, TensorType::kFloat32);
}

TEST(Quantize, Int8InputAndOutputOnRequest) {
  const graph::Graph source = convolution();
  QuantizeOptions options;
  options.int8_io = true;
  const QuantizedGraph result = quantize(source, plain_ranges(source), options);
  ASSERT_EQ(result.graph.operators.size(), 1U);
  EXPECT_EQ(tensor_of(result.graph, 0, 0).type, TensorType::kInt8);
  EXPECT_EQ(result.graph.outputs[0], result.graph.operators[0].outputs[0]);
}

TEST(Quantize, ConvolutionWeightsPerChannelAndBiasScaleIsTheProduct) {
  const graph::Graph source = convolution();
  const graph::Graph result = quantize(source, plain_ranges(source)).graph;
  const graph::Tensor& weights = tensor_of(result, 1, 1);
  ASSERT_EQ(weights.quantization.scale.size(), 3U);
  EXPECT_EQ(weights.quantization.quantized_dimension, 0);
  EXPECT_FLOAT_EQ(weights.quantization.scale[0], 1.0F / 127.0F);
  EXPECT_FLOAT_EQ(weights.quantization.scale[2], 0.254F / 127.0F);
  EXPECT_GT(weights.quantization.scale[1], 0.0F);  // a channel without weights
  EXPECT_EQ(static_cast<int8_t>(weights.data[0]), 127);
  EXPECT_EQ(static_cast<int8_t>(weights.data[1]), -64);  // -63.5, away from zero
  EXPECT_EQ(static_cast<int8_t>(weights.data[4]), 50);

  const graph::Tensor& bias = tensor_of(result, 1, 2);
  EXPECT_EQ(bias.type, TensorType::kInt32);
  const float input_scale = tensor_of(result, 1, 0).quantization.scale[0];
  EXPECT_FLOAT_EQ(input_scale, 4.0F / 255.0F);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(bias.quantization.scale[c], input_scale * weights.quantization.scale[c]);
  }
  int32_t stored = 0;
  std::memcpy(&stored, bias.data.data(), sizeof(stored));
  EXPECT_EQ(stored, std::lround(0.5 / static_cast<double>(bias.quantization.scale[0])));
}

TEST(Quantize, ScalesOfWeightsPerTensorOrPerRowOnRequest) {
  const graph::Graph source = convolution();
  QuantizeOptions options;
  options.weight_scales = weight_scales_of("tensor");
  const QuantizedGraph per_tensor = quantize(source, plain_ranges(source), options);
  const graph::Quantization& scales = tensor_of(per_tensor.graph, 1, 1).quantization;
  EXPECT_EQ(scales.scale, (std::vector<float>{1.0F / 127.0F}));
  EXPECT_EQ(tensor_of(per_tensor.graph, 1, 2).quantization.scale.size(), 1U);

  GraphBuilder builder({1, 2});
  const int32_t weights = builder.constant({2, 2}, {1.0F, 0.0F, 0.0F, 0.5F});
  const int32_t bias = builder.constant({2}, {0.0F, 0.0F});
  const graph::Graph dense = builder.finish(
      builder.add(OperatorCode::kFullyConnected, {builder.input(), weights, bias}, {1, 2}));
  options.weight_scales = weight_scales_of("row");
  const QuantizedGraph per_row = quantize(dense, plain_ranges(dense), options);
  EXPECT_EQ(tensor_of(per_row.graph, 1, 1).quantization.scale,
            (std::vector<float>{1.0F / 127.0F, 0.5F / 127.0F}));
  EXPECT_EQ(per_row.graph.operators[1].version, 12);
  EXPECT_THROW(weight_scales_of("rows"), Error);
}

TEST(Quantize, WeightScaleGrowsWhereTheBiasWouldNotFit) {
  GraphBuilder builder({1, 2});
  const int32_t weights = builder.constant({1, 2}, {1e-9F, 0.0F});
  const int32_t bias = builder.constant({1}, {100.0F});
  const graph::Graph source = builder.finish(
      builder.add(OperatorCode::kFullyConnected, {builder.input(), weights, bias}, {1, 1}));
  const graph::Graph result = quantize(source, plain_ranges(source)).graph;
  int32_t stored = 0;
  std::memcpy(&stored, tensor_of(result, 1, 2).data.data(), sizeof(stored));
  EXPECT_NEAR(static_cast<double>(stored) *
                  static_cast<double>(tensor_of(result, 1, 2).quantization.scale[0]),
              100.0, 0.01);
}

TEST(Quantize, CopyingOperatorsKeepScale) {
  GraphBuilder builder({1, 4});
  const int32_t shape = builder.integers({2, 2});
  const int32_t reshaped = builder.add(OperatorCode::kReshape, {builder.input(), shape}, {2, 2});
  const int32_t transposed =
      builder.add(OperatorCode::kTranspose, {reshaped, builder.integers({1, 0})}, {2, 2});
  const graph::Graph source = builder.finish(transposed);
  Ranges ranges = plain_ranges(source);
  ranges.tensors[static_cast<size_t>(transposed)] = ValueRange{0.0F, 5.0F};
  const graph::Graph result = quantize(source, ranges).graph;
  for (const size_t op : {size_t{1}, size_t{2}}) {
    EXPECT_EQ(output_of(result, op).quantization.scale,
              tensor_of(result, op, 0).quantization.scale);
    EXPECT_FLOAT_EQ(output_of(result, op).quantization.scale[0], 6.0F / 255.0F);
  }
}

TEST(Quantize, ConcatenationOfASoftmaxIsRequantized) {
  GraphBuilder builder({1, 4});
  const int32_t softmax = builder.add(OperatorCode::kSoftmax, {builder.input()}, {1, 4});
  graph::Options options;
  options.axis = 1;
  const int32_t joined =
      builder.add(OperatorCode::kConcatenation, {builder.input(), softmax}, {1, 8}, options);
  const graph::Graph source = builder.finish(joined);
  const graph::Graph result = quantize(source, plain_ranges(source)).graph;
  // QUANTIZE, SOFTMAX, QUANTIZE (requantize), CONCATENATION, DEQUANTIZE
  ASSERT_EQ(result.operators.size(), 5U);
  EXPECT_EQ(output_of(result, 1).quantization.scale[0], 1.0F / 256.0F);
  EXPECT_EQ(output_of(result, 1).quantization.zero_point[0], -128);
  EXPECT_EQ(result.operators[2].code, OperatorCode::kQuantize);
  EXPECT_EQ(result.operators[2].version, 2);
  for (size_t input = 0; input < 2; ++input) {
    EXPECT_EQ(tensor_of(result, 3, input).quantization.scale,
              output_of(result, 3).quantization.scale);
  }
}

TEST(Quantize, FixedOutputs) {
  const struct {
    OperatorCode code;
    float scale;
    int64_t zero_point;
  } kCases[] = {{OperatorCode::kSoftmax, 1.0F / 256.0F, -128},
                {OperatorCode::kLogistic, 1.0F / 256.0F, -128},
                {OperatorCode::kTanh, 1.0F / 128.0F, 0},
                {OperatorCode::kL2Normalization, 1.0F / 128.0F, 0}};
  for (const auto& expected : kCases) {
    GraphBuilder builder({1, 4});
    const graph::Graph source =
        builder.finish(builder.add(expected.code, {builder.input()}, {1, 4}));
    const graph::Graph result = quantize(source, plain_ranges(source)).graph;
    EXPECT_EQ(output_of(result, 1).quantization.scale[0], expected.scale);
    EXPECT_EQ(output_of(result, 1).quantization.zero_point[0], expected.zero_point);
    EXPECT_EQ(result.operators[1].version, 2);
  }
}

TEST(Quantize, Lstm) {
  GraphBuilder builder({1, 5, 3});
  const graph::Graph source = builder.finish(builder.add_lstm(builder.input(), 5, 3, 4));
  const graph::Graph result = quantize(source, plain_ranges(source)).graph;
  const graph::Operator& lstm = result.operators[1];
  ASSERT_EQ(lstm.inputs.size(), 24U);
  EXPECT_EQ(lstm.version, 1);
  for (size_t gate = 0; gate < 4; ++gate) {
    const graph::Tensor& weights = tensor_of(result, 1, graph::lstm::kInputWeights + gate);
    const graph::Tensor& bias = tensor_of(result, 1, graph::lstm::kBias + gate);
    EXPECT_EQ(weights.type, TensorType::kInt8);
    EXPECT_EQ(weights.quantization.scale.size(), 1U);
    EXPECT_EQ(bias.type, TensorType::kInt32);
    EXPECT_EQ(bias.quantization.scale[0],
              tensor_of(result, 1, 0).quantization.scale[0] * weights.quantization.scale[0]);
  }
  const graph::Tensor& hidden = tensor_of(result, 1, graph::lstm::kHiddenState);
  EXPECT_TRUE(hidden.is_variable);
  EXPECT_EQ(hidden.quantization.scale, output_of(result, 1).quantization.scale);
  EXPECT_EQ(hidden.quantization.zero_point, output_of(result, 1).quantization.zero_point);
  const graph::Tensor& cell = tensor_of(result, 1, graph::lstm::kCellState);
  EXPECT_EQ(cell.type, TensorType::kInt16);
  EXPECT_EQ(cell.quantization.scale[0], std::ldexp(8.0F, -15));
  ASSERT_EQ(lstm.intermediates.size(), 5U);
  const graph::Tensor& last = result.tensors[static_cast<size_t>(lstm.intermediates[4])];
  EXPECT_EQ(last.type, TensorType::kInt8);
  EXPECT_EQ(last.quantization.scale, hidden.quantization.scale);
}

TEST(Quantize, FloatOperatorsStandBetweenConversions) {
  GraphBuilder builder({1, 4});
  const int32_t first = builder.add(OperatorCode::kRelu, {builder.input()}, {1, 4});
  const int32_t middle = builder.add(OperatorCode::kTanh, {first}, {1, 4});
  const graph::Graph source = builder.finish(builder.add(OperatorCode::kRelu, {middle}, {1, 4}));
  QuantizeOptions options;
  options.float_operators = {false, true, false};
  const QuantizedGraph result = quantize(source, plain_ranges(source), options);
  std::vector<OperatorCode> codes;
  for (const graph::Operator& op : result.graph.operators) codes.push_back(op.code);
  EXPECT_EQ(codes, (std::vector<OperatorCode>{OperatorCode::kQuantize, OperatorCode::kRelu,
                                              OperatorCode::kDequantize, OperatorCode::kTanh,
                                              OperatorCode::kQuantize, OperatorCode::kRelu,
                                              OperatorCode::kDequantize}));
}

TEST(Quantize, UnsupportedOperatorIsNamedWithItsIndex) {
  GraphBuilder builder({1, 4});
  const int32_t first = builder.add(OperatorCode::kRelu, {builder.input()}, {1, 4});
  const graph::Graph source = builder.finish(builder.add(OperatorCode::kCast, {first}, {1, 4}));
  try {
    quantize(source, plain_ranges(source));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("operator 1 (CAST)"), std::string::npos)
        << error.what();
  }
}

TEST(Quantize, LstmWithProjectionIsRefused) {
  GraphBuilder builder({1, 5, 3});
  graph::Graph source = builder.finish(builder.add_lstm(builder.input(), 5, 3, 4));
  source.operators[0].inputs[graph::lstm::kProjection] = source.operators[0].inputs[5];
  EXPECT_THROW(quantize(source, plain_ranges(source)), Error);
}

TEST(Quantize, MissingRangeNamesTheTensor) {
  const graph::Graph source = convolution();
  Ranges ranges = plain_ranges(source);
  ranges.tensors[static_cast<size_t>(source.outputs[0])].reset();
  try {
    quantize(source, ranges);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("CONV_2D0"), std::string::npos) << error.what();
  }
}

TEST(Quantize, SameBytesEveryTimeAndMetadataIsCarriedOver) {
  graph::Graph source = convolution();
  source.metadata["labels"] = {1, 2, 3};
  const Bytes first = graph::serialize_tflite(quantize(source, plain_ranges(source)).graph);
  const graph::Graph second = quantize(source, plain_ranges(source)).graph;
  EXPECT_EQ(first, graph::serialize_tflite(second));
  EXPECT_EQ(second.metadata.at("labels"), (Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace stapes::quantization
