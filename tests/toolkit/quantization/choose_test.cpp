#include "toolkit/quantization/choose.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/toolkit/quantization/small_graphs.h"
#include "toolkit/base/error.h"

namespace stapes::quantization {
namespace {

Candidate candidate(size_t same_decision, double rms) {
  Candidate result;
  result.agreement.inputs = 1000;
  result.agreement.same_decision = same_decision;
  result.agreement.rms_difference = rms;
  return result;
}

TEST(TryAll, NamesTheInputThatIsNoNumber) {
  GraphBuilder builder({1, 8});
  const graph::Graph model =
      builder.finish(builder.add(OperatorCode::kSoftmax, {builder.input()}, {1, 8}));
  std::vector<float> values = random_inputs(20, 8);
  values[7 * 8 + 3] = std::numeric_limits<float>::quiet_NaN();
  try {
    try_all(model, inputs_from(values, 8), {}, {});
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("representative input 7"), std::string::npos)
        << error.what();
  }
}

TEST(Best, ScoresDecideAmongNearlyEqualDecisions) {
  EXPECT_EQ(best({candidate(990, 0.02), candidate(985, 0.01), candidate(980, 0.001)}), 1U);
  EXPECT_EQ(best({candidate(984, 0.01), candidate(990, 0.05)}), 1U);
  EXPECT_EQ(best({candidate(990, 0.01), candidate(990, 0.01)}), 0U);
}

TEST(Best, DecisionsDecideAmongNearlyEqualScores) {
  EXPECT_EQ(best({candidate(988, 0.0100), candidate(990, 0.0104)}), 1U);
  EXPECT_EQ(best({candidate(988, 0.0100), candidate(990, 0.0106)}), 0U);
  EXPECT_EQ(best({candidate(990, 0.0104), candidate(990, 0.0100)}), 1U);
}

TEST(Best, SaysWhy) {
  EXPECT_EQ(why_best({candidate(990, 0.01), candidate(985, 0.02)}, 0),
            "it changes the fewest decisions, and its scores differ least");
  EXPECT_EQ(
      why_best({candidate(990, 0.02), candidate(985, 0.01)}, 1),
      "its scores differ least; that another decides 5 more of 1000 inputs as the float model "
      "does may be chance");
  EXPECT_EQ(why_best({candidate(984, 0.01), candidate(990, 0.05)}, 1),
            "it changes the fewest decisions; where scores differ less, more decisions change than "
            "chance explains");
  EXPECT_EQ(why_best({candidate(988, 0.0100), candidate(990, 0.0104)}, 1),
            "it changes the fewest decisions, and others' scores differ hardly less");
  EXPECT_EQ(why_best({candidate(990, 0.02), candidate(986, 0.015), candidate(900, 0.01)}, 1),
            "its scores differ least of those that change no more decisions than chance explains; "
            "that another decides 4 more of 1000 inputs as the float model does may be chance");
  EXPECT_EQ(why_best({candidate(990, 0.02), candidate(986, 0.0100), candidate(988, 0.0104)}, 2),
            "of scores that differ nearly as little, it changes the fewest decisions; that another "
            "decides 2 more of 1000 inputs as the float model does may be chance");
}

TEST(TryAll, EveryCombinationOnceAndOneFormWithoutLayerNorms) {
  GraphBuilder with({1, 8});
  const int32_t norm = with.add_layer_norm(with.input(), {1, 8}, std::vector<float>(8, 1.0F),
                                           std::vector<float>(8, 0.0F));
  const graph::Graph normalized = with.finish(with.add(OperatorCode::kSoftmax, {norm}, {1, 8}));
  const Inputs inputs = inputs_from(random_inputs(20, 8), 8);
  const std::vector<Candidate> forms = try_all(normalized, inputs, {}, {});
  EXPECT_EQ(forms.size(), 6U);
  const std::string table = choice_text(forms, 0, has_layer_norms(normalized));
  EXPECT_NE(table.find("layer norm "), std::string::npos) << table;
  EXPECT_NE(table.find("decomposed "), std::string::npos) << table;

  GraphBuilder without({1, 8});
  const graph::Graph plain =
      without.finish(without.add(OperatorCode::kSoftmax, {without.input()}, {1, 8}));
  const std::vector<Candidate> candidates = try_all(plain, inputs, {}, {});
  ASSERT_EQ(candidates.size(), 2U);
  for (const Candidate& tried : candidates) {
    EXPECT_EQ(tried.layer_norm, LayerNormForm::kDecomposed);
    EXPECT_EQ(tried.agreement.inputs, 20U);
  }
  const std::string text = choice_text(candidates, 0, has_layer_norms(plain));
  EXPECT_EQ(text.find("layer norm"), std::string::npos) << text;
  EXPECT_EQ(text.find("decomposed"), std::string::npos) << text;
}

// One input is far larger than the others: whoever calibrates without it clips it.
TEST(TryAll, NoInputJudgesAModelThatItCalibrated) {
  GraphBuilder builder({1, 8});
  const graph::Graph model =
      builder.finish(builder.add(OperatorCode::kSoftmax, {builder.input()}, {1, 8}));
  std::vector<float> values = random_inputs(20, 8);
  values[7 * 8] = 30;
  const Inputs inputs = inputs_from(values, 8);
  Choices choices;
  choices.calibrations = {Calibration::kMinMax};
  const std::vector<Candidate> candidates = try_all(model, inputs, {}, choices);
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_GT(candidates[0].agreement.largest_difference, 0.3);
  const QuantizedModel seen = quantize_model(model, inputs);
  EXPECT_LT(compare(outputs_of(model, inputs), outputs_of(seen.quantized.graph, inputs))
                .largest_difference,
            0.1);
}

}  // namespace
}  // namespace stapes::quantization
