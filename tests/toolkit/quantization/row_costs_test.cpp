#include "toolkit/quantization/row_costs.h"

#include <gtest/gtest.h>

#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/graph/executor.h"

namespace stapes::quantization {
namespace {

constexpr int32_t kSteps = 12;

// Of a model of one operator all of the difference is that operator's.
TEST(RowCosts, SayWhatAnOperatorCostsTheScores) {
  GraphBuilder builder({1, kSteps, 8});
  const graph::Graph model = builder.finish(builder.add_lstm(builder.input(), kSteps, 8, 12));
  const Inputs inputs = inputs_from(random_inputs(30, kSteps * 8), kSteps * 8);
  for (const Rounding rounding : {Rounding::kNearest, Rounding::kJoint}) {
    ModelSettings settings;
    settings.rounding = rounding;
    const QuantizedModel quantized = quantize_model(model, inputs, settings);
    const std::vector<ReportRow> rows =
        measure_report(quantized.float_graph, quantized.quantized, inputs);
    const std::vector<std::vector<float>> expected = outputs_of(model, inputs);
    const std::vector<RowCost> costs =
        costs_of_worst_rows(quantized, rows, 3, expected, inputs, {});
    ASSERT_EQ(costs.size(), rows.size());
    ASSERT_EQ(costs.front().row.op_name, "UNIDIRECTIONAL_SEQUENCE_LSTM");
    const Agreement as_it_is = compare(expected, outputs_of(quantized.quantized.graph, inputs));
    ASSERT_TRUE(costs.front().without.has_value());
    EXPECT_GT(as_it_is.rms_difference, 0.0);
    EXPECT_EQ(costs.front().without->rms_difference, 0.0);  // nothing int8 is left
    const std::string text = row_costs_text(costs, as_it_is, "  ");
    EXPECT_NE(text.find("UNIDIRECTIONAL_SEQUENCE_LSTM (tensor "), std::string::npos) << text;
    EXPECT_NE(text.find("in float, scores would differ by"), std::string::npos) << text;
  }
}

// The constants of the other operators stay what joint rounding made of them: a float operator
// that rounds nothing leaves everything as it is.
TEST(RowCosts, LeaveTheOthersAsTheyAre) {
  GraphBuilder builder({1, kSteps, 8});
  const int32_t lstm = builder.add_lstm(builder.input(), kSteps, 8, 12);
  const graph::Graph model = builder.finish(builder.add(
      OperatorCode::kReshape, {lstm, builder.integers({1, kSteps * 12})}, {1, kSteps * 12}));
  const Inputs inputs = inputs_from(random_inputs(30, kSteps * 8), kSteps * 8);
  ModelSettings settings;
  settings.rounding = Rounding::kJoint;
  const QuantizedModel quantized = quantize_model(model, inputs, settings);
  const std::vector<std::vector<float>> expected = outputs_of(model, inputs);
  std::vector<ReportRow> rows = measure_report(quantized.float_graph, quantized.quantized, inputs);
  std::erase_if(rows, [](const ReportRow& row) { return row.op_name != "RESHAPE"; });
  ASSERT_EQ(rows.size(), 1U);
  const std::vector<RowCost> costs = costs_of_worst_rows(quantized, rows, 1, expected, inputs, {});
  const Agreement as_it_is = compare(expected, outputs_of(quantized.quantized.graph, inputs));
  ASSERT_TRUE(costs.front().without.has_value());
  EXPECT_EQ(costs.front().without->rms_difference, as_it_is.rms_difference);
}

}  // namespace
}  // namespace stapes::quantization
