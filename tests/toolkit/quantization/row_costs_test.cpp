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
    const std::vector<RowCost> costs = row_costs(quantized, rows, expected, {}, inputs, {});
    ASSERT_EQ(costs.size(), rows.size());
    ASSERT_EQ(costs.front().row.op_name, "UNIDIRECTIONAL_SEQUENCE_LSTM");
    const Agreement as_it_is = compare(expected, outputs_of(quantized.quantized.graph, inputs));
    ASSERT_TRUE(costs.front().alone.has_value());
    EXPECT_GT(as_it_is.rms_difference, 0.0);
    EXPECT_EQ(costs.front().alone->rms_difference, as_it_is.rms_difference);
    EXPECT_EQ(costs.front().alone->same_decision, as_it_is.same_decision);
    EXPECT_NE(worst_rows_text(costs, 1, "  ").find("UNIDIRECTIONAL_SEQUENCE_LSTM (tensor "),
              std::string::npos);
    EXPECT_EQ(costliest_rows_text(costs, 1, "  ").rfind("  0.0", 0), 0U)
        << costliest_rows_text(costs, 1, "  ");
  }
}

// The order of the one list is not that of the other.
TEST(RowCosts, TheCostliestRowNeedNotBeTheWorst) {
  ReportRow worst;
  worst.op_name = "RSQRT";
  worst.rmse_per_scale = 5.7;
  ReportRow costly;
  costly.op_name = "ADD";
  costly.rmse_per_scale = 0.29;
  ReportRow added;  // a conversion, which has no cost of its own
  added.op_name = "QUANTIZE";
  added.rmse_per_scale = 0.1;
  Agreement little{100, 100, 0.01, 0.001};
  Agreement much{100, 97, 0.2, 0.05};
  const std::vector<RowCost> costs{{added, std::nullopt}, {worst, little}, {costly, much}};
  const std::string costliest = costliest_rows_text(costs, 1, "");
  EXPECT_EQ(costliest.rfind("0.0500 rms, 3 of 100 inputs decided otherwise: ADD", 0), 0U)
      << costliest;
  const std::string by_error = worst_rows_text(costs, 3, "");
  EXPECT_EQ(by_error.rfind("5.70 RSQRT", 0), 0U) << by_error;
  EXPECT_NE(by_error.find("0.10 QUANTIZE (tensor 0, )\n"), std::string::npos) << by_error;
  EXPECT_EQ(costliest_rows_text(costs, 9, "").find("QUANTIZE"), std::string::npos);
  const std::vector<ReportRow> rows = costliest_rows(costs, 9);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].op_name, "ADD");
  EXPECT_EQ(rows[1].op_name, "RSQRT");
}

// Inputs that an operator alone gets wrong are its cost, those that it gets right by chance are
// not.
TEST(RowCosts, NameTheRowsThatCostAccuracy) {
  const auto row = [](const std::string& name, size_t lost, size_t won) {
    RowCost cost;
    cost.row.op_name = name;
    cost.alone = Agreement{100, 100 - lost - won, 0.1, 0.01, Outcomes{lost, won}};
    return cost;
  };
  EXPECT_EQ(accuracy_text({row("ADD", 1, 1), row("RSQRT", 0, 2)}, 3, "  "),
            "  none: no operator alone loses more inputs than it wins\n");
  EXPECT_EQ(accuracy_text({row("ADD", 1, 0), row("RSQRT", 4, 1), row("SUB", 2, 0)}, 2, ""),
            "4 of 100 inputs wrong that float has right, 1 right that float has wrong: RSQRT "
            "(tensor 0, )\n"
            "2 of 100 inputs wrong that float has right, 0 right that float has wrong: SUB "
            "(tensor 0, )\n"
            "and 1 more\n");
  RowCost unknown = row("ADD", 1, 0);
  unknown.alone->outcomes.reset();
  EXPECT_EQ(accuracy_text({unknown}, 3, ""), "not known: the inputs have no classes\n");
}

TEST(Compare, CountsWhatOnlyOneHasRight) {
  const std::vector<std::vector<float>> reference{{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  const std::vector<std::vector<float>> outputs{{0, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}};
  const Agreement agreement = compare(reference, outputs, {0, 1, 1, 0});
  EXPECT_EQ(agreement.same_decision, 1U);
  ASSERT_TRUE(agreement.outcomes.has_value());
  EXPECT_EQ(agreement.outcomes->lost, 1U);
  EXPECT_EQ(agreement.outcomes->won, 1U);
  EXPECT_FALSE(compare(reference, outputs).outcomes.has_value());
}

// An operator that rounds nothing costs what quantizing its input does, and not what others cost.
TEST(RowCosts, AnOperatorHasNoPartInTheOthersErrors) {
  GraphBuilder builder({1, kSteps, 8});
  const int32_t lstm = builder.add_lstm(builder.input(), kSteps, 8, 12);
  const graph::Graph model = builder.finish(builder.add(
      OperatorCode::kReshape, {lstm, builder.integers({1, kSteps * 12})}, {1, kSteps * 12}));
  const Inputs inputs = inputs_from(random_inputs(30, kSteps * 8), kSteps * 8);
  ModelSettings settings;
  settings.rounding = Rounding::kJoint;
  const QuantizedModel quantized = quantize_model(model, inputs, settings);
  const std::vector<std::vector<float>> expected = outputs_of(model, inputs);
  const std::vector<ReportRow> rows =
      measure_report(quantized.float_graph, quantized.quantized, inputs);
  const std::vector<RowCost> costs = row_costs(quantized, rows, expected, {}, inputs, {});
  const Agreement as_it_is = compare(expected, outputs_of(quantized.quantized.graph, inputs));
  ASSERT_EQ(costs.size(), 2U);
  ASSERT_EQ(costs[1].row.op_name, "RESHAPE");
  EXPECT_EQ(costs[0].alone->rms_difference, as_it_is.rms_difference);
  EXPECT_GT(costs[1].alone->rms_difference, 0.0);
  EXPECT_LE(costs[1].alone->largest_difference, 0.5001 * costs[1].row.scale);
}

}  // namespace
}  // namespace stapes::quantization
