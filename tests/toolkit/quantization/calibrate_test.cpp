#include "toolkit/quantization/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/error.h"
#include "toolkit/graph/executor.h"
#include "toolkit/quantization/float_lstm.h"

namespace stapes::quantization {
namespace {

graph::Graph lstm_graph() {
  GraphBuilder builder({1, 6, 3});
  return builder.finish(builder.add_lstm(builder.input(), 6, 3, 5));
}

TEST(Calibrate, MinMaxIsWhatTheTensorsHeld) {
  GraphBuilder builder({1, 4});
  const graph::Graph graph =
      builder.finish(builder.add(OperatorCode::kRelu, {builder.input()}, {1, 4}));
  const Inputs inputs = inputs_from({-3.0F, 1.0F, 0.0F, 2.0F, 0.5F, 7.0F, -1.0F, 1.0F}, 4);
  const Ranges ranges = calibrate(graph, inputs);
  EXPECT_EQ(ranges.tensors[0]->low, -3.0F);
  EXPECT_EQ(ranges.tensors[0]->high, 7.0F);
  EXPECT_EQ(ranges.tensors[1]->low, 0.0F);
  EXPECT_EQ(ranges.tensors[1]->high, 7.0F);
}

TEST(Calibrate, SameForAnyNumberOfThreads) {
  const graph::Graph graph = lstm_graph();
  const Inputs inputs = inputs_from(random_inputs(23, 18), 18);
  for (const Calibration calibration :
       {Calibration::kMinMax, Calibration::kPercentile, Calibration::kMse}) {
    CalibrationSettings settings;
    settings.calibration = calibration;
    settings.percentile = 99.0;
    settings.threads = 1;
    const Ranges one = calibrate(graph, inputs, settings);
    settings.threads = 5;
    const Ranges five = calibrate(graph, inputs, settings);
    EXPECT_EQ(one.cell_magnitude, five.cell_magnitude);
    for (size_t t = 0; t < graph.tensors.size(); ++t) {
      ASSERT_EQ(one.tensors[t].has_value(), five.tensors[t].has_value());
      if (!one.tensors[t]) continue;
      EXPECT_EQ(one.tensors[t]->low, five.tensors[t]->low);
      EXPECT_EQ(one.tensors[t]->high, five.tensors[t]->high);
    }
  }
}

TEST(Calibrate, TheOwnLstmFollowsTheOperator) {
  const graph::Graph graph = lstm_graph();
  graph::Executor executor(graph, graph::Executor::Keep::kAllTensors);
  FloatLstm lstm(graph, graph.operators[0]);
  const std::vector<float> input = random_inputs(1, 18);
  float magnitude = 0.0F;
  for (int clip = 0; clip < 3; ++clip) {  // the state goes on
    executor.set_input(0, std::span<const float>(input));
    executor.invoke();
    magnitude = lstm.run(input);
  }
  const std::vector<float> cell = graph::dequantize(
      graph.tensors[static_cast<size_t>(graph.operators[0].inputs[graph::lstm::kCellState])],
      executor.tensor(graph.operators[0].inputs[graph::lstm::kCellState]));
  float last = 0.0F;
  for (const float c : cell) last = std::max(last, std::abs(c));
  EXPECT_GE(magnitude, last - 1e-5F);
  EXPECT_GT(magnitude, 0.0F);
}

TEST(Calibrate, CarriedStateWidensTheCell) {
  // One unit whose gates stay open integrates its input.
  GraphBuilder builder({1, 4, 1});
  std::vector<int32_t> inputs(graph::lstm::kInputs, -1);
  inputs[0] = builder.input();
  for (size_t gate = 0; gate < 4; ++gate) {
    inputs[graph::lstm::kInputWeights + gate] = builder.constant({1, 1}, {gate == 2 ? 1.0F : 0.0F});
    inputs[graph::lstm::kRecurrentWeights + gate] = builder.constant({1, 1}, {0.0F});
    inputs[graph::lstm::kBias + gate] = builder.constant({1}, {gate == 2 ? 0.0F : 10.0F});
  }
  inputs[graph::lstm::kHiddenState] = builder.state("hidden", {1, 1});
  inputs[graph::lstm::kCellState] = builder.state("cell", {1, 1});
  graph::Options options;
  options.activation = Activation::kTanh;
  const graph::Graph graph = builder.finish(
      builder.add(OperatorCode::kUnidirectionalSequenceLstm, inputs, {1, 4, 1}, options));
  const Inputs ones = inputs_from(std::vector<float>(20, 1.0F), 4);
  CalibrationSettings settings;
  EXPECT_NEAR(calibrate(graph, ones, settings).cell_magnitude.at(0), 4.0 * std::tanh(1.0), 0.01);
  settings.carry_state = true;
  EXPECT_NEAR(calibrate(graph, ones, settings).cell_magnitude.at(0), 20.0 * std::tanh(1.0), 0.05);
}

TEST(Calibrate, BadInputsAreErrors) {
  const graph::Graph graph = lstm_graph();
  EXPECT_THROW(calibrate(graph, Inputs{}), Error);
  std::vector<float> values = random_inputs(2, 18);
  values[20] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(calibrate(graph, inputs_from(values, 18)), Error);
  CalibrationSettings settings;
  settings.percentile = 20.0;
  EXPECT_THROW(calibrate(graph, inputs_from(random_inputs(2, 18), 18), settings), Error);
  EXPECT_THROW(inputs_from(random_inputs(1, 17), 18), Error);
  EXPECT_THROW(calibration_of("minimax"), Error);
}

}  // namespace
}  // namespace stapes::quantization
