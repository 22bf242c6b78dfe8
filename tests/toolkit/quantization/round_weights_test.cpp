#include "toolkit/quantization/round_weights.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/quantize_model.h"
#include "toolkit/quantization/report.h"

namespace stapes::quantization {
namespace {

// Inputs whose neighbouring values go together, and that do not vary around zero.
std::vector<float> smooth_inputs(size_t count, size_t size) {
  std::vector<float> values = random_inputs(count, size);
  float last = 0;
  for (float& value : values) value = last = 0.9F * last + 0.4F * value + 0.05F;
  return values;
}

graph::Options window(Padding padding, int32_t stride, int32_t dilation) {
  graph::Options options;
  options.padding = padding;
  options.stride_height = stride;
  options.dilation_height = dilation;
  return options;
}

// Every operator with weights, at the end a dense layer.
graph::Graph every_kind() {
  GraphBuilder builder({1, 20, 1, 6});
  const int32_t wide =
      builder.add(OperatorCode::kConv2D,
                  {builder.input(), builder.random({8, 3, 1, 6}, 0.3), builder.random({8}, 0.1)},
                  {1, 10, 1, 8}, window(Padding::kSame, 2, 1));
  const int32_t deep =
      builder.add(OperatorCode::kDepthwiseConv2D,
                  {wide, builder.random({1, 4, 1, 8}, 0.3), builder.random({8}, 0.1)}, {1, 4, 1, 8},
                  window(Padding::kValid, 1, 2));
  const int32_t sequence =
      builder.add(OperatorCode::kReshape, {deep, builder.integers({1, 4, 8})}, {1, 4, 8});
  const int32_t lstm = builder.add_lstm(sequence, 4, 8, 8);
  const int32_t flat =
      builder.add(OperatorCode::kReshape, {lstm, builder.integers({1, 32})}, {1, 32});
  return builder.finish(
      builder.add(OperatorCode::kFullyConnected, {flat, builder.random({5, 32}, 0.3), -1}, {1, 5}));
}

QuantizedModel quantized(const graph::Graph& model, const Inputs& inputs, Rounding rounding,
                         ModelSettings settings = {}) {
  settings.rounding = rounding;
  return quantize_model(model, inputs, settings);
}

std::vector<ReportRow> rows_of(const QuantizedModel& model, const Inputs& inputs) {
  return measure_report(model.float_graph, model.quantized, inputs);
}

TEST(RoundWeights, EveryOperatorLosesLess) {
  const graph::Graph model = every_kind();
  const Inputs inputs = inputs_from(smooth_inputs(300, 120), 120);
  ModelSettings coarse;
  coarse.weight_scales = WeightScales::kTensor;
  const auto nearest = rows_of(quantized(model, inputs, Rounding::kNearest, coarse), inputs);
  const auto joint = rows_of(quantized(model, inputs, Rounding::kJoint, coarse), inputs);
  ASSERT_EQ(nearest.size(), joint.size());
  for (size_t i = 0; i < joint.size(); ++i) {
    if (joint[i].op_name == "RESHAPE") continue;
    EXPECT_LT(joint[i].mean_squared_error, nearest[i].mean_squared_error) << joint[i].op_name;
  }
}

TEST(RoundWeights, OnlyWeightsAndBiasesChange) {
  const graph::Graph model = every_kind();
  const Inputs inputs = inputs_from(smooth_inputs(50, 120), 120);
  const graph::Graph nearest = quantized(model, inputs, Rounding::kNearest).quantized.graph;
  const graph::Graph joint = quantized(model, inputs, Rounding::kJoint).quantized.graph;
  EXPECT_EQ(nearest.operators, joint.operators);
  ASSERT_EQ(nearest.tensors.size(), joint.tensors.size());
  int changed_weights = 0;
  int changed_biases = 0;
  for (size_t t = 0; t < joint.tensors.size(); ++t) {
    const graph::Tensor& a = nearest.tensors[t];
    const graph::Tensor& b = joint.tensors[t];
    EXPECT_EQ(a.shape, b.shape);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.quantization, b.quantization);
    EXPECT_EQ(a.data.size(), b.data.size());
    if (a == b) continue;
    EXPECT_TRUE(a.is_constant());
    changed_weights += a.type == TensorType::kInt8 ? 1 : 0;
    changed_biases += a.type == TensorType::kInt32 ? 1 : 0;
  }
  EXPECT_GE(changed_weights, 8);  // of 11 tensors
  EXPECT_GE(changed_biases, 5);   // of 6
}

TEST(RoundWeights, SameBytesForAnyNumberOfThreads) {
  const graph::Graph model = every_kind();
  const Inputs inputs = inputs_from(smooth_inputs(37, 120), 120);
  std::vector<Bytes> files;
  for (const int threads : {1, 2, 5}) {
    ModelSettings settings;
    settings.calibration.threads = threads;
    files.push_back(graph::serialize_tflite(
        quantized(model, inputs, Rounding::kJoint, settings).quantized.graph));
  }
  EXPECT_EQ(files[0], files[1]);
  EXPECT_EQ(files[0], files[2]);
}

TEST(RoundWeights, LayerNormalizedAndExtendedLstms) {
  GraphBuilder builder({1, 6, 8});
  const graph::Graph normalized = builder.finish(builder.add_lstm(builder.input(), 6, 8, 8, true));
  GraphBuilder other({1, 6, 8});
  const graph::Graph plain = other.finish(other.add_lstm(other.input(), 6, 8, 8));
  const Inputs inputs = inputs_from(smooth_inputs(200, 48), 48);
  ModelSettings extended;
  extended.lstm = {true, true};
  const auto error = [&](const graph::Graph& model, Rounding rounding, ModelSettings settings) {
    return rows_of(quantized(model, inputs, rounding, settings), inputs).at(0).mean_squared_error;
  };
  EXPECT_LT(error(normalized, Rounding::kJoint, {}), error(normalized, Rounding::kNearest, {}));
  EXPECT_LT(error(plain, Rounding::kJoint, extended), error(plain, Rounding::kNearest, extended));
}

TEST(WeightInputs, AreWhatTheOperatorsMultiply) {
  GraphBuilder builder({1, 3, 1, 2});
  const graph::Graph model = builder.finish(
      builder.add(OperatorCode::kConv2D, {builder.input(), builder.random({1, 3, 1, 2}, 1), -1},
                  {1, 3, 1, 1}, window(Padding::kSame, 1, 1)));
  const Inputs inputs = inputs_from({1, 2, 3, 4, 5, 6}, 6);
  const WeightInputs seen = observe_weight_inputs(model, inputs, {});
  ASSERT_EQ(seen.size(), 1U);
  ASSERT_EQ(seen.at(0).size(), 1U);
  const Moments& moments = seen.at(0)[0];
  EXPECT_EQ(moments.count(), 3);
  // Patches 001234, 123456, 345600.
  const std::vector<double> sums = {4, 6, 9, 12, 8, 10};
  for (size_t i = 0; i < sums.size(); ++i) EXPECT_DOUBLE_EQ(moments.means()[i], sums[i] / 3);
  EXPECT_DOUBLE_EQ(moments.second_moments()[5], (0 * 4 + 1 * 6 + 3 * 0) / 3.0);
}

TEST(WeightInputs, OfAnLstmAreItsInputAndItsLastOutput) {
  GraphBuilder builder({1, 2, 1});
  const graph::Graph model = builder.finish(builder.add_lstm(builder.input(), 2, 1, 1));
  const Inputs inputs = inputs_from({1, 2, 3, 4}, 2);
  const std::vector<std::vector<float>> outputs = outputs_of(model, inputs);
  const Moments reset = observe_weight_inputs(model, inputs, {}).at(0)[0];
  EXPECT_EQ(reset.count(), 4);
  EXPECT_DOUBLE_EQ(reset.means()[0], 2.5);
  EXPECT_DOUBLE_EQ(reset.means()[1],
                   (static_cast<double>(outputs[0][0]) + static_cast<double>(outputs[1][0])) / 4);
  CalibrationSettings carried;
  carried.carry_state = true;
  EXPECT_GT(std::abs(observe_weight_inputs(model, inputs, carried).at(0)[0].means()[1]),
            std::abs(reset.means()[1]));
}

TEST(Rounding, Names) {
  EXPECT_EQ(rounding_of("joint"), Rounding::kJoint);
  EXPECT_STREQ(name_of(rounding_of("nearest")), "nearest");
  EXPECT_THROW(rounding_of("jointly"), Error);
}

}  // namespace
}  // namespace stapes::quantization
