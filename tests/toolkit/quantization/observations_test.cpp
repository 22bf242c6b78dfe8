#include "toolkit/quantization/observations.h"

#include <gtest/gtest.h>

#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/graph/tflite_file.h"
#include "toolkit/quantization/quantize_model.h"

namespace stapes::quantization {
namespace {

constexpr size_t kValues = 18;  // of an input, [1, 6, 3]

graph::Graph layer_normalized_lstm_and_dense() {
  GraphBuilder builder({1, 6, 3});
  const int32_t hidden = builder.add_lstm(builder.input(), 6, 3, 5, true);
  return builder.finish(builder.add(OperatorCode::kFullyConnected,
                                    {hidden, builder.random({4, 5}, 1), builder.random({4}, 1)},
                                    {6, 4}));
}

Inputs some(const std::vector<float>& values, size_t first, size_t last) {
  return inputs_from({values.begin() + static_cast<std::ptrdiff_t>(first * kValues),
                      values.begin() + static_cast<std::ptrdiff_t>(last * kValues)},
                     kValues);
}

TEST(Observations, OfPartsAddUpToThoseOfTheWhole) {
  const graph::Graph graph = layer_normalized_lstm_and_dense();
  const std::vector<float> values = random_inputs(11, kValues);
  const Observations whole = observe(graph, some(values, 0, 11), {}, true);
  Observations sum = observe(graph, some(values, 0, 4), {}, true);
  add(sum, observe(graph, some(values, 4, 11), {}, true));

  EXPECT_EQ(sum.extremes.cell_magnitude, whole.extremes.cell_magnitude);
  EXPECT_EQ(sum.extremes.gate_magnitudes, whole.extremes.gate_magnitudes);
  ASSERT_FALSE(whole.extremes.gate_magnitudes.empty());
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    ASSERT_EQ(sum.extremes.tensors[t].has_value(), whole.extremes.tensors[t].has_value());
    if (!whole.extremes.tensors[t]) continue;
    EXPECT_EQ(sum.extremes.tensors[t]->low, whole.extremes.tensors[t]->low);
    EXPECT_EQ(sum.extremes.tensors[t]->high, whole.extremes.tensors[t]->high);
  }
  ASSERT_EQ(sum.weight_inputs.size(), 2U);
  for (const auto& [index, moments] : whole.weight_inputs) {
    const Moments& added = sum.weight_inputs.at(index)[0];
    EXPECT_EQ(added.count(), moments[0].count());
    for (size_t i = 0; i < added.size(); ++i) {
      EXPECT_NEAR(added.means()[i], moments[0].means()[i], 1e-12);
    }
  }
}

TEST(Observations, SpareTheRunsAndChangeNothing) {
  const graph::Graph model = layer_normalized_lstm_and_dense();
  const Inputs inputs = inputs_from(random_inputs(30, kValues), kValues);
  for (const Calibration calibration : {Calibration::kMinMax, Calibration::kMse}) {
    ModelSettings settings;
    settings.layer_norm = LayerNormForm::kDecomposed;
    settings.calibration.calibration = calibration;
    settings.rounding = Rounding::kJoint;
    const Observations seen = observe(model, inputs, settings.calibration, true);
    EXPECT_EQ(
        graph::serialize_tflite(quantize_model(model, inputs, settings, &seen).quantized.graph),
        graph::serialize_tflite(quantize_model(model, inputs, settings).quantized.graph));
  }
}

}  // namespace
}  // namespace stapes::quantization
